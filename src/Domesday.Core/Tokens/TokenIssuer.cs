using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Events;

namespace Domesday.Core.Tokens;

/// <summary>A token that was just signed.</summary>
/// <param name="Text">The compact form: a secret of its holder.</param>
/// <param name="Session">Its <c>jti</c>: names the session, may be recorded.</param>
public sealed record IssuedToken(string Text, string Session, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>Without the token, so that it cannot slip into a log.</summary>
    public override string ToString() => Session;
}

/// <summary>What a token of ours says, after its signature and times were checked.</summary>
/// <param name="Tenant">The tenant that it acts in.</param>
public sealed record TokenClaims(string Session, string Kind, string Subject, string Tenant, Timestamp IssuedAt, DateTimeOffset ExpiresAt);

/// <summary>Signs and checks the service's own tokens: JWTs, ES256.</summary>
/// <remarks>
/// A token names its holder and nothing that the holder may do: rights are looked up with every request, so that a change counts at once.
/// The payload is ASCII JSON without <c>&gt; ? ~</c>, padded to a multiple of three bytes: its base64url then has neither - nor _ and needs no =, because Run:ai's
/// Python client decodes it as plain base64 and fails on them.
/// </remarks>
/// <param name="issuer">The <c>iss</c> and <c>aud</c> of its tokens.</param>
public sealed class TokenIssuer(TokenKeys keys, string issuer, TimeProvider time)
{
    private const string Algorithm = "ES256";

    /// <summary>The time of issue in microseconds: <c>iat</c> in seconds cannot tell what came before from what came after a change of password.</summary>
    private const string IssuedAtClaim = "issued_us";

    private const int SessionBytes = 16;
    private const int NameCharsMax = 200;

    /// <summary>Longest that a token may be valid.</summary>
    public static TimeSpan LifetimeMax { get; } = TimeSpan.FromDays(7);

    public string Issuer => issuer;

    /// <summary>The public keys, as <c>/.well-known/jwks.json</c> shows them.</summary>
    public IReadOnlyList<TokenKey> Keys => keys.Published;

    /// <summary>Signs a token for somebody who was authenticated.</summary>
    /// <param name="lifetime">From now; more than <see cref="LifetimeMax"/> is cut to it.</param>
    public IssuedToken Issue(Principal principal, TimeSpan lifetime)
    {
        ArgumentNullException.ThrowIfNull(principal);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lifetime, TimeSpan.Zero);
        var issued = time.GetUtcNow();
        var expires = DateTimeOffset.FromUnixTimeSeconds(issued.ToUnixTimeSeconds()) + (lifetime < LifetimeMax ? TimeSpan.FromSeconds(Math.Ceiling(lifetime.TotalSeconds)) : LifetimeMax);
        var session = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SessionBytes));
        var key = keys.Active;
        var header = $$"""{"alg":"{{Algorithm}}","kid":"{{key.Id}}","typ":"JWT"}""";
        var signed = $"{Base64Url.EncodeToString(Encoding.ASCII.GetBytes(header))}.{Base64Url.EncodeToString(Payload(principal, session, issued, expires))}";
        var signature = key.Sign(Encoding.ASCII.GetBytes(signed));
        return new($"{signed}.{Base64Url.EncodeToString(signature)}", session, issued, expires);
    }

    /// <summary>Whether a token says that it is one of ours.</summary>
    public bool IsOwn(JwtText token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return token.Text("iss") == issuer;
    }

    /// <returns>Null when it was not signed by a key of ours, or says something that no token of ours does.</returns>
    public TokenClaims? Check(JwtText token)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (token.Algorithm != Algorithm || keys.Find(token.KeyId) is not { } key || !key.IsSignatureOf(token.Signed, token.Signature)) return null;
        if (!IsOwn(token) || !token.IsFor(issuer)) return null;
        return (token.Text("jti"), token.Text("kind"), token.Text("sub"), token.Text("tenant"), token.Number(IssuedAtClaim), token.Seconds("exp")) is
            ({ } session, { } kind, { } subject, { } tenant, { } issued, { } expires)
            ? new(session, kind, subject, tenant, new(issued), DateTimeOffset.FromUnixTimeSeconds(expires))
            : null;
    }

    private byte[] Payload(Principal principal, string session, DateTimeOffset issued, DateTimeOffset expires)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("iss", issuer);
            json.WriteString("aud", issuer);
            json.WriteString("sub", principal.Id);
            json.WriteString("jti", session);
            json.WriteNumber("iat", issued.ToUnixTimeSeconds());
            json.WriteNumber(IssuedAtClaim, Timestamp.FromDateTimeOffset(issued).Microseconds);
            json.WriteNumber("exp", expires.ToUnixTimeSeconds());
            json.WriteString("kind", principal.Kind);
            json.WriteString("tenant", principal.Tenant);
            json.WriteString("preferred_username", principal.Name.AsSpan(0, Math.Min(principal.Name.Length, NameCharsMax)));
            json.WriteEndObject();
        }
        var text = Encoding.ASCII.GetString(buffer.WrittenSpan).Replace("?", "\\u003F", StringComparison.Ordinal).Replace("~", "\\u007E", StringComparison.Ordinal);
        return Encoding.ASCII.GetBytes(text.PadRight((text.Length + 2) / 3 * 3));
    }
}
