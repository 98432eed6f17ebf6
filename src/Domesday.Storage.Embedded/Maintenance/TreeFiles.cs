using System.Collections.Concurrent;
using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Events.Merkle;
using Domesday.Storage.Embedded.Coding;
using Domesday.Storage.Embedded.Disk;

namespace Domesday.Storage.Embedded.Maintenance;

/// <summary>The nodes above the leaves, one file for each level of each ledger that has any: hashes one behind the other, each with its checksum.</summary>
/// <remarks>Derived from the entries, hence not synced: what a crash takes is built again. A damaged node counts as missing, with all behind it.</remarks>
internal sealed class TreeFiles(IDisk disk, OpenFiles files) : ITreeStore
{
    public const string Folder = "trees";

    private const int RecordBytes = MerkleHash.Size + Checksum.Bytes;

    private readonly ConcurrentDictionary<(string Tenant, int Level), long> _counts = new();

    public long Count(string tenant, int level) => _counts.GetOrAdd((tenant, level), CountOnDisk);

    public ValueTask<Result<MerkleHash[]>> ReadAsync(string tenant, int level, long first, int count, CancellationToken cancellation)
    {
        var bytes = new byte[count * RecordBytes];
        var hashes = new MerkleHash[count];
        try
        {
            files.Read(NameOf(tenant, level), first * RecordBytes, bytes);
        }
        catch (IOException exception)
        {
            return ValueTask.FromResult<Result<MerkleHash[]>>(Damaged(tenant, level, exception.Message));
        }
        for (var i = 0; i < count; i++)
        {
            var record = bytes.AsSpan(i * RecordBytes, RecordBytes);
            if (!Checksum.Agrees(record)) return ValueTask.FromResult<Result<MerkleHash[]>>(Damaged(tenant, level, $"node {first + i} does not agree with its checksum"));
            hashes[i] = new(record);
        }
        return ValueTask.FromResult<Result<MerkleHash[]>>(hashes);
    }

    public ValueTask AppendAsync(string tenant, int level, long first, IReadOnlyList<MerkleHash> nodes, CancellationToken cancellation)
    {
        if (Count(tenant, level) is var before && before != first) throw new IOException($"The tree of {tenant} has {before} nodes at level {level}, not {first}.");
        var bytes = new byte[nodes.Count * RecordBytes];
        for (var i = 0; i < nodes.Count; i++)
        {
            var record = bytes.AsSpan(i * RecordBytes, RecordBytes);
            nodes[i].CopyTo(record);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(record[MerkleHash.Size..], Checksum.Of(record[..MerkleHash.Size]));
        }
        using var file = OpenForWriting(tenant, level);
        file.Write(first * RecordBytes, bytes);
        _counts[(tenant, level)] = first + nodes.Count;
        return ValueTask.CompletedTask;
    }

    public ValueTask TruncateAsync(string tenant, int level, long count, CancellationToken cancellation)
    {
        if (Count(tenant, level) <= count) return ValueTask.CompletedTask;
        using var file = OpenForWriting(tenant, level);
        file.Truncate(count * RecordBytes);
        _counts[(tenant, level)] = count;
        return ValueTask.CompletedTask;
    }

    private static string NameOf(string tenant, int level) => $"{Folder}/{tenant}.{level:d2}";

    private IDiskFile OpenForWriting(string tenant, int level)
    {
        var name = NameOf(tenant, level);
        return disk.Exists(name) ? disk.Open(name, forWriting: true) : disk.Create(name);
    }

    private long CountOnDisk((string Tenant, int Level) key)
    {
        var name = NameOf(key.Tenant, key.Level);
        if (!disk.Exists(name)) return 0;
        using var file = disk.Open(name, forWriting: false);
        return file.Length / RecordBytes;
    }

    private static Problem Damaged(string tenant, int level, string why) => new(ProblemKind.Corrupt, $"The tree of {tenant} is damaged at level {level}: {why}.");
}
