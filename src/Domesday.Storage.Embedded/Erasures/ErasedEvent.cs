using System.Buffers.Binary;
using System.Security.Cryptography;
using Domesday.Events.Merkle;

namespace Domesday.Storage.Embedded.Erasures;

/// <summary>What stays of an erased event.</summary>
/// <param name="IdHash">By which its id is looked up in the runs of ids.</param>
/// <param name="IdDigest">Tells its id from others with that hash, without saying it.</param>
internal readonly record struct ErasedEvent(long Sequence, MerkleHash Leaf, ulong IdHash, UInt128 IdDigest)
{
    /// <summary>The first half of the SHA-256 of an id.</summary>
    /// <param name="id">Canonical content.</param>
    public static UInt128 DigestOf(ReadOnlySpan<byte> id)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(id, digest);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }
}
