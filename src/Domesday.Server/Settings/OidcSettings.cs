namespace Domesday.Server.Settings;

/// <summary>Another issuer of tokens that is trusted.</summary>
/// <param name="Tenant">The tenant whose users it vouches for.</param>
/// <param name="Claim">The claim that holds a user's name.</param>
public sealed record OidcSettings(string Issuer, string Audience, string Tenant, string Claim)
{
    private const string NameClaim = "preferred_username";

    internal static (IReadOnlyList<OidcSettings>? Value, string? Fault) Parse(string text)
    {
        var issuers = new List<OidcSettings>();
        foreach (var one in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = one.Split('|', StringSplitOptions.TrimEntries);
            if (parts.Length is not (3 or 4) || parts.Any(part => part.Length == 0)) return (null, $"has '{one}', which is not ISSUER|AUDIENCE|TENANT or ISSUER|AUDIENCE|TENANT|CLAIM");
            if (SettingForms.RemoteUrl(parts[0]).Fault is { } fault) return (null, $"has the issuer '{parts[0]}', which {fault}");
            if (issuers.Exists(known => known.Issuer == parts[0])) return (null, $"names the issuer '{parts[0]}' twice");
            issuers.Add(new(parts[0], parts[1], parts[2], parts.Length == 4 ? parts[3] : NameClaim));
        }
        return issuers.Count == 0 ? (null, "is empty: leave it out") : (issuers, null);
    }
}
