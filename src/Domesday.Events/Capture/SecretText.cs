using System.Text.RegularExpressions;

namespace Domesday.Events.Capture;

/// <summary>Secrets that show by their own form, wherever they stand.</summary>
/// <remarks>Each expression starts only where a run of its signs starts, so that time grows with the text's length and no faster.</remarks>
internal static partial class SecretText
{
    /// <summary>What stands in a secret's place.</summary>
    public const string Mark = "[redacted]";

    /// <summary>A text without private keys, tokens, and passwords within URLs.</summary>
    public static string Clean(string text)
    {
        if (text.Contains("PRIVATE KEY", StringComparison.Ordinal)) text = PrivateKey().Replace(text, Mark);
        if (text.Contains("eyJ", StringComparison.Ordinal)) text = JsonWebToken().Replace(text, Mark);
        if (text.Contains("SWMTKN-", StringComparison.Ordinal) || text.Contains("SWMKEY-", StringComparison.Ordinal)) text = SwarmToken().Replace(text, Mark);
        if (text.Contains("://", StringComparison.Ordinal)) text = UserInfo().Replace(text, "$1" + Mark + "@");
        return text;
    }

    /// <summary>Splits <c>NAME=value</c>, as environments, build arguments and options have it.</summary>
    /// <param name="name">Without the equals sign.</param>
    public static bool TryVariable(string text, out string name)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        name = equals is > 0 and <= 256 ? text[..equals] : "";
        return name.Length > 0 && name.All(unit => char.IsLetterOrDigit(unit) || unit is '_' or '-' or '.');
    }

    /// <summary>Also one that was cut off before its end.</summary>
    /// <remarks>Source: RFC 7468 §10 and §11.</remarks>
    [GeneratedRegex(@"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(-----END [A-Z0-9 ]*PRIVATE KEY-----|$)", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex PrivateKey();

    /// <remarks>Source: RFC 7515 §7.1. The header begins with <c>{"</c>, which is <c>eyJ</c> in Base64url.</remarks>
    [GeneratedRegex(@"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*", RegexOptions.CultureInvariant)]
    private static partial Regex JsonWebToken();

    [GeneratedRegex(@"\bSWM(TKN|KEY)-[0-9A-Za-z+/=-]+", RegexOptions.CultureInvariant)]
    private static partial Regex SwarmToken();

    /// <remarks>Source: RFC 3986 §3.2.1.</remarks>
    [GeneratedRegex(@"((?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#@:]*:)[^\s/?#@]+@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();
}
