using Domesday.Core.Control;

namespace Domesday.Ui.Administration.Roles;

public sealed record RolesModel(IReadOnlyList<RoleRecord> Roles, bool MayChange);
