namespace Domesday.Core.Access;

/// <summary>What a reader may see: one tenant, whole, some of its projects, or what has certain values; or (the system administrator's explicit choice) all tenants.</summary>
/// <remarks>No query can be built without one. An empty project list sees nothing.</remarks>
public sealed class AccessScope
{
    private readonly HashSet<string>? _projects;

    private AccessScope(string? tenant, IEnumerable<string>? projects, IReadOnlyList<FieldLimit> limits) =>
        (Tenant, _projects, Limits) = (tenant, projects?.ToHashSet(StringComparer.Ordinal), limits);

    /// <summary>The one tenant; null when it is all of them.</summary>
    public string? Tenant { get; }

    public bool IsAllTenants => Tenant is null;

    /// <summary>The project ids that may be seen; null when the whole tenant may.</summary>
    public IReadOnlyCollection<string>? Projects => _projects;

    /// <summary>All of them must hold for an event to be seen.</summary>
    public IReadOnlyList<FieldLimit> Limits { get; }

    /// <summary>Nothing of the tenant is hidden.</summary>
    public bool IsWholeTenant => _projects is null && Limits.Count == 0;

    public static AccessScope WholeTenant(string tenant) => new(tenant, null, []);

    public static AccessScope OfProjects(string tenant, IEnumerable<string> projects) => new(tenant, projects, []);

    /// <summary>The same, but no more than one project of it; what was not visible stays invisible.</summary>
    public AccessScope Within(string project) => new(Tenant, _projects is null || _projects.Contains(project) ? [project] : [], Limits);

    /// <summary>The same, but no more than what keeps to these limits as well.</summary>
    public AccessScope Limited(IReadOnlyList<FieldLimit> limits) => limits.Count == 0 ? this : new(Tenant, _projects, [.. Limits, .. limits]);

    /// <summary>Crosses tenants: for the system administrator who asks for it, and for nobody else.</summary>
    public static AccessScope AllTenants() => new(null, null, []);
}
