using System.Buffers.Binary;
using System.Buffers.Text;
using Domesday.Events.Merkle;
using Domesday.Events.Schema;

namespace Domesday.Storage.Postgres.Columns;

/// <summary>What stands for long values and ids in the tables.</summary>
/// <remarks>Keyed by the ledger's own salt, so that nobody without the database can make two values meet.</remarks>
internal static class ValueHash
{
    private const int UuidLength = 36;
    private const int StackBytes = 1_024;

    /// <summary>64 bits that stand for a value of a field; never 0, which stands for none.</summary>
    /// <param name="value">Canonical, without quotes.</param>
    public static long Of(ReadOnlySpan<byte> salt, EventField field, ReadOnlySpan<byte> value)
    {
        var hash = Hash(salt, (byte)EventColumns.HashedPlace(field), value);
        Span<byte> bytes = stackalloc byte[MerkleHash.Size];
        hash.CopyTo(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes) is not 0 and var found ? found : 1;
    }

    /// <summary>128 bits that stand for an event's id: itself when it is a UUID as it is usually written, so that ids made one after the other lie side by side.</summary>
    /// <param name="id">Canonical, without quotes.</param>
    public static Guid OfId(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> id)
    {
        if (id.Length == UuidLength && !id.ContainsAnyInRange((byte)'A', (byte)'F') && Utf8Parser.TryParse(id, out Guid uuid, out var read) && read == UuidLength) return uuid;
        Span<byte> bytes = stackalloc byte[MerkleHash.Size];
        Hash(salt, byte.MaxValue, id).CopyTo(bytes);
        return new(bytes[..16]);
    }

    private static MerkleHash Hash(ReadOnlySpan<byte> salt, byte kind, ReadOnlySpan<byte> value)
    {
        var length = salt.Length + 1 + value.Length;
        var bytes = length <= StackBytes ? stackalloc byte[length] : new byte[length];
        salt.CopyTo(bytes);
        bytes[salt.Length] = kind;
        value.CopyTo(bytes[(salt.Length + 1)..]);
        return MerkleHash.OfLeaf(bytes);
    }
}
