namespace Domesday.Core.Access;

/// <summary>Who is asking, however they signed in.</summary>
/// <param name="Tenant">The one tenant that the credential belongs to.</param>
/// <param name="Kind">Such as <c>user</c> or <c>api_key</c>.</param>
/// <param name="Id">Stable identity, for the record of what was done.</param>
/// <param name="Name">For people.</param>
public sealed record Principal(string Tenant, string Kind, string Id, string Name, Permission Permissions)
{
    /// <summary>The projects it may read; null for the whole tenant.</summary>
    public IReadOnlyList<string>? Projects { get; init; }

    /// <summary>May say <c>tenant=</c> on any native route, and <c>tenant=*</c> for all of them.</summary>
    public bool IsSystemAdministrator { get; init; }

    /// <summary>The session that the request's token belongs to; null when it brought another credential.</summary>
    public PrincipalSession? Session { get; init; }

    public bool May(Permission permission) => (Permissions & permission) == permission;

    /// <summary>What it may see of its own tenant.</summary>
    public AccessScope Scope => Projects is null ? AccessScope.WholeTenant(Tenant) : AccessScope.OfProjects(Tenant, Projects);
}

/// <summary>A session: what lies between signing in and signing out.</summary>
public sealed record PrincipalSession(string Id, DateTimeOffset ExpiresAt);
