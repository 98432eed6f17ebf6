using System.Net;
using System.Text.Json;
using Domesday.Core.Credentials;
using Domesday.Core.Problems;
using Domesday.Core.Tokens;
using Domesday.Server.Settings;

namespace Domesday.Server.Federation;

/// <summary>Takes tokens of another issuer, by its published keys.</summary>
/// <remarks>
/// Source: OpenID Connect Discovery 1.0 §4, RFC 7519 §4. Keys are kept for an hour and asked for again when a token names one that is not known, at most once a minute:
/// a new key of the issuer works at once, and made-up key ids do not turn us against it.
/// </remarks>
internal sealed class OidcIssuer(OidcSettings settings, RemoteJson remote, TimeProvider time) : IForeignIssuer, IDisposable
{
    private const string Discovery = "/.well-known/openid-configuration";

    private static readonly Problem NotValid = new(ProblemKind.Unauthenticated, "The token is not valid.");
    private static readonly Problem Unreachable = new(ProblemKind.Unavailable, "The token's issuer cannot be asked for its keys.");
    private static readonly Dictionary<string, string> NoHeaders = [];
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _asking = new(1);
    private volatile KeySet? _keys;
    private long _asked;

    public bool MayHaveIssued(JwtText? jwt) => jwt?.Text("iss") == settings.Issuer;

    public async ValueTask<Result<ForeignHolder>> CheckAsync(string token, JwtText? jwt, CancellationToken cancellation)
    {
        if (jwt is null || !jwt.IsFor(settings.Audience) || !IsNow(jwt)) return NotValid;
        if (jwt.Text("sub") is not { Length: > 0 } subject || jwt.Text(settings.Claim) is not { Length: > 0 } name) return NotValid;
        var keys = await KeysAsync(jwt.KeyId, cancellation);
        if (keys is null) return Unreachable;
        return keys.Keys.Any(key => (jwt.KeyId is null || key.Id == jwt.KeyId) && key.IsSignatureOf(jwt))
            ? new ForeignHolder(settings.Tenant, $"{settings.Issuer}#{subject}", name, [])
            : NotValid;
    }

    public void Dispose() => _asking.Dispose();

    private bool IsNow(JwtText jwt)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var skew = (long)Skew.TotalSeconds;
        return jwt.Seconds("exp") is { } expires && expires + skew > now && (jwt.Seconds("nbf") is not { } from || from - skew <= now);
    }

    private async ValueTask<KeySet?> KeysAsync(string? wanted, CancellationToken cancellation)
    {
        if (IsEnough(wanted)) return _keys;
        await _asking.WaitAsync(cancellation);
        try
        {
            if (IsEnough(wanted)) return _keys;
            if (_asked != 0 && time.GetElapsedTime(_asked) < Pause) return _keys;
            _asked = time.GetTimestamp();
            // Old keys are better than none while the issuer is away; they are its own.
            return await FetchAsync(cancellation) is { } fetched ? _keys = fetched : _keys;
        }
        finally
        {
            _asking.Release();
        }
    }

    private bool IsEnough(string? wanted) => _keys is { } keys && time.GetElapsedTime(keys.At) < KeptFor && (wanted is null || keys.Keys.Any(key => key.Id == wanted));

    private async ValueTask<KeySet?> FetchAsync(CancellationToken cancellation)
    {
        if (await ReadAsync(settings.Issuer.TrimEnd('/') + Discovery, cancellation) is not { } found) return null;
        if (Text(found, "issuer") != settings.Issuer || Text(found, "jwks_uri") is not { } address || SettingForms.RemoteUrl(address).Fault is not null) return null;
        return await ReadAsync(address, cancellation) is { } set ? new(PublicJwk.ReadSet(set), time.GetTimestamp()) : null;
    }

    private async ValueTask<JsonElement?> ReadAsync(string address, CancellationToken cancellation) =>
        await remote.GetAsync(new Uri(address), NoHeaders, cancellation) is (HttpStatusCode.OK, { ValueKind: JsonValueKind.Object } body) ? body : null;

    private static string? Text(JsonElement body, string name) => body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private sealed record KeySet(IReadOnlyList<PublicJwk> Keys, long At);
}
