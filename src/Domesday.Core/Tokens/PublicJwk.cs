using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Domesday.Core.Tokens;

/// <summary>A public key of another issuer: EC on P-256 for ES256, RSA of 2,048 bits and more for RS256 and PS256.</summary>
/// <remarks>Source: RFC 7517, RFC 7518 §6. The key decides which algorithms it may be used with, never the token alone.</remarks>
public sealed class PublicJwk : IDisposable
{
    private const int RsaBitsMin = 2_048;
    private const int RsaBitsMax = 8_192;

    private readonly ECDsa? _ec;
    private readonly RSA? _rsa;
    private readonly string? _algorithm;

    private PublicJwk(string? id, string? algorithm, ECDsa? ec, RSA? rsa) => (Id, _algorithm, _ec, _rsa) = (id, algorithm, ec, rsa);

    /// <summary>The <c>kid</c>; null when it has none.</summary>
    public string? Id { get; }

    /// <summary>Reads a key set; keys of other kinds and for other uses are left out.</summary>
    public static IReadOnlyList<PublicJwk> ReadSet(JsonElement set)
    {
        if (set.ValueKind != JsonValueKind.Object || !set.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array) return [];
        return [.. keys.EnumerateArray().Select(Read).OfType<PublicJwk>()];
    }

    public bool IsSignatureOf(JwtText token)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (_algorithm is not null && _algorithm != token.Algorithm) return false;
        return token.Algorithm switch
        {
            "ES256" => _ec is not null && token.Signature.Length == TokenKey.SignatureBytes
                && _ec.VerifyData(token.Signed, token.Signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
            "RS256" => _rsa?.VerifyData(token.Signed, token.Signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) == true,
            "PS256" => _rsa?.VerifyData(token.Signed, token.Signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss) == true,
            _ => false,
        };
    }

    public void Dispose()
    {
        _ec?.Dispose();
        _rsa?.Dispose();
    }

    private static PublicJwk? Read(JsonElement key)
    {
        if (key.ValueKind != JsonValueKind.Object || Text(key, "use") is { } use && use != "sig") return null;
        try
        {
            return (Text(key, "kty"), Text(key, "crv")) switch
            {
                ("EC", "P-256") => new(Text(key, "kid"), Text(key, "alg"), ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = Bytes(key, "x"), Y = Bytes(key, "y") } }), null),
                ("RSA", _) when Bytes(key, "n") is { Length: >= RsaBitsMin / 8 and <= RsaBitsMax / 8 } modulus =>
                    new(Text(key, "kid"), Text(key, "alg"), null, RSA.Create(new RSAParameters { Modulus = modulus, Exponent = Bytes(key, "e") })),
                _ => null,
            };
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException)
        {
            return null;
        }
    }

    private static byte[] Bytes(JsonElement key, string name) => Base64Url.DecodeFromChars(Text(key, name) ?? throw new FormatException($"{name} is missing."));

    private static string? Text(JsonElement key, string name) => key.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
