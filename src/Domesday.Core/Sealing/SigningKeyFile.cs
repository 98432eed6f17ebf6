using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Domesday.Core.Problems;
using Domesday.Events.Merkle;

namespace Domesday.Core.Sealing;

/// <summary>Keeps the seeds of signing keys: plain behind owner-only rights, or encrypted under a passphrase as well.</summary>
/// <remarks>
/// Two lines: <c>domesday-signing-key 1 SHA-256-of-the-next-line</c> and a JSON object. With a passphrase each seed is sealed by AES-256-GCM
/// under a key from PBKDF2-HMAC-SHA-256, its public key bound to it as associated data. See docs/adr/0013-signing-key-file.md.
/// </remarks>
public static class SigningKeyFile
{
    internal const int DefaultIterations = 600_000;

    private const string Header = "domesday-signing-key 1 ";
    private const int SeedBytes = 32;
    private const int SaltBytes = 16;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int IterationsMax = 10_000_000;

    /// <summary>Reads the keys, and makes the first one when there is no file yet.</summary>
    /// <param name="passphrase">Null or empty: none. A plain file is encrypted under it.</param>
    /// <returns><see cref="ProblemKind.Invalid"/> when the passphrase is missing or wrong; <see cref="ProblemKind.Corrupt"/> when the file is damaged.</returns>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public static Result<SigningKeys> Open(string path, string? passphrase, TimeProvider time)
    {
        if (!File.Exists(path))
        {
            DurableFile.MakeFolderOf(path);
            var made = new StoredSeed(time.GetUtcNow(), RandomNumberGenerator.GetBytes(SeedBytes));
            Write(path, [made], passphrase);
            return new SigningKeys([made.Seed]);
        }
        TakeRightsFromOthers(path);
        var read = Read(path, passphrase);
        if (!read.IsOk) return read.Problem;
        if (!string.IsNullOrEmpty(passphrase) && !read.Value.Encrypted) Write(path, read.Value.Seeds, passphrase);
        return new SigningKeys([.. read.Value.Seeds.Select(seed => seed.Seed)]);
    }

