using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Domesday.Core.Access;

/// <summary>An API key as its holder has it: <c>dk_</c>, 16 hex digits of id, <c>_</c>, 64 hex digits of secret.</summary>
/// <remarks>The secret is 256 random bits, so one SHA-256 of it is all that need be kept: there is nothing to guess.</remarks>
public sealed class ApiKeyText
{
    /// <summary>Lets scanners for leaked secrets find our keys.</summary>
    public const string Prefix = "dk_";

    private const int IdLength = 16;
    private const int SecretBytes = 32;
    private const int TextLength = 3 + IdLength + 1 + SecretBytes * 2;

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    private readonly byte[] _secret;

    private ApiKeyText(string id, byte[] secret) => (Id, _secret) = (id, secret);

    /// <summary>Public: stands in lists and in what is recorded.</summary>
    public string Id { get; }

    /// <summary>SHA-256 of the secret, lower-case hex: what the service keeps.</summary>
    public string SecretSha256 => Convert.ToHexStringLower(SHA256.HashData(_secret));

    public static ApiKeyText Create() => new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdLength / 2)), RandomNumberGenerator.GetBytes(SecretBytes));

    public static bool TryParse(string text, [NotNullWhen(true)] out ApiKeyText? key)
    {
        key = null;
        if (text.Length != TextLength || !text.StartsWith(Prefix, StringComparison.Ordinal) || text[Prefix.Length + IdLength] != '_') return false;
        var id = text.AsSpan(Prefix.Length, IdLength);
        var secret = text.AsSpan(Prefix.Length + IdLength + 1);
        if (!IsLowerHex(id) || !IsLowerHex(secret)) return false;
        key = new(id.ToString(), Convert.FromHexString(secret));
        return true;
    }

    /// <summary>Whether the secret is the one that was hashed; takes the same time whatever the answer.</summary>
    /// <param name="secretSha256">Lower-case hex.</param>
    public bool Matches(string secretSha256)
    {
        Span<byte> own = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> kept = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_secret, own);
        return Convert.FromHexString(secretSha256, kept, out _, out _) == OperationStatus.Done && CryptographicOperations.FixedTimeEquals(own, kept);
    }

    /// <summary>The whole key, secret included: shown once, to the one who made it.</summary>
    public string Reveal() => $"{Prefix}{Id}_{Convert.ToHexStringLower(_secret)}";

    /// <summary>Without the secret, so that a key that slips into a message gives nothing away.</summary>
    public override string ToString() => $"{Prefix}{Id}_…";

    private static bool IsLowerHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(LowerHex);
}
