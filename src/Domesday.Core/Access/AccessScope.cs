namespace Domesday.Core.Access;

/// <summary>What a reader may see: one tenant, whole or some of its projects, or (the system administrator's explicit choice) all tenants.</summary>
/// <remarks>No query can be built without one. An empty project list sees nothing.</remarks>
public sealed class AccessScope
{
    private readonly HashSet<string>? _projects;

    private AccessScope(string? tenant, IEnumerable<string>? projects) =>
        (Tenant, _projects) = (tenant, projects?.ToHashSet(StringComparer.Ordinal));

    /// <summary>The one tenant; null when it is all of them.</summary>
    public string? Tenant { get; }

    public bool IsAllTenants => Tenant is null;

    /// <summary>The project ids that may be seen; null when the whole tenant may.</summary>
    public IReadOnlyCollection<string>? Projects => _projects;

    public bool IsWholeTenant => _projects is null;

    public static AccessScope WholeTenant(string tenant) => new(tenant, null);

    public static AccessScope OfProjects(string tenant, IEnumerable<string> projects) => new(tenant, projects);

    /// <summary>The same, but no more than one project of it; what was not visible stays invisible.</summary>
    public AccessScope Within(string project) => new(Tenant, _projects is null || _projects.Contains(project) ? [project] : []);

    /// <summary>Crosses tenants: for the system administrator who asks for it, and for nobody else.</summary>
    public static AccessScope AllTenants() => new(null, null);
}