    internal static void Write(string path, IReadOnlyList<StoredSeed> seeds, string? passphrase, int iterations = DefaultIterations)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var key = string.IsNullOrEmpty(passphrase) ? null : Derive(passphrase, salt, iterations);
        var contents = JsonSerializer.Serialize(new SigningKeyContents
        {
            Kdf = key is null ? null : new(SigningKeyKdf.Pbkdf2, iterations, salt),
            Keys = [.. seeds.Select(seed => Store(seed, key))],
        }, SigningKeyJson.Default.SigningKeyContents);
        if (key is not null) CryptographicOperations.ZeroMemory(key);
        DurableFile.Replace(path, Encoding.UTF8.GetBytes($"{Header}{Checksum(contents)}\n{contents}\n"));
    }

    private static SigningKeyEntry Store(StoredSeed seed, byte[]? key)
    {
        using var signer = new NoteSigner(seed.Seed);
        var publicKey = signer.KeyNamed("key").PublicKey;
        if (key is null) return new(seed.Made, publicKey.ToArray(), [.. seed.Seed]);
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        var sealedSeed = new byte[SeedBytes + TagBytes];
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(nonce, seed.Seed, sealedSeed.AsSpan(0, SeedBytes), sealedSeed.AsSpan(SeedBytes), publicKey);
        return new(seed.Made, publicKey.ToArray(), sealedSeed, nonce);
    }

    private static Result<StoredSeeds> Read(string path, string? passphrase)
    {
        if (ReadContents(File.ReadAllText(path)) is not { Keys.Count: > 0 } contents) return Damaged(path);
        if (contents.Kdf is not { } kdf)
        {
            var plain = contents.Keys.Select(entry => new StoredSeed(entry.Made, entry.Seed)).ToList();
            return plain.Zip(contents.Keys).All(pair => IsPair(pair.First.Seed, pair.Second.PublicKey)) ? new StoredSeeds(plain, false) : Damaged(path);
        }
        if (kdf.Algorithm != SigningKeyKdf.Pbkdf2 || kdf.Iterations is < 1 or > IterationsMax) return Damaged(path);
        if (string.IsNullOrEmpty(passphrase)) return new Problem(ProblemKind.Invalid, $"The signing key {path} is encrypted: set DOMESDAY_KEY_PASSPHRASE.", "DOMESDAY_KEY_PASSPHRASE");
        var key = Derive(passphrase, kdf.Salt, kdf.Iterations);
        try
        {
            var seeds = new List<StoredSeed>();
            foreach (var entry in contents.Keys)
            {
                if (!TryUnseal(entry, key, out var seed)) return new Problem(ProblemKind.Invalid, $"The passphrase does not open the signing key {path}.", "DOMESDAY_KEY_PASSPHRASE");
                if (!IsPair(seed, entry.PublicKey)) return Damaged(path);
                seeds.Add(new(entry.Made, seed));
            }
            return new StoredSeeds(seeds, true);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>The object behind the checksum; null when anything about it is not as it was written.</summary>
    private static SigningKeyContents? ReadContents(string text)
    {
        if (text.Split('\n') is not [var header, var contents, ""] || header != Header + Checksum(contents)) return null;
        try
        {
            return JsonSerializer.Deserialize(contents, SigningKeyJson.Default.SigningKeyContents);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool TryUnseal(SigningKeyEntry entry, byte[] key, out byte[] seed)
    {
        seed = new byte[SeedBytes];
        if (entry.Nonce is not { Length: NonceBytes } || entry.Seed.Length != SeedBytes + TagBytes) return false;
        using var cipher = new AesGcm(key, TagBytes);
        try
        {
            cipher.Decrypt(entry.Nonce, entry.Seed.AsSpan(0, SeedBytes), entry.Seed.AsSpan(SeedBytes), seed, entry.PublicKey);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    private static bool IsPair(byte[] seed, byte[] publicKey)
    {
        if (seed.Length != SeedBytes) return false;
        using var signer = new NoteSigner(seed);
        return signer.KeyNamed("key").PublicKey.SequenceEqual(publicKey);
    }

    /// <summary>Orchestrators that hand out volumes widen the rights of what is in them.</summary>
    private static void TakeRightsFromOthers(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~DurableFile.OwnerOnly) != 0) File.SetUnixFileMode(path, DurableFile.OwnerOnly);
    }

    private static byte[] Derive(string passphrase, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, iterations, HashAlgorithmName.SHA256, SeedBytes);

    private static string Checksum(string contents) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(contents)));

    private static Problem Damaged(string path) =>
        new(ProblemKind.Corrupt, $"The signing key {path} is damaged. Put it back from a copy; without it nothing that was signed before can be continued.");

    private sealed record StoredSeeds(IReadOnlyList<StoredSeed> Seeds, bool Encrypted);
}

/// <summary>32 secret bytes, and when they were made.</summary>
internal sealed record StoredSeed(DateTimeOffset Made, byte[] Seed);

/// <summary>What a key file holds.</summary>
/// <remarks>The last key signs; the others are kept to check what they signed.</remarks>
internal sealed record SigningKeyContents
{
    /// <summary>Null: the seeds are plain.</summary>
    public SigningKeyKdf? Kdf { get; init; }

    public required IReadOnlyList<SigningKeyEntry> Keys { get; init; }
}

/// <summary>How the passphrase becomes a key.</summary>
internal sealed record SigningKeyKdf(string Algorithm, int Iterations, byte[] Salt)
{
    public const string Pbkdf2 = "pbkdf2-hmac-sha256";
}

/// <param name="Seed">Plain; or sealed, its tag behind it, when there is a nonce.</param>
internal sealed record SigningKeyEntry(DateTimeOffset Made, byte[] PublicKey, byte[] Seed, byte[]? Nonce = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SigningKeyContents))]
internal sealed partial class SigningKeyJson : JsonSerializerContext;
