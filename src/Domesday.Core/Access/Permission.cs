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

    /// <summary>access.read: users, applications, keys, and who may do what.</summary>
    AccessRead = 1 << 6,

    /// <summary>access.write: make and change them; nobody gives away more than they have.</summary>
    AccessWrite = 1 << 7,

    /// <summary>config.read: tenants and settings.</summary>
    ConfigRead = 1 << 8,

    /// <summary>config.write</summary>
    ConfigWrite = 1 << 9,

    /// <summary>quarantine: see what no parser understood. Replaying it needs audit.write as well.</summary>
    Quarantine = 1 << 10,

    /// <summary>audit.erase: erase the personal parts of events, set and lift holds.</summary>
    AuditErase = 1 << 11,

    /// <summary>sink.read: where events are forwarded to, and how far.</summary>
    SinkRead = 1 << 12,

    /// <summary>sink.write: make, change, test and replay sinks.</summary>
    SinkWrite = 1 << 13,
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
        (Permission.AuditErase, "audit.erase"),
        (Permission.SinkRead, "sink.read"),
        (Permission.SinkWrite, "sink.write"),
    ];

    private const string AllOfGroup = ".*";

    /// <summary>Every name, without those that stand for several.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Names.Select(name => name.Name)];

    public static IReadOnlyList<string> Of(Permission permissions) =>
        [.. Names.Where(name => permissions.HasFlag(name.Permission)).Select(name => name.Name)];

    /// <summary>Reads one name.</summary>
    public static bool TryParse(string name, out Permission permission)
    {
        permission = Names.FirstOrDefault(known => known.Name == name).Permission;
        return permission != Permission.None;
    }

    /// <summary>Reads one name, or a group such as <c>config.*</c>: what the group holds is decided when it is used, so it grows with the service.</summary>
    public static bool TryParseGroup(string text, out Permission permissions)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.EndsWith(AllOfGroup, StringComparison.Ordinal)) return TryParse(text, out permissions);
        permissions = Names.Where(name => name.Name.StartsWith(text[..^1], StringComparison.Ordinal)).Aggregate(Permission.None, (sum, name) => sum | name.Permission);
        return permissions != Permission.None;
    }

    /// <summary>What several names and groups allow together; unknown ones allow nothing.</summary>
    public static Permission Of(IEnumerable<string> names) =>
        names.Aggregate(Permission.None, (sum, name) => TryParseGroup(name, out var permissions) ? sum | permissions : sum);
}
