namespace Domesday.Core.Access;

/// <summary>What a principal may do. Wire names: <see cref="PermissionNames"/>.</summary>
[Flags]
public enum Permission
{
    None = 0,

    /// <summary>audit.list: search, count, facets, histogram, tail.</summary>
    AuditList = 1 << 0,

    /// <summary>audit.get: one event with its notes and attachments.</summary>
    AuditGet = 1 << 1,

    /// <summary>audit.export</summary>
    AuditExport = 1 << 2,

    /// <summary>audit.write: append events.</summary>
    AuditWrite = 1 << 3,

    /// <summary>audit.note: add notes to events.</summary>
    AuditNote = 1 << 4,

    /// <summary>proof.read: checkpoints, tiles and proofs. Entry tiles show whole entries, so they need the whole tenant as well.</summary>
    ProofRead = 1 << 5,

    /// <summary>access.read: keys and who may do what.</summary>
    AccessRead = 1 << 6,

    /// <summary>access.write: make, change and revoke keys.</summary>
    AccessWrite = 1 << 7,

    /// <summary>config.read: tenants and settings.</summary>
    ConfigRead = 1 << 8,

    /// <summary>config.write</summary>
    ConfigWrite = 1 << 9,

    /// <summary>quarantine.read and replay.</summary>
    Quarantine = 1 << 10,
}

/// <summary>The names that permissions have on the wire.</summary>
public static class PermissionNames
{
    private static readonly (Permission Permission, string Name)[] Names =
    [
        (Permission.AuditList, "audit.list"),
        (Permission.AuditGet, "audit.get"),
        (Permission.AuditExport, "audit.export"),
        (Permission.AuditWrite, "audit.write"),
        (Permission.AuditNote, "audit.note"),
        (Permission.ProofRead, "proof.read"),
        (Permission.AccessRead, "access.read"),
        (Permission.AccessWrite, "access.write"),
        (Permission.ConfigRead, "config.read"),
        (Permission.ConfigWrite, "config.write"),
        (Permission.Quarantine, "quarantine"),
    ];

    public static IReadOnlyList<string> Of(Permission permissions) =>
        [.. Names.Where(name => permissions.HasFlag(name.Permission)).Select(name => name.Name)];

    /// <summary>Reads one name.</summary>
    public static bool TryParse(string name, out Permission permission)
    {
        permission = Names.FirstOrDefault(known => known.Name == name).Permission;
        return permission != Permission.None;
    }
}
