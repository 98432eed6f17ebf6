using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Domesday.Core.Tokens;

/// <summary>One key pair that signs tokens: ECDSA on P-256 with SHA-256, ES256.</summary>
/// <remarks>Source: RFC 7518 §3.4. Signing and checking take no lock: each operation has its own context in OpenSSL and only reads the key.</remarks>
public sealed class TokenKey : IDisposable
{
    /// <summary>Bytes of a signature: r and s, 32 each.</summary>
    internal const int SignatureBytes = 64;

    private readonly ECDsa _pair;

    internal TokenKey(ECDsa pair, DateTimeOffset madeAt)
    {
        var point = pair.ExportParameters(includePrivateParameters: false).Q;
        (_pair, MadeAt) = (pair, madeAt);
        (X, Y) = (Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
        Id = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{X}}","y":"{{Y}}"}""")));
    }

    /// <summary>The <c>kid</c>: the key's RFC 7638 thumbprint, so it follows from the key.</summary>
    public string Id { get; }

    public DateTimeOffset MadeAt { get; }

    /// <summary>Coordinate of the public point, base64url.</summary>
    public string X { get; }

    /// <inheritdoc cref="X"/>
    public string Y { get; }

    public void Dispose() => _pair.Dispose();

    internal static TokenKey Create(DateTimeOffset now) => new(ECDsa.Create(ECCurve.NamedCurves.nistP256), now);

    internal byte[] Sign(ReadOnlySpan<byte> bytes) => _pair.SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    internal bool IsSignatureOf(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature) => signature.Length == SignatureBytes
        && _pair.VerifyData(bytes, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>PKCS #8 in PEM.</summary>
    /// <param name="passphrase">Null or empty: not encrypted.</param>
    internal string ToPem(string? passphrase) => string.IsNullOrEmpty(passphrase)
        ? _pair.ExportPkcs8PrivateKeyPem()
        : _pair.ExportEncryptedPkcs8PrivateKeyPem(passphrase, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 600_000));
}
