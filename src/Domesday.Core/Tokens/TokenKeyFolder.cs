using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Domesday.Core.Problems;
using Domesday.Core.Sealing;

namespace Domesday.Core.Tokens;

/// <summary>Keeps the keys that sign tokens: one PEM file each, readable by its owner alone, named by the time at which it was made.</summary>
/// <remarks>See docs/adr/0020-tokens.md. All methods throw <see cref="IOException"/> when the disk refuses.</remarks>
internal sealed class TokenKeyFolder(string folder, string? passphrase)
{
    private const string TimeForm = "yyyyMMdd'T'HHmmssfff'Z'";
    private const string Extension = ".pem";
    private const string Encrypted = "ENCRYPTED PRIVATE KEY";

    /// <summary>All keys, the oldest first.</summary>
    /// <returns><see cref="ProblemKind.Invalid"/> when the passphrase is missing or wrong; <see cref="ProblemKind.Corrupt"/> when a file is damaged.</returns>
    public Result<List<TokenKey>> Read()
    {
        var keys = new List<TokenKey>();
        if (!Directory.Exists(folder)) return keys;
        foreach (var path in Directory.EnumerateFiles(folder, "*" + Extension).Order(StringComparer.Ordinal))
        {
            var key = Read(path);
            if (!key.IsOk)
            {
                foreach (var read in keys) read.Dispose();
                return key.Problem;
            }
            keys.Add(key.Value);
        }
        return keys;
    }

    public void Write(TokenKey key)
    {
        var path = PathOf(key);
        DurableFile.MakeFolderOf(path);
        DurableFile.Replace(path, Encoding.ASCII.GetBytes(key.ToPem(passphrase) + "\n"));
    }

    public void Delete(TokenKey key) => File.Delete(PathOf(key));

    private string PathOf(TokenKey key) => Path.Combine(folder, key.MadeAt.UtcDateTime.ToString(TimeForm, CultureInfo.InvariantCulture) + "-" + key.Id + Extension);

    private Result<TokenKey> Read(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~DurableFile.OwnerOnly) != 0) File.SetUnixFileMode(path, DurableFile.OwnerOnly);
        var time = Path.GetFileName(path).Split('-')[0];
        if (!DateTimeOffset.TryParseExact(time, TimeForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var madeAt)) return Damaged(path);
        var pem = File.ReadAllText(path);
        var isEncrypted = pem.Contains(Encrypted, StringComparison.Ordinal);
        if (isEncrypted && string.IsNullOrEmpty(passphrase)) return new Problem(ProblemKind.Invalid, $"The key {path} is encrypted: set DOMESDAY_KEY_PASSPHRASE.", "DOMESDAY_KEY_PASSPHRASE");
        var pair = ECDsa.Create();
        try
        {
            if (isEncrypted) pair.ImportFromEncryptedPem(pem, passphrase);
            else pair.ImportFromPem(pem);
            if (pair.KeySize != 256) throw new CryptographicException("It is of another size.");
            var key = new TokenKey(pair, madeAt);
            if (!isEncrypted && !string.IsNullOrEmpty(passphrase)) Write(key);
            return key;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            pair.Dispose();
            return isEncrypted ? new Problem(ProblemKind.Invalid, $"The passphrase does not open the key {path}.", "DOMESDAY_KEY_PASSPHRASE") : Damaged(path);
        }
    }

    private static Problem Damaged(string path) =>
        new(ProblemKind.Corrupt, $"The key {path} is damaged. Put it back from a copy, or delete it: the tokens that it signed are then refused, and their holders sign in again.");
}
