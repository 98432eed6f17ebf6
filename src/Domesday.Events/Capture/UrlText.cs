namespace Domesday.Events.Capture;

/// <summary>Secrets in the parameters of URLs: the tokens of webhooks, of signed links and of answers to sign-ins.</summary>
internal static class UrlText
{
    /// <summary>How deep a URL may stand in parameters of URLs, and is still looked into.</summary>
    private const int NestedMax = 3;

    /// <summary>A text that is a URL, without the values of secret parameters in its query and its fragment; any other text as it is.</summary>
    /// <param name="nested">In how many URLs this one stands.</param>
    public static string Redact(string text, SecretNames names, int nested)
    {
        if (!text.Contains("://", StringComparison.Ordinal) || text.AsSpan().ContainsAny(" \t\r\n")) return text;
        var start = text.AsSpan().IndexOfAny('?', '#');
        if (start < 0) return text;
        if (nested >= NestedMax) return text[..(start + 1)] + SecretText.Mark;
        var fragment = text[start] == '#' ? start : text.IndexOf('#', start);
        var query = text[start] == '#' ? "" : FormBody.Redact(fragment < 0 ? text[(start + 1)..] : text[(start + 1)..fragment], names, nested + 1);
        // Sign-ins of browsers answer there.
        var rest = fragment < 0 ? "" : "#" + FormBody.Redact(text[(fragment + 1)..], names, nested + 1);
        return string.Concat(text[start] == '#' ? text[..start] : text[..(start + 1)], query, rest);
    }

    /// <summary>A path without the values of secret parameters within its segments.</summary>
    /// <remarks>Source: RFC 3986 §3.3: <c>/orders;token=…/7</c>.</remarks>
    public static string RedactPath(string path, SecretNames names)
    {
        if (!path.Contains(';', StringComparison.Ordinal)) return path;
        var segments = path.Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i].Split(';') is [var segment, _, ..] parts) segments[i] = $"{segment};{string.Join(';', parts.Skip(1).Select(part => FormBody.Redact(part, names)))}";
        }
        return string.Join('/', segments);
    }
}
