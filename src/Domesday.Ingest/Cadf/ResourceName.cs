using Domesday.Events;

namespace Domesday.Ingest.Cadf;

/// <summary>What was acted upon, out of a typeURI such as <c>service/compute/servers/server/action</c> and the path that was asked for.</summary>
/// <remarks>Source: DSP0262 §A (resource taxonomy); keystonemiddleware/audit/_api.py for what the audit filter makes of paths.</remarks>
internal static class ResourceName
{
    private const string Action = "action";

    /// <summary>The service of a typeURI, such as <c>compute</c>.</summary>
    public static string? ServiceOf(string? typeUri) => typeUri?.Split('/') is ["service" or "data", { Length: > 0 } service, ..] ? service : null;

    /// <param name="path">That was asked for; null outside HTTP.</param>
    public static Resource? Of(string? typeUri, string? path)
    {
        var parts = typeUri?.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is not ["service" or "data", _, _, ..]) return null;
        var last = parts[^1] == Action && parts.Length > 3 ? parts[^2] : parts[^1];
        var type = Singular(last);
        return type.Length == 0 ? null : new() { Type = type, SubType = parts[^1] == Action && parts.Length > 3 ? Action : null, Id = IdIn(path, parts.AsSpan(2)) };
    }

    /// <summary>The part of a path that stands behind a collection's name: <c>5b3f</c> of <c>/v2.1/servers/5b3f/action</c>. The target's own id is the service's.</summary>
    private static string? IdIn(string? path, ReadOnlySpan<string> names)
    {
        var query = path?.IndexOf('?', StringComparison.Ordinal) ?? -1;
        var parts = (query < 0 ? path : path![..query])?.Split('/', StringSplitOptions.RemoveEmptyEntries) ?? [];
        for (var i = parts.Length - 1; i > 0; i--)
        {
            if (!names.Contains(parts[i]) && names.Contains(parts[i - 1]) && parts[i] is not ("detail" or Action)) return Uri.UnescapeDataString(parts[i]);
        }
        return null;
    }

    private static string Singular(string name)
    {
        if (name.StartsWith("os-", StringComparison.Ordinal)) name = name[3..];
        if (name.EndsWith(".json", StringComparison.Ordinal)) name = name[..^5];
        if (name.EndsWith("ies", StringComparison.Ordinal)) return name[..^3] + "y";
        if (name.EndsWith("sses", StringComparison.Ordinal)) return name[..^2];
        return name.Length > 2 && name[^1] == 's' && name[^2] is not ('s' or 'u') ? name[..^1] : name;
    }
}
