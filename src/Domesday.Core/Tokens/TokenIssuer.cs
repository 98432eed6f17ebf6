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
        return Sign(issuer, principal.Id, lifetime, json =>
        {
            json.WriteString("kind", principal.Kind);
            json.WriteString("tenant", principal.Tenant);
            json.WriteString("preferred_username", Short(principal.Name));
        });
    }

    /// <summary>Signs a token that shows a part of what its maker may read. It is for an audience of its own, so that nobody who does not know of such tokens takes it for the maker's.</summary>
    /// <param name="maker">May read in the tenant.</param>
    /// <param name="name">Whom it is for, for people.</param>
    /// <param name="limits">What the events have that it shows; at least one.</param>
    /// <param name="lifetime">From now; more than <see cref="LifetimeMax"/> is cut to it.</param>
    public IssuedToken IssueViewer(Principal maker, string tenant, string name, IReadOnlyList<FieldLimit> limits, TimeSpan lifetime)
    {
        ArgumentNullException.ThrowIfNull(maker);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lifetime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfZero(limits.Count);
        return Sign(ViewerAudience, maker.Id, lifetime, json => ViewerClaims.Write(json, maker, tenant, Short(name), limits));
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
        return Claims(token, issuer, "kind");
    }

    /// <returns>Null when it is no viewer's token that was signed by a key of ours.</returns>
    public ViewerClaims? CheckViewer(JwtText token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return Claims(token, ViewerAudience, "maker_kind") is { } claims ? ViewerClaims.Read(token, claims) : null;
    }

    private string ViewerAudience => issuer + "/viewer";

    private TokenClaims? Claims(JwtText token, string audience, string kindClaim)
    {
        if (token.Algorithm != Algorithm || keys.Find(token.KeyId) is not { } key || !key.IsSignatureOf(token.Signed, token.Signature)) return null;
        if (!IsOwn(token) || !token.IsFor(audience)) return null;
        return (token.Text("jti"), token.Text(kindClaim), token.Text("sub"), token.Text("tenant"), token.Number(IssuedAtClaim), token.Seconds("exp")) is
            ({ } session, { } kind, { } subject, { } tenant, { } issued, { } expires)
            ? new(session, kind, subject, tenant, new(issued), DateTimeOffset.FromUnixTimeSeconds(expires))
            : null;
    }

    private static string Short(string name) => name[..Math.Min(name.Length, NameCharsMax)];

    private IssuedToken Sign(string audience, string subject, TimeSpan lifetime, Action<Utf8JsonWriter> rest)
    {
        var issued = time.GetUtcNow();
        var expires = DateTimeOffset.FromUnixTimeSeconds(issued.ToUnixTimeSeconds()) + (lifetime < LifetimeMax ? TimeSpan.FromSeconds(Math.Ceiling(lifetime.TotalSeconds)) : LifetimeMax);
        var session = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SessionBytes));
        var key = keys.Active;
        var header = $$"""{"alg":"{{Algorithm}}","kid":"{{key.Id}}","typ":"JWT"}""";
        var signed = $"{Base64Url.EncodeToString(Encoding.ASCII.GetBytes(header))}.{Base64Url.EncodeToString(Payload(audience, subject, session, issued, expires, rest))}";
        var signature = key.Sign(Encoding.ASCII.GetBytes(signed));
        return new($"{signed}.{Base64Url.EncodeToString(signature)}", session, issued, expires);
    }

    private byte[] Payload(string audience, string subject, string session, DateTimeOffset issued, DateTimeOffset expires, Action<Utf8JsonWriter> rest)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("iss", issuer);
            json.WriteString("aud", audience);
            json.WriteString("sub", subject);
            json.WriteString("jti", session);
            json.WriteNumber("iat", issued.ToUnixTimeSeconds());
            json.WriteNumber(IssuedAtClaim, Timestamp.FromDateTimeOffset(issued).Microseconds);
            json.WriteNumber("exp", expires.ToUnixTimeSeconds());
            rest(json);
            json.WriteEndObject();
        }
        var text = Encoding.ASCII.GetString(buffer.WrittenSpan).Replace("?", "\\u003F", StringComparison.Ordinal).Replace("~", "\\u007E", StringComparison.Ordinal);
        return Encoding.ASCII.GetBytes(text.PadRight((text.Length + 2) / 3 * 3));
    }
}
