namespace Domesday.Core.Access;

/// <summary>Who is asking, however they signed in.</summary>
/// <param name="Tenant">The one tenant that the credential belongs to.</param>
/// <param name="Kind">Such as <c>user</c> or <c>api_key</c>.</param>
/// <param name="Id">Stable identity, for the record of what was done.</param>
/// <param name="Name">For people.</param>
/// <param name="Permissions">What it may do within <see cref="Projects"/>; <see cref="Further"/> may allow more.</param>
public sealed record Principal(string Tenant, string Kind, string Id, string Name, Permission Permissions)
{
    /// <summary>The projects that <see cref="Permissions"/> are about; null for the whole tenant.</summary>
    public IReadOnlyList<string>? Projects { get; init; }

    /// <summary>What it may do beside that.</summary>
    public IReadOnlyList<PermissionGrant> Further { get; init; } = [];

    /// <summary>May say <c>tenant=</c> on any native route, and <c>tenant=*</c> for all of them.</summary>
    public bool IsSystemAdministrator { get; init; }

    /// <summary>The session that the request's token belongs to; null when it brought another credential.</summary>
    public PrincipalSession? Session { get; init; }

    /// <summary>What it sees has these values: for the bearer of a viewer's token, which is made for one customer.</summary>
    public IReadOnlyList<FieldLimit> Limits { get; init; } = [];

    /// <summary>Who made its token, of the bearer of a viewer's token; null for anybody else.</summary>
    public Principal? Maker { get; init; }

    /// <summary>All that it may do, each perhaps in some projects alone.</summary>
    public Permission AllPermissions => Further.Aggregate(Permissions, (sum, grant) => sum | grant.Permissions);

    public IEnumerable<PermissionGrant> Grants => [new(Permissions, Projects), .. Further];

    public bool May(Permission permission) => (AllPermissions & permission) == permission;

    /// <summary>The projects in which it holds all of these permissions; null for the whole tenant, empty for nowhere.</summary>
    public IReadOnlyList<string>? ProjectsFor(Permission permissions)
    {
        if (Further.Count == 0) return Projects;
        HashSet<string>? projects = null;
        foreach (var permission in Enum.GetValues<Permission>().Where(single => single != Permission.None && permissions.HasFlag(single)))
        {
            if (ProjectsForOne(permission) is not { } some) continue;
            if (projects is null) projects = some;
            else projects.IntersectWith(some);
        }
        return projects is null ? null : [.. projects.Order(StringComparer.Ordinal)];
    }

    /// <summary>What it may see of its own tenant when these permissions are asked for.</summary>
    public AccessScope ScopeFor(Permission permissions) =>
        (ProjectsFor(permissions) is { } projects ? AccessScope.OfProjects(Tenant, projects) : AccessScope.WholeTenant(Tenant)).Limited(Limits);

    /// <summary>Whether it could hand all that another may do on to it: nobody gives away, or takes charge of, more than they have.</summary>
    public bool Covers(Principal other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return IsSystemAdministrator || !other.IsSystemAdministrator && other.Grants.All(Covers);
    }

    /// <inheritdoc cref="Covers(Principal)"/>
    public bool Covers(PermissionGrant grant)
    {
        ArgumentNullException.ThrowIfNull(grant);
        if (IsSystemAdministrator || grant.Permissions == Permission.None) return true;
        if (!May(grant.Permissions)) return false;
        return ProjectsFor(grant.Permissions) is not { } own || grant.Projects is { } wanted && wanted.All(own.Contains);
    }

    private HashSet<string>? ProjectsForOne(Permission permission)
    {
        var holding = Grants.Where(grant => grant.Permissions.HasFlag(permission)).ToList();
        return holding.Exists(grant => grant.Projects is null) ? null : holding.SelectMany(grant => grant.Projects!).ToHashSet(StringComparer.Ordinal);
    }
}

/// <summary>What somebody may do in which projects.</summary>
/// <param name="Projects">Null for the whole tenant.</param>
public sealed record PermissionGrant(Permission Permissions, IReadOnlyList<string>? Projects);

/// <summary>A session: what lies between signing in and signing out.</summary>
public sealed record PrincipalSession(string Id, DateTimeOffset ExpiresAt);
