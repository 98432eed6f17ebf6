namespace Domesday.Core.Access;

/// <summary>A role that every tenant has.</summary>
/// <param name="Meaning">A sentence for people.</param>
public sealed record BuiltInRole(string Name, Permission Permissions, string Meaning)
{
    /// <summary>It makes no sense without a list of projects.</summary>
    public bool NeedsProjects { get; init; }

    /// <summary>It is about the whole tenant: projects cannot limit it.</summary>
    public bool IsWhole { get; init; }
}

/// <summary>The roles that every tenant has; others are made of permissions.</summary>
public static class BuiltInRoles
{
    public const string SystemAdministrator = "system_admin";

    public const string TenantAdministrator = "tenant_admin";

    public const string Auditor = "auditor";

    public const string ProjectViewer = "project_viewer";

    public const string Writer = "writer";

    private const Permission Reading = Permission.AuditList | Permission.AuditGet | Permission.AuditExport;

    public static IReadOnlyList<BuiltInRole> All { get; } =
    [
        new(SystemAdministrator, Rights.All, "Everything in every tenant, and on the service itself.") { IsWhole = true },
        new(TenantAdministrator, Rights.All, "Everything in the tenant.") { IsWhole = true },
        new(Auditor, Reading | Permission.ProofRead | Permission.AccessRead | Permission.ConfigRead | Permission.SinkRead | Permission.Quarantine, "Reads everything in the tenant and changes nothing.") { IsWhole = true },
        new(ProjectViewer, Reading, "Reads the events of the projects that are listed.") { NeedsProjects = true },
        new(Writer, Permission.AuditWrite, "Appends events and reads none."),
    ];

    public static BuiltInRole? Named(string name) => All.FirstOrDefault(role => role.Name == name);
}
