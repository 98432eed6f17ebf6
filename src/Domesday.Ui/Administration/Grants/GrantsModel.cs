using Domesday.Core.Control;

namespace Domesday.Ui.Administration.Grants;

/// <param name="Grants">With the name of whoever has it.</param>
/// <param name="People">Users and applications that a role can be given to: kind, id and name.</param>
public sealed record GrantsModel(IReadOnlyList<(GrantRecord Record, string Name)> Grants, IReadOnlyList<(string Kind, string Id, string Name)> People, IReadOnlyList<string> Roles, bool MayChange);
