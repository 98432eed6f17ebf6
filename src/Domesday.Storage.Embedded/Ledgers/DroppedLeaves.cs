using System.Buffers.Binary;
using Domesday.Core.Storage;
using Domesday.Events.Merkle;
using Domesday.Storage.Embedded.Coding;
using Domesday.Storage.Embedded.Disk;

namespace Domesday.Storage.Embedded.Ledgers;

/// <summary>The leaf hashes of events that were dropped: proofs of what remains need them. Files of hashes, one behind the other, each with its checksum.</summary>
/// <param name="runs">In order of their sequences, without gaps, from the first event on.</param>
internal sealed class DroppedLeaves(OpenFiles files, IReadOnlyList<DroppedRun> runs)
{
    public const string Folder = "leaves";

    private const int RecordBytes = MerkleHash.Size + Checksum.Bytes;

    /// <summary>One beyond the last event that was dropped.</summary>
    public long End => runs.Count == 0 ? 0 : runs[^1].FirstSequence + runs[^1].Rows;

    public static string NameOf(long file) => $"{Folder}/{file:d12}.leaf";

    public static void Write(IDisk disk, long file, ReadOnlySpan<MerkleHash> leaves)
    {
        var bytes = new byte[leaves.Length * RecordBytes];
        for (var i = 0; i < leaves.Length; i++)
        {
            var record = bytes.AsSpan(i * RecordBytes, RecordBytes);
            leaves[i].CopyTo(record);
            BinaryPrimitives.WriteUInt32LittleEndian(record[MerkleHash.Size..], Checksum.Of(record[..MerkleHash.Size]));
        }
        using var output = disk.Create(NameOf(file));
        output.Write(0, bytes);
        output.Sync();
    }

    /// <summary>Fills in those of the leaves that were dropped.</summary>
    /// <param name="first">Sequence of the first of <paramref name="leaves"/>.</param>
    public void Read(long first, Span<MerkleHash> leaves)
    {
        var end = Math.Min(first + leaves.Length, End);
        if (first >= end) return;
        foreach (var run in runs)
        {
            var (from, to) = (Math.Max(first, run.FirstSequence), Math.Min(end, run.FirstSequence + run.Rows));
            if (from < to) Read(run, from, leaves[(int)(from - first)..(int)(to - first)]);
        }
    }

    private void Read(DroppedRun run, long first, Span<MerkleHash> leaves)
    {
        var bytes = new byte[leaves.Length * RecordBytes];
        try
        {
            files.Read(NameOf(run.File), (first - run.FirstSequence) * RecordBytes, bytes);
        }
        catch (EndOfStreamException exception)
        {
            throw new CorruptLedgerException($"The file {NameOf(run.File)} is shorter than it was written.", exception);
        }
        for (var i = 0; i < leaves.Length; i++)
        {
            var record = bytes.AsSpan(i * RecordBytes, RecordBytes);
            if (!Checksum.Agrees(record)) throw new CorruptLedgerException($"The file {NameOf(run.File)} is damaged at the leaf of event {first + i}.");
            leaves[i] = new(record);
        }
    }
}

/// <summary>Consecutive events that were dropped.</summary>
/// <param name="File">Number of the file with their leaf hashes.</param>
internal sealed record DroppedRun(long File, long FirstSequence, int Rows);
