using System.Text;
using Domesday.Core.Credentials;
using Microsoft.AspNetCore.Http;

namespace Domesday.Http.Authentication.Basic;

/// <summary><c>Authorization: Basic base64(user:password)</c>.</summary>
/// <remarks>Source: RFC 7617; the text is UTF-8.</remarks>
internal static class BasicScheme
{
    private const string Name = "basic";
    private const string Prefix = "Basic ";

    /// <returns>Null when the request does not use this scheme.</returns>
    public static PresentedCredential? Read(IHeaderDictionary headers)
    {
        var header = headers.Authorization;
        if (header.Count != 1 || !header.ToString().StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return null;
        return TryDecode(header.ToString()[Prefix.Length..].Trim(), out var text) && text.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon
            ? new PresentedPassword(Name, text[..colon], text[(colon + 1)..])
            : new MalformedCredential(Name);
    }

    private static bool TryDecode(string encoded, out string text)
    {
        text = "";
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out var length) || !System.Text.Unicode.Utf8.IsValid(bytes.AsSpan(0, length))) return false;
        text = Encoding.UTF8.GetString(bytes, 0, length);
        return true;
    }
}
