using Domesday.Events;

namespace Domesday.Client;

/// <summary>A user, without its password.</summary>
/// <param name="Status">active, disabled or expired.</param>
public sealed record UserInfo(
    string Id, string Name, string? FullName, string? Email, string Tenant, string Status, bool SystemAdministrator, Timestamp CreatedAt, Timestamp? ExpiresAt, Timestamp? DisabledAt, IReadOnlyList<GrantInfo> Grants)
{
    /// <summary>The password that was made up: only in the answer to its creation.</summary>
    public string? Password { get; init; }
}

/// <param name="Password">Null: one is made up and shown once.</param>
public sealed record NewUser(string Name, string? Password)
{
    public string? FullName { get; init; }

    public string? Email { get; init; }

    /// <summary>Null: never.</summary>
    public Timestamp? ExpiresAt { get; init; }

    /// <summary>The role that the user is given at once; null for none.</summary>
    public string? Role { get; init; }

    /// <summary>The projects that the role is limited to; null for the whole tenant.</summary>
    public IReadOnlyList<string>? Projects { get; init; }
}

/// <summary>What shall be different; null stays as it is.</summary>
public sealed record UserChange
{
    public string? Password { get; init; }

    public bool? Disabled { get; init; }
}

/// <summary>An application, without its secret.</summary>
public sealed record ApplicationInfo(
    string ClientId, string Name, string Tenant, string Status, Timestamp CreatedAt, string CreatedBy, Timestamp? ExpiresAt, Timestamp? DisabledAt, Timestamp? LastUsedAt, IReadOnlyList<GrantInfo> Grants)
{
    /// <summary>Only in the answer to its creation, and to its replacement.</summary>
    public string? ClientSecret { get; init; }
}

public sealed record NewApplication(string Name)
{
    /// <summary>Null: never.</summary>
    public Timestamp? ExpiresAt { get; init; }

    public string? Role { get; init; }

    public IReadOnlyList<string>? Projects { get; init; }
}

public sealed record RoleInfo(string Name, string? Title, bool BuiltIn, IReadOnlyList<string> Permissions);

public sealed record NewRole(string Name, IReadOnlyList<string> Permissions)
{
    public string? Title { get; init; }
}

/// <param name="Kind">user or application.</param>
/// <param name="Principal">Id of whoever has the role.</param>
public sealed record GrantInfo(string Id, string Kind, string Principal, string Role, IReadOnlyList<string>? Projects, Timestamp CreatedAt, string CreatedBy, Timestamp? ExpiresAt);

/// <summary>A role to be given to a user or an application: one of them is set.</summary>
public sealed record NewGrant(string Role)
{
    public string? User { get; init; }

    public string? Application { get; init; }

    public IReadOnlyList<string>? Projects { get; init; }

    public Timestamp? ExpiresAt { get; init; }
}

/// <summary>A client certificate of a user.</summary>
/// <param name="User">Id of the user.</param>
public sealed record CertificateInfo(string Serial, string User, string Tenant, Timestamp CreatedAt, string CreatedBy, Timestamp ExpiresAt, Timestamp? RevokedAt)
{
    /// <summary>Authorities to trust; only in the answer to its creation, as the two below.</summary>
    public string? CaPem { get; init; }

    public string? CertPem { get; init; }

    public string? KeyPem { get; init; }
}

internal sealed record NewCertificate(string User, int? Days);

internal sealed record UserList(IReadOnlyList<UserInfo> Users);

internal sealed record ApplicationList(IReadOnlyList<ApplicationInfo> Applications);

internal sealed record RoleList(IReadOnlyList<RoleInfo> Roles);

internal sealed record GrantList(IReadOnlyList<GrantInfo> Grants);

internal sealed record CertificateList(IReadOnlyList<CertificateInfo> Certificates);

/// <summary>A viewer's token, without itself.</summary>
/// <param name="Name">Whom it is for.</param>
/// <param name="Filter">What it shows, as the parameters of a query.</param>
/// <param name="CreatedBy">Id of its maker.</param>
public sealed record ViewerTokenInfo(string Id, string Name, string Tenant, string Filter, Timestamp CreatedAt, string CreatedBy, Timestamp ExpiresAt);

internal sealed record ViewerTokenList(IReadOnlyList<ViewerTokenInfo> Tokens);
