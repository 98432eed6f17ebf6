using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Domesday.Events.Merkle;

/// <summary>The public half of a key that signs notes.</summary>
/// <remarks>Source: C2SP signed-note, Ed25519 (algorithm 0x01). Text form: <c>name+keyid+base64(0x01 || key)</c>.</remarks>
public sealed class NoteKey
{
    private const byte Ed25519Algorithm = 0x01;

    private readonly byte[] _publicKey;

    /// <param name="name">Same as the checkpoint's origin; no white space, no plus sign.</param>
    /// <param name="publicKey">32 bytes.</param>
    /// <exception cref="ArgumentException">The name or the key has a wrong form.</exception>
    public NoteKey(string name, ReadOnlySpan<byte> publicKey)
    {
        if (!IsName(name)) throw new ArgumentException("A key's name has no white space and no plus sign.", nameof(name));
        if (publicKey.Length != Ed25519.KeyBytes) throw new ArgumentException($"A public key has {Ed25519.KeyBytes} bytes.", nameof(publicKey));
        (Name, _publicKey) = (name, publicKey.ToArray());
        byte[] named = [.. Encoding.UTF8.GetBytes(name), (byte)'\n', Ed25519Algorithm, .. publicKey];
        var hash = SHA256.HashData(named);
        Id = (uint)(hash[0] << 24 | hash[1] << 16 | hash[2] << 8 | hash[3]);
    }

    public string Name { get; }

    public uint Id { get; }

    public ReadOnlySpan<byte> PublicKey => _publicKey;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name}+{Id:x8}+{Convert.ToBase64String([Ed25519Algorithm, .. _publicKey])}");

    public static bool TryParse(string text, [NotNullWhen(true)] out NoteKey? key)
    {
        key = null;
        var parts = text.Split('+', 3);
        if (parts.Length != 3 || !IsName(parts[0])) return false;
        var bytes = new byte[parts[2].Length];
        if (!Convert.TryFromBase64String(parts[2], bytes, out var length) || length != 1 + Ed25519.KeyBytes || bytes[0] != Ed25519Algorithm) return false;
        var read = new NoteKey(parts[0], bytes.AsSpan(1, Ed25519.KeyBytes));
        if (parts[1] != read.Id.ToString("x8", CultureInfo.InvariantCulture)) return false;
        key = read;
        return true;
    }

    /// <summary>Whether the note carries a valid signature by this key, and none by it that is not valid.</summary>
    public bool Verifies(SignedNote note)
    {
        ArgumentNullException.ThrowIfNull(note);
        var text = Encoding.UTF8.GetBytes(note.Text);
        var own = note.Signatures.Where(signature => signature.KeyName == Name && signature.KeyId == Id).ToList();
        return own.Count > 0 && own.TrueForAll(signature => Ed25519.Verify(_publicKey, text, signature.Signature));
    }

    /// <summary>Whether a key may have this name: something, without white space and plus signs.</summary>
    public static bool IsName(string name) => name.Length > 0 && !name.Contains('+', StringComparison.Ordinal) && !name.Any(char.IsWhiteSpace);
}

/// <summary>A key pair that signs notes, under a name for each ledger.</summary>
public sealed class NoteSigner : IDisposable
{
    private readonly Ed25519PrivateKey _key;

    /// <param name="seed">32 secret bytes.</param>
    public NoteSigner(ReadOnlySpan<byte> seed) => _key = new(seed);

    public NoteKey KeyNamed(string name) => new(name, _key.PublicKey);

    public SignedNote Sign(string name, string text) =>
        new(text, [new(name, KeyNamed(name).Id, _key.Sign(Encoding.UTF8.GetBytes(text)))]);

    public void Dispose() => _key.Dispose();
}
