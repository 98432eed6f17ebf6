using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Domesday.Core.Problems;
using Domesday.Core.Sealing;

namespace Domesday.Core.Secrets;

/// <summary>Encrypts the secrets that the service must be able to use again, such as keys of other services: what is kept of them is useless without the key file.</summary>
/// <remarks>AES-256-GCM with a random nonce for each secret; see docs/adr/0023-secrets-at-rest.md. Secrets that only need to be recognised are hashed instead.</remarks>
public sealed class SecretBox
{
    private const string Version = "v1.";
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] _key;

    private SecretBox(byte[] key) => _key = key;

    /// <summary>Opens the key file, or makes one where there is none.</summary>
    /// <returns><see cref="ProblemKind.Corrupt"/> when the file holds no key.</returns>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static Result<SecretBox> Open(string path)
    {
        if (!File.Exists(path))
        {
            var made = RandomNumberGenerator.GetBytes(KeyBytes);
            DurableFile.MakeFolderOf(path);
            DurableFile.Replace(path, Encoding.ASCII.GetBytes(Convert.ToBase64String(made) + "\n"));
            return new SecretBox(made);
        }
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~DurableFile.OwnerOnly) != 0) File.SetUnixFileMode(path, DurableFile.OwnerOnly);
        var key = new byte[KeyBytes + 3];
        return Convert.TryFromBase64String(File.ReadAllText(path).Trim(), key, out var length) && length == KeyBytes
            ? new SecretBox(key[..KeyBytes])
            : new Problem(ProblemKind.Corrupt, $"The key {path} is damaged. Put it back from a copy, or delete it: the secrets of other services that are stored must then be given again.");
    }

    /// <summary>A box whose key follows from a passphrase.</summary>
    /// <param name="salt">Random, and kept beside what is sealed.</param>
    public static SecretBox OfPassphrase(string passphrase, ReadOnlySpan<byte> salt) =>
        new(Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, SigningKeyFile.DefaultIterations, HashAlgorithmName.SHA256, KeyBytes));

    /// <param name="place">Where the secret is kept: it can be opened as that alone, so that nobody puts one in another's place.</param>
    public string Seal(string secret, string place)
    {
        var plain = Encoding.UTF8.GetBytes(secret);
        var sealedBytes = new byte[NonceBytes + plain.Length + TagBytes];
        var nonce = sealedBytes.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(_key, TagBytes);
        cipher.Encrypt(nonce, plain, sealedBytes.AsSpan(NonceBytes, plain.Length), sealedBytes.AsSpan(NonceBytes + plain.Length), Encoding.UTF8.GetBytes(place));
        return Version + Base64Url.EncodeToString(sealedBytes);
    }

    /// <returns>False when it was sealed by another key or for another place, or was changed.</returns>
    public bool TryOpen(string sealedText, string place, [NotNullWhen(true)] out string? secret)
    {
        secret = null;
        if (!sealedText.StartsWith(Version, StringComparison.Ordinal) || !Base64Url.IsValid(sealedText.AsSpan(Version.Length))) return false;
        var bytes = Base64Url.DecodeFromChars(sealedText.AsSpan(Version.Length));
        if (bytes.Length < NonceBytes + TagBytes) return false;
        var plain = new byte[bytes.Length - NonceBytes - TagBytes];
        try
        {
            using var cipher = new AesGcm(_key, TagBytes);
            cipher.Decrypt(bytes.AsSpan(0, NonceBytes), bytes.AsSpan(NonceBytes, plain.Length), bytes.AsSpan(NonceBytes + plain.Length), plain, Encoding.UTF8.GetBytes(place));
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        secret = Encoding.UTF8.GetString(plain);
        return true;
    }
}
