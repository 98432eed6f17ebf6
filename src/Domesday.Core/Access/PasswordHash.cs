using System.Security.Cryptography;
using System.Text;

namespace Domesday.Core.Access;

/// <summary>What is kept of a password: a salted, slow hash with its parameters, so that they can be raised.</summary>
/// <param name="Algorithm"><c>pbkdf2-sha256</c>.</param>
/// <param name="Iterations">How slow; 600,000 for new ones.</param>
/// <param name="Salt">16 random bytes, base64.</param>
/// <param name="Hash">32 bytes, base64.</param>
/// <remarks>Source of the algorithm: RFC 8018 §5.2; of the number: OWASP Password Storage Cheat Sheet, PBKDF2-HMAC-SHA256.</remarks>
public sealed record PasswordHash(string Algorithm, int Iterations, string Salt, string Hash)
{
    /// <summary>Longest password, in UTF-8 bytes.</summary>
    public const int PasswordBytesMax = 1024;

    private const string Pbkdf2Sha256 = "pbkdf2-sha256";
    private const int IterationsOfNew = 600_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    private static readonly PasswordHash OfNobody = new(Pbkdf2Sha256, IterationsOfNew,
        Convert.ToBase64String(RandomNumberGenerator.GetBytes(SaltBytes)), Convert.ToBase64String(RandomNumberGenerator.GetBytes(HashBytes)));

    public static PasswordHash Of(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new(Pbkdf2Sha256, IterationsOfNew, Convert.ToBase64String(salt), Convert.ToBase64String(Derive(password, salt, IterationsOfNew)));
    }

    /// <summary>Whether this is the password; takes some tenths of a second, whatever the answer.</summary>
    /// <exception cref="NotSupportedException">It was hashed by an algorithm that this version does not know.</exception>
    public bool Verify(string password)
    {
        if (Algorithm != Pbkdf2Sha256) throw new NotSupportedException($"The password hash '{Algorithm}' is not known.");
        return CryptographicOperations.FixedTimeEquals(Derive(password, Convert.FromBase64String(Salt), Iterations), Convert.FromBase64String(Hash));
    }

    /// <summary>Takes as long as <see cref="Verify"/> and refuses: for names that nobody has, so that time does not tell which exist.</summary>
    public static bool VerifyNobody(string password)
    {
        OfNobody.Verify(password);
        return false;
    }

    private static byte[] Derive(string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, HashAlgorithmName.SHA256, HashBytes);
}
