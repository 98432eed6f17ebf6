using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Domesday.Core.Tokens;

/// <summary>A JSON Web Token in its compact form, taken apart and not yet believed.</summary>
/// <remarks>
/// Source: RFC 7519, RFC 7515 §7.1. Strict: base64url without padding and in its one canonical spelling, no repeated members, no <c>crit</c>,
/// no token within a token.
/// </remarks>
public sealed class JwtText
{
    /// <summary>Longest token, in characters: as much as fits into the headers of a request.</summary>
    public const int CharsMax = 16 * 1024;

    private static readonly SearchValues<char> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private JwtText(string algorithm, string? keyId, JsonElement claims, byte[] signed, byte[] signature) =>
        (Algorithm, KeyId, Claims, Signed, Signature) = (algorithm, keyId, claims, signed, signature);

    /// <summary>As the token says; never to be trusted alone.</summary>
    public string Algorithm { get; }

    public string? KeyId { get; }

    /// <summary>A JSON object.</summary>
    public JsonElement Claims { get; }

    /// <summary>What the signature is about.</summary>
    internal byte[] Signed { get; }

    internal byte[] Signature { get; }

    /// <summary>Whether a text has the outer form of a token, so that it can be told from other opaque credentials.</summary>
    public static bool IsLike(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.StartsWith("eyJ", StringComparison.Ordinal) && text.AsSpan().Count('.') == 2;
    }

    public static bool TryParse(string text, [NotNullWhen(true)] out JwtText? token)
    {
        ArgumentNullException.ThrowIfNull(text);
        token = null;
        if (text.Length > CharsMax || text.Split('.') is not [var header, var payload, var signature]) return false;
        if (!TryDecode(header, out var headerBytes) || !TryDecode(payload, out var payloadBytes) || !TryDecode(signature, out var signatureBytes)) return false;
        if (!TryObject(headerBytes, out var head) || !TryObject(payloadBytes, out var claims)) return false;
        if (TextOf(head, "alg") is not { } algorithm || head.TryGetProperty("crit", out _) || !IsType(head)) return false;
        token = new(algorithm, TextOf(head, "kid"), claims, Encoding.ASCII.GetBytes($"{header}.{payload}"), signatureBytes);
        return true;
    }

    /// <summary>A claim that is text; null when it is absent or something else.</summary>
    public string? Text(string claim) => TextOf(Claims, claim);

    /// <summary>A claim that is seconds since 1970, cut to whole ones; null when it is absent or no such number.</summary>
    /// <remarks>Source: RFC 7519 §2, NumericDate.</remarks>
    public long? Seconds(string claim) => Claims.TryGetProperty(claim, out var value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out var number) && number is >= 0 and < 253_402_300_800 ? (long)number : null;

    /// <summary>A claim that is a whole number; null when it is absent or something else.</summary>
    public long? Number(string claim) => Claims.TryGetProperty(claim, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    /// <summary>Whether the token is meant for this audience.</summary>
    /// <remarks>Source: RFC 7519 §4.1.3: one text or a list.</remarks>
    public bool IsFor(string audience)
    {
        if (!Claims.TryGetProperty("aud", out var value)) return false;
        return value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.String && item.GetString() == audience)
            : value.ValueKind == JsonValueKind.String && value.GetString() == audience;
    }

    private static bool IsType(JsonElement header) => !header.TryGetProperty("typ", out var type)
        || type.ValueKind == JsonValueKind.String && type.GetString() is { } text && (text.Equals("JWT", StringComparison.OrdinalIgnoreCase) || text.Equals("at+jwt", StringComparison.OrdinalIgnoreCase));

    private static string? TextOf(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool TryDecode(string part, out byte[] bytes)
    {
        bytes = [];
        if (part.Length == 0 || part.Length % 4 == 1 || part.AsSpan().ContainsAnyExcept(Alphabet)) return false;
        bytes = new byte[Base64Url.GetMaxDecodedLength(part.Length)];
        if (Base64Url.DecodeFromChars(part, bytes, out _, out var written) != OperationStatus.Done) return false;
        bytes = bytes[..written];
        return Base64Url.EncodeToString(bytes) == part;
    }

    private static bool TryObject(byte[] json, out JsonElement element)
    {
        element = default;
        try
        {
            using var document = JsonDocument.Parse(json, new() { MaxDepth = 32, AllowDuplicateProperties = false });
            element = document.RootElement.Clone();
            return element.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
