using Domesday.Core.Control;

namespace Domesday.Ui.Administration.Users;

/// <param name="Roles">Names of the roles that can be given.</param>
public sealed record UsersModel(IReadOnlyList<(UserRecord Record, IReadOnlyList<GrantRecord> Grants)> Users, IReadOnlyList<string> Roles, bool MayChange);

public sealed record OneUserModel(UserRecord User, IReadOnlyList<GrantRecord> Grants, IReadOnlyList<string> Roles, bool MayChange);
