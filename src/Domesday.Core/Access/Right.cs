using System.Text.Json.Serialization;

namespace Domesday.Core.Access;

/// <summary>What an API key is for: a word that people choose, standing for a set of permissions.</summary>
public enum Right
{
    /// <summary>Search, export and verify.</summary>
    [JsonStringEnumMemberName("read")] Read,

    /// <summary>Send events and add notes.</summary>
    [JsonStringEnumMemberName("write")] Write,

    /// <summary>Everything in the tenant, keys and configuration included.</summary>
    [JsonStringEnumMemberName("admin")] Admin,

    /// <summary>See configuration; in the tenant <c>system</c> also the service's metrics. No event.</summary>
    [JsonStringEnumMemberName("monitor")] Monitor,
}

/// <summary>What each right allows.</summary>
public static class Rights
{
    /// <summary>Every permission there is.</summary>
    public const Permission All = Permission.AuditList | Permission.AuditGet | Permission.AuditExport | Permission.AuditWrite | Permission.AuditNote
        | Permission.ProofRead | Permission.AccessRead | Permission.AccessWrite | Permission.ConfigRead | Permission.ConfigWrite | Permission.Quarantine
        | Permission.AuditErase | Permission.SinkRead | Permission.SinkWrite;

    /// <summary>The rights' names on the wire, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> Names { get; } = ["read", "write", "admin", "monitor"];

    public static string NameOf(Right right) => Names[(int)right];

    public static bool TryParse(string name, out Right right)
    {
        var index = Names.ToList().IndexOf(name);
        right = index < 0 ? default : (Right)index;
        return index >= 0;
    }

    public static Permission PermissionsOf(IEnumerable<Right> rights) => rights.Aggregate(Permission.None, (sum, right) => sum | PermissionsOf(right));

    private static Permission PermissionsOf(Right right) => right switch
    {
        Right.Read => Permission.AuditList | Permission.AuditGet | Permission.AuditExport | Permission.ProofRead,
        Right.Write => Permission.AuditWrite | Permission.AuditNote,
        Right.Monitor => Permission.ConfigRead,
        _ => All,
    };
}
