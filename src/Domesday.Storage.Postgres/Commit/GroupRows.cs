using System.Text;
using Domesday.Core.Storage;
using Domesday.Storage.Postgres.Blocks;
using Domesday.Storage.Postgres.Chunks;
using Domesday.Storage.Postgres.Columns;
using Domesday.Storage.Postgres.Rollups;
using Domesday.Storage.Postgres.Schema;
using Npgsql;

namespace Domesday.Storage.Postgres.Commit;

/// <summary>The rows that a group adds, by table and partition.</summary>
internal sealed class GroupRows
{
    private const string BlockHeadColumns = "first, min_time, max_time, ledger, day, count";

    private readonly List<(int Ledger, Guid Key, long Sequence)> _ids = [];
    private readonly CopyBuffer _fresh = new();
    private readonly CopyBuffer _dictionary = new();
    private readonly CopyBuffer _rollups = new();
    private readonly CopyBuffer _leaves = new();
    private readonly Dictionary<(string Table, int Day), CopyBuffer> _partitions = [];

    public void Id(int ledger, Guid key, long sequence) => _ids.Add((ledger, key, sequence));

    /// <summary>A block that is complete and that the index finds, or one that is to be joined with others.</summary>
    public void Block(int ledger, int day, BuiltBlock block)
    {
        var rows = block.Keys is null ? _fresh : Partition("block", day);
        rows.Row((short)(6 + block.Columns.Count + (block.Keys is null ? 0 : 1)));
        rows.Int64(block.First);
        rows.Int64(block.MinTime);
        rows.Int64(block.MaxTime);
        rows.Int32(ledger);
        rows.Int32(day);
        rows.Int32(block.Count);
        foreach (var column in block.Columns)
        {
            if (column is null) rows.Null();
            else rows.Bytes(column);
        }
        if (block.Keys is { } keys) rows.Int32s(keys);
    }

    public void Chunk(int ledger, int day, BuiltChunk chunk)
    {
        var rows = Partition("chunk", day);
        rows.Row(6);
        rows.Int64(chunk.First);
        rows.Int32(ledger);
        rows.Int32(day);
        rows.Int32(chunk.Count);
        rows.Int32(chunk.RawBytes);
        rows.Bytes(chunk.Data);
    }

    /// <returns>Bytes that it takes.</returns>
    public long Attachment(int ledger, int day, long sequence, PendingAttachment attachment)
    {
        var rows = Partition("attachment", day);
        var packed = ChunkFormat.Pack(attachment.Bytes.Span);
        rows.Row(6);
        rows.Int64(sequence);
        rows.Int32(ledger);
        rows.Int32(day);
        rows.Bytes(Convert.FromHexString(attachment.Sha256));
        rows.Int32(attachment.Bytes.Length);
        rows.Bytes(packed);
        return packed.Length;
    }

    public void Dictionary(int ledger, NewCodes codes)
    {
        for (var i = 0; i < codes.Values.Count; i++)
        {
            _dictionary.Row(4);
            _dictionary.Int32(ledger);
            _dictionary.Int32(codes.First + i);
            _dictionary.Bytes(Encoding.ASCII.GetBytes(Domesday.Events.Schema.EventSchema.Of(codes.Values[i].Field).Path));
            _dictionary.Bytes(codes.Values[i].Value);
        }
    }

    public void Rollup(int ledger, RollupHours hours)
    {
        foreach (var (hour, counts) in hours.Hours)
        {
            _rollups.Row(7);
            _rollups.Int32(ledger);
            _rollups.Int16(0);
            _rollups.Int32(hour);
            _rollups.Boolean(false);
            _rollups.Int64(counts.Events);
            _rollups.Int64(counts.Failures);
            _rollups.Bytes(counts.Pack());
        }
    }

    public void DroppedLeaves(int ledger, long first, ReadOnlySpan<byte> hashes)
    {
        _leaves.Row(3);
        _leaves.Int32(ledger);
        _leaves.Int64(first);
        _leaves.Bytes(hashes);
    }

    public async ValueTask SendAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await Ids().SendAsync(connection, "event_id (id, sequence, ledger)", cancellation);
        await _fresh.SendAsync(connection, $"fresh ({BlockHeadColumns}, {BlockColumns.List})", cancellation);
        await _dictionary.SendAsync(connection, "dictionary (ledger, code, field, value)", cancellation);
        foreach (var ((table, day), rows) in _partitions)
        {
            var columns = table switch
            {
                "block" => $"{BlockHeadColumns}, {BlockColumns.List}, keys",
                "chunk" => "first, ledger, day, count, raw_bytes, data",
                _ => "sequence, ledger, day, sha256, raw_bytes, data",
            };
            await rows.SendAsync(connection, $"{Partitions.NameOf(table, day)} ({columns})", cancellation);
        }
        await _rollups.SendAsync(connection, "rollup (ledger, level, at, folded, events, failures, data)", cancellation);
        await _leaves.SendAsync(connection, "dropped_leaf (ledger, first, hashes)", cancellation);
    }

    /// <summary>In the order of the index, which then fills its pages one after the other.</summary>
    private CopyBuffer Ids()
    {
        var rows = new CopyBuffer();
        _ids.Sort((left, right) => left.Ledger != right.Ledger ? left.Ledger.CompareTo(right.Ledger) : left.Key.CompareTo(right.Key));
        foreach (var (ledger, key, sequence) in _ids)
        {
            rows.Row(3);
            rows.Uuid(key);
            rows.Int64(sequence);
            rows.Int32(ledger);
        }
        return rows;
    }

    private CopyBuffer Partition(string table, int day)
    {
        if (!_partitions.TryGetValue((table, day), out var rows)) _partitions.Add((table, day), rows = new());
        return rows;
    }
}
