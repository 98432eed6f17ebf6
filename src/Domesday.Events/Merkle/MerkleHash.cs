using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Domesday.Events.Merkle;

/// <summary>A SHA-256 hash: a leaf or a node of a ledger's tree, or its root.</summary>
/// <remarks>Source: RFC 6962 §2.1 (unchanged in RFC 9162 §2.1.1).</remarks>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct MerkleHash
{
    /// <summary>Bytes of a hash.</summary>
    public const int Size = 32;

    /// <summary>Stands before an entry when it is hashed.</summary>
    public const byte LeafPrefix = 0x00;

    private const byte NodePrefix = 0x01;

    private readonly ulong _a, _b, _c, _d;

    /// <exception cref="ArgumentException"><paramref name="bytes"/> is shorter than <see cref="Size"/>.</exception>
    public MerkleHash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Size) throw new ArgumentException($"A hash has {Size} bytes.", nameof(bytes));
        this = MemoryMarshal.Read<MerkleHash>(bytes);
    }

    /// <summary>The root of a tree without leaves: SHA-256 of nothing.</summary>
    public static MerkleHash EmptyRoot { get; } = new(SHA256.HashData([]));

    /// <summary>SHA-256(0x00 || entry).</summary>
    public static MerkleHash OfLeaf(ReadOnlySpan<byte> entry)
    {
        Span<byte> hash = stackalloc byte[Size];
        Sha256.Hash(LeafPrefix, entry, hash);
        return new(hash);
    }

    /// <summary>The leaf hash of an entry that already stands behind its 0x00.</summary>
    public static MerkleHash OfPrefixedLeaf(ReadOnlySpan<byte> prefixed)
    {
        Span<byte> hash = stackalloc byte[Size];
        Sha256.Hash(prefixed[0], prefixed[1..], hash);
        return new(hash);
    }

    /// <summary>Hashes two children into their parent: SHA-256(0x01 || left || right). The prefix keeps a leaf from passing as a node.</summary>
    public static MerkleHash OfChildren(in MerkleHash left, in MerkleHash right)
    {
        Span<byte> bytes = stackalloc byte[2 * Size];
        left.CopyTo(bytes);
        right.CopyTo(bytes[Size..]);
        Span<byte> hash = stackalloc byte[Size];
        Sha256.Hash(NodePrefix, bytes, hash);
        return new(hash);
    }

    public void CopyTo(Span<byte> destination) => MemoryMarshal.Write(destination, in this);

    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Standard base64, as checkpoints and proofs write it.</summary>
    public string ToBase64() => Convert.ToBase64String(ToArray());

    /// <summary>Reads what <see cref="ToBase64"/> writes, and no other form of it.</summary>
    public static bool TryFromBase64(string text, out MerkleHash hash)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var read = Convert.TryFromBase64String(text, bytes, out var length) && length == Size;
        hash = read ? new(bytes) : default;
        return read && hash.ToBase64() == text;
    }

    public override string ToString() => ToBase64();
}
