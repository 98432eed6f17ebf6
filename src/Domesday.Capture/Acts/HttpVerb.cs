namespace Domesday.Capture.Acts;

/// <summary>What a method says where the path says nothing more.</summary>
internal static class HttpVerb
{
    public static string ActionOf(string method) => method switch
    {
        "GET" or "HEAD" or "OPTIONS" or "TRACE" => "read",
        "POST" => "create",
        "PUT" or "PATCH" => "update",
        "DELETE" => "delete",
        _ => "unknown",
    };

    /// <summary>Whether a request by this method only reads.</summary>
    /// <remarks>Source: RFC 9110 §9.2.1.</remarks>
    public static bool IsSafe(string method) => method is "GET" or "HEAD" or "OPTIONS" or "TRACE";

    /// <summary>A value of the query; null when it is not there or empty.</summary>
    public static string? Query(string target, string name)
    {
        var start = target.IndexOf('?', StringComparison.Ordinal);
        if (start < 0) return null;
        foreach (var part in target[(start + 1)..].Split('&'))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals == name.Length && equals < part.Length - 1 && part.StartsWith(name, StringComparison.Ordinal)) return Uri.UnescapeDataString(part[(equals + 1)..].Replace('+', ' '));
        }
        return null;
    }

    /// <summary>Whether a word of a path can stand as an action.</summary>
    public static bool IsWord(string text) => text.Length is > 0 and <= 64 && char.IsAsciiLetterLower(text[0]) && text.All(unit => char.IsAsciiLetterLower(unit) || char.IsAsciiDigit(unit) || unit is '_' or '-');
}
