using System.Security.Cryptography;
using System.Text;

namespace Domesday.Core.Access;

/// <summary>The secret of an application: <c>ds_</c> and 64 hex digits, 256 random bits.</summary>
/// <remarks>One SHA-256 of it is all that need be kept: there is nothing to guess.</remarks>
public static class ApplicationSecret
{
    /// <summary>Begins the client id of every application.</summary>
    public const string ClientPrefix = "app_";

    /// <summary>Lets scanners for leaked secrets find ours.</summary>
    private const string Prefix = "ds_";

    private const int SecretBytes = 32;
    private const int ClientBytes = 8;

    /// <summary>A client id that nobody has.</summary>
    public static string NewClientId() => ClientPrefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(ClientBytes));

    /// <summary>The whole secret: shown once, to the one who made it.</summary>
    public static string Create() => Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>What the service keeps: lower-case hex.</summary>
    public static string Sha256Of(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Whether the secret is the one that was hashed; takes the same time whatever the answer.</summary>
    public static bool Matches(string secret, string sha256) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sha256Of(secret)), Encoding.ASCII.GetBytes(sha256));
}
