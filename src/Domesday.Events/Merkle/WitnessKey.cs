using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Domesday.Events.Merkle;

/// <summary>The public half of a key by which a witness cosigns checkpoints.</summary>
/// <remarks>Source: C2SP tlog-cosignature, cosignature/v1 (algorithm 0x04). Text form: <c>name+keyid+base64(0x04 || key)</c>.</remarks>
public sealed class WitnessKey
{
    private const byte Algorithm = 0x04;
    private const int TimeBytes = 8;

    private readonly byte[] _publicKey;

    /// <param name="name">No white space, no plus sign.</param>
    /// <param name="publicKey">32 bytes.</param>
    /// <exception cref="ArgumentException">The name or the key has a wrong form.</exception>
    public WitnessKey(string name, ReadOnlySpan<byte> publicKey)
    {
        if (!NoteKey.IsName(name)) throw new ArgumentException("A key's name has no white space and no plus sign.", nameof(name));
        if (publicKey.Length != Ed25519.KeyBytes) throw new ArgumentException($"A public key has {Ed25519.KeyBytes} bytes.", nameof(publicKey));
        (Name, _publicKey) = (name, publicKey.ToArray());
        Id = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', Algorithm, .. publicKey]));
    }

    public string Name { get; }

    public uint Id { get; }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}+{Id:x8}+{Convert.ToBase64String([Algorithm, .. _publicKey])}");

    public static bool TryParse(string text, [NotNullWhen(true)] out WitnessKey? key)
    {
        key = null;
        var parts = text.Split('+', 3);
        if (parts.Length != 3 || !NoteKey.IsName(parts[0])) return false;
        var bytes = new byte[parts[2].Length];
        if (!Convert.TryFromBase64String(parts[2], bytes, out var length) || length != 1 + Ed25519.KeyBytes || bytes[0] != Algorithm) return false;
        var read = new WitnessKey(parts[0], bytes.AsSpan(1, Ed25519.KeyBytes));
        if (parts[1] != read.Id.ToString("x8", CultureInfo.InvariantCulture)) return false;
        key = read;
        return true;
    }

    /// <summary>Whether a signature claims to be this key's.</summary>
    public bool IsOwn(NoteSignature signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        return signature.KeyName == Name && signature.KeyId == Id;
    }

    /// <summary>When the witness had seen this checkpoint and nothing that contradicts it; null when the signature is not valid, or not its own.</summary>
    /// <param name="text">The checkpoint's text.</param>
    public DateTimeOffset? CosignedAt(string text, NoteSignature signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        if (!IsOwn(signature) || signature.Signature.Length != TimeBytes + Ed25519.SignatureBytes) return null;
        var seconds = BinaryPrimitives.ReadUInt64BigEndian(signature.Signature);
        if (seconds > (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds()) return null;
        return Ed25519.Verify(_publicKey, Message(text, seconds), signature.Signature.AsSpan(TimeBytes)) ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : null;
    }

    internal static byte[] Message(string text, ulong seconds) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {seconds}\n{text}"));
}

/// <summary>A key pair that cosigns checkpoints.</summary>
public sealed class WitnessSigner : IDisposable
{
    private readonly Ed25519PrivateKey _key;

    /// <param name="seed">32 secret bytes.</param>
    public WitnessSigner(string name, ReadOnlySpan<byte> seed)
    {
        _key = new(seed);
        Key = new(name, _key.PublicKey);
    }

    public WitnessKey Key { get; }

    /// <param name="text">The checkpoint's text.</param>
    public NoteSignature Cosign(string text, DateTimeOffset at)
    {
        var seconds = (ulong)at.ToUnixTimeSeconds();
        var bytes = new byte[8 + Ed25519.SignatureBytes];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, seconds);
        _key.Sign(WitnessKey.Message(text, seconds)).CopyTo(bytes, 8);
        return new(Key.Name, Key.Id, bytes);
    }

    public void Dispose() => _key.Dispose();
}
