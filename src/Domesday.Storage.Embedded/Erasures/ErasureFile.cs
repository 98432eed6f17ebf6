using System.Buffers.Binary;
using Domesday.Core.Storage;
using Domesday.Events.Merkle;
using Domesday.Storage.Embedded.Coding;
using Domesday.Storage.Embedded.Disk;

namespace Domesday.Storage.Embedded.Erasures;

/// <summary>A file of erased events of one ledger, ascending: for each its sequence, leaf hash, the hash and the digest of its id, and a checksum. Little-endian; never changed.</summary>
internal static class ErasureFile
{
    public const string Folder = "erased";

    public const int RecordBytes = LeafAt + MerkleHash.Size + sizeof(ulong) + DigestBytes + Checksum.Bytes;

    private const int LeafAt = sizeof(long);
    private const int IdHashAt = LeafAt + MerkleHash.Size;
    private const int DigestAt = IdHashAt + sizeof(ulong);
    private const int DigestBytes = 16;

    public static string NameOf(long file) => $"{Folder}/{file:d12}.gone";

    /// <param name="events">Ascending; at least one.</param>
    public static ErasedRun Write(IDisk disk, long file, IReadOnlyList<ErasedEvent> events)
    {
        var bytes = new byte[events.Count * RecordBytes];
        for (var i = 0; i < events.Count; i++) Write(events[i], bytes.AsSpan(i * RecordBytes, RecordBytes));
        using var output = disk.Create(NameOf(file));
        output.Write(0, bytes);
        output.Sync();
        return new(file, events.Count, events[^1].Sequence);
    }

    /// <exception cref="CorruptLedgerException">It is missing, or not as it was written.</exception>
    public static ErasedEvent[] Read(IDisk disk, ErasedRun run)
    {
        var name = NameOf(run.File);
        if (!disk.Exists(name)) throw new CorruptLedgerException($"The file {name} is missing.");
        using var input = disk.Open(name, forWriting: false);
        if (input.Length != (long)run.Events * RecordBytes) throw new CorruptLedgerException($"The file {name} is not as long as it was written.");
        var bytes = new byte[run.Events * RecordBytes];
        input.Read(0, bytes);
        var events = new ErasedEvent[run.Events];
        for (var i = 0; i < events.Length; i++)
        {
            var record = bytes.AsSpan(i * RecordBytes, RecordBytes);
            if (!Checksum.Agrees(record)) throw new CorruptLedgerException($"The file {name} is damaged at byte {i * RecordBytes}.");
            events[i] = Read(record);
            if (i > 0 && events[i].Sequence <= events[i - 1].Sequence) throw new CorruptLedgerException($"The file {name} is not in order at byte {i * RecordBytes}.");
        }
        if (events.Length == 0 || events[^1].Sequence != run.Last) throw new CorruptLedgerException($"The file {name} is another one than the manifest says.");
        return events;
    }

    private static void Write(in ErasedEvent erased, Span<byte> record)
    {
        BinaryPrimitives.WriteInt64LittleEndian(record, erased.Sequence);
        erased.Leaf.CopyTo(record[LeafAt..]);
        BinaryPrimitives.WriteUInt64LittleEndian(record[IdHashAt..], erased.IdHash);
        BinaryPrimitives.WriteUInt128LittleEndian(record[DigestAt..], erased.IdDigest);
        BinaryPrimitives.WriteUInt32LittleEndian(record[^Checksum.Bytes..], Checksum.Of(record[..^Checksum.Bytes]));
    }

    private static ErasedEvent Read(ReadOnlySpan<byte> record) => new(BinaryPrimitives.ReadInt64LittleEndian(record), new MerkleHash(record[LeafAt..IdHashAt]),
        BinaryPrimitives.ReadUInt64LittleEndian(record[IdHashAt..]), BinaryPrimitives.ReadUInt128LittleEndian(record[DigestAt..]));
}

/// <summary>A file of erased events as the manifest lists it.</summary>
/// <param name="Last">The highest sequence in it.</param>
internal sealed record ErasedRun(long File, int Events, long Last);
