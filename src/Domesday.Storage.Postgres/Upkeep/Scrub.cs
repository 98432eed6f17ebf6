using Domesday.Core.Storage;
using Domesday.Storage.Postgres.Blocks;
using Domesday.Storage.Postgres.Chunks;
using Domesday.Storage.Postgres.Columns;
using Domesday.Storage.Postgres.Commit;
using Domesday.Storage.Postgres.Ledgers;
using Domesday.Storage.Postgres.Reading;
using Domesday.Storage.Postgres.Schema;
using Npgsql;

namespace Domesday.Storage.Postgres.Upkeep;

/// <summary>Takes the bytes of erased events out of chunks and blocks, and then values that nobody uses any more out of the dictionary: in steps of a transaction each, which the next node goes on with when this one dies.</summary>
internal sealed class Scrub(NpgsqlDataSource source, Ledger ledger)
{
    /// <summary>Blocks that a step writes anew.</summary>
    private const int BlocksMax = 8;

    /// <summary>Sequences of a step, each of which may lie in a chunk of its own.</summary>
    private const int SequencesMax = 1_024;

    /// <summary>Chunks that are unpacked at once.</summary>
    private const int ChunksMax = 64;

    private readonly int _id = ledger.Identity!.Id;

    /// <summary>Does what comes next.</summary>
    /// <returns>False when nothing is left to do, or another node is at it.</returns>
    public async ValueTask<bool> StepAsync(CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // Who joins blocks, drops days or erases holds the same lock.
        await using (var held = new NpgsqlCommand($"select pg_try_advisory_xact_lock({(int)(Migrations.LockKey >> 32)}, {_id})", connection))
        {
            if (await held.ExecuteScalarAsync(cancellation) is not true) return false;
        }
        await LedgerMap.LoadCodesAsync(connection, ledger, cancellation);
        var erased = await LedgerMap.LoadErasedAsync(connection, ledger, cancellation);
        if (await NextAsync(connection, cancellation) is not { } row) return false;
        var finished = default(Finished?);
        if (row.Rest.Length > 0) await ScrubAsync(connection, row, erased, cancellation);
        else finished = await FinishAsync(connection, row, erased, cancellation);
        await transaction.CommitAsync(cancellation);
        if (finished is not { } end) return true;
        ledger.Codes.Forget(end.Codes, end.Forgotten);
        ledger.Learn(end.Counts);
        return true;
    }

    private async ValueTask<Row?> NextAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select number, sequences[scrubbed + 1:], cardinality(sequences), codes from erased where ledger = $1 and not done order by number limit 1", connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = _id });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? new(reader.GetInt64(0), reader.GetFieldValue<long[]>(1), reader.GetInt32(2), reader.GetFieldValue<int[]>(3)) : null;
    }

    private async ValueTask ScrubAsync(NpgsqlConnection connection, Row row, ErasedSequences erased, CancellationToken cancellation)
    {
        var days = await LeafReader.DaysAsync(connection, _id, cancellation);
        var scrubbed = row.Rest.Length;
        // What retention dropped since is passed over.
        if (days.Find(day => row.Rest.Any(sequence => sequence >= day.First && sequence < day.Size)) is { } day)
        {
            var own = row.Rest.Where(sequence => sequence >= day.First && sequence < day.Size).Take(SequencesMax).ToArray();
            var heads = await BlockReader.HoldingAsync(connection, ledger.Numbers, day.Day, own, cancellation);
            var end = heads.Count > BlocksMax ? heads[BlocksMax].First : own[^1] + 1;
            own = [.. own.TakeWhile(sequence => sequence < end)];
            var (rows, less) = (new GroupRows(), new Dictionary<long, int>());
            // On their way into a bucket they lie in both places.
            foreach (var number in (int[])[_id, .. ledger.Numbers.Buckets])
            {
                await ChunksAsync(connection, number, day.Day, own, erased, rows, less, cancellation);
                await BlocksAsync(connection, number, day.Day, own, erased, rows, cancellation);
            }
            await rows.SendAsync(connection, cancellation);
            var bytes = less.Values.Sum();
            // In the order in which writers lock them.
            await RunAsync(connection, $"update ledger set bytes = bytes - {bytes} where id = {_id}", cancellation);
            await RunAsync(connection, $"update ledger_day set bytes = bytes - {bytes} where ledger = {_id} and day = {day.Day}", cancellation);
            scrubbed = row.Rest.Count(sequence => sequence <= own[^1]);
        }
        await RunAsync(connection, $"update erased set scrubbed = scrubbed + {scrubbed} where ledger = {_id} and number = {row.Number}", cancellation);
    }

    /// <param name="number">Under which they lie: the ledger's own, or that of a bucket.</param>
    /// <param name="less">Gets, for each chunk by the sequence of its first entry, how many bytes fewer it takes now.</param>
    private async ValueTask ChunksAsync(NpgsqlConnection connection, int number, int day, long[] sequences, ErasedSequences erased, GroupRows rows, Dictionary<long, int> less, CancellationToken cancellation)
    {
        var firsts = await ChunkReader.FirstsAsync(connection, new(number, []), day, sequences, cancellation);
        foreach (var few in firsts.Chunk(ChunksMax))
        {
            foreach (var (chunk, bytes) in await ChunkReader.WholeAsync(connection, ledger, number, day, few, cancellation))
            {
                less[chunk.First] = bytes;
                Rebuild(chunk, erased, built =>
                {
                    less[chunk.First] -= built.Data.Length;
                    rows.Chunk(number, day, built);
                });
            }
        }
        await DeleteAsync(connection, Partitions.NameOf("chunk", day), number, firsts, cancellation);
    }

    private void Rebuild(EntryChunk chunk, ErasedSequences erased, Action<BuiltChunk> built)
    {
        var (builder, row, codes) = (new ChunkBuilder(), new EventRow(), new NewCodes(ledger.Codes));
        builder.Begin(ledger.NameBytes, built);
        for (var sequence = chunk.First; chunk.Holds(sequence); sequence++)
        {
            var entry = erased.Contains(sequence) ? default : chunk.Entry(sequence).Span;
            if (entry.IsEmpty)
            {
                builder.AddErased(sequence);
                continue;
            }
            row.Read(sequence, entry, ledger.Identity!.Salt, codes);
            builder.Add(row, entry);
        }
        if (codes.Values.Count > 0) throw new CorruptLedgerException($"The dictionary of the ledger {ledger.Name} lacks a value of an entry from {chunk.First} on.");
        builder.Finish();
    }

    private async ValueTask BlocksAsync(NpgsqlConnection connection, int number, int day, long[] sequences, ErasedSequences erased, GroupRows rows, CancellationToken cancellation)
    {
        var heads = await BlockReader.HoldingAsync(connection, new(number, []), day, sequences, cancellation);
        if (heads.Count == 0) return;
        var (loaded, builder) = (await BlockReader.FetchAsync(connection, ledger, heads, BlockColumns.All, cancellation), new BlockBuilder());
        foreach (var head in heads)
        {
            var block = loaded[head.First];
            // The time of an event is of its body, too: it gets its neighbour's.
            var kept = Enumerable.Range(0, block.Count).FirstOrDefault(index => !erased.Contains(head.First + index), -1);
            var time = kept < 0 ? day * Retirement.MicrosecondsPerDay : block.Time(kept);
            for (var index = 0; index < block.Count; index++)
            {
                if (erased.Contains(head.First + index))
                {
                    builder.AddErased(head.First + index, time);
                    continue;
                }
                time = block.Time(index);
                builder.Add(block, index);
            }
            rows.Block(number, day, builder.Build(head.IsFresh ? null : _id));
        }
        await DeleteAsync(connection, Partitions.NameOf("block", day), number, [.. heads.Where(head => !head.IsFresh).Select(head => head.First)], cancellation);
        await DeleteAsync(connection, "fresh", number, [.. heads.Where(head => head.IsFresh).Select(head => head.First)], cancellation);
    }

    private async ValueTask<Finished> FinishAsync(NpgsqlConnection connection, Row row, ErasedSequences erased, CancellationToken cancellation)
    {
        var (codes, forgotten) = await new Forgetting(connection, ledger, erased).RunAsync(row.Codes, cancellation);
        await RunAsync(connection, $"update erased set done = true, codes = array[]::int[] where ledger = {_id} and number = {row.Number}", cancellation);
        await using var command = new NpgsqlCommand($"update ledger set pending = pending - {row.Count} where id = {_id} returning erasures, erased, pending", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new(codes, forgotten, new(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)));
    }

    private static async ValueTask DeleteAsync(NpgsqlConnection connection, string table, int number, long[] firsts, CancellationToken cancellation)
    {
        if (firsts.Length == 0) return;
        await using var command = new NpgsqlCommand($"delete from {table} where ledger = $1 and first = any($2)", connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = number });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = firsts });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async ValueTask RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>A row of <c>erased</c> that is not done.</summary>
    /// <param name="Rest">Sequences that are still in other tables.</param>
    /// <param name="Count">Of all its sequences.</param>
    private sealed record Row(long Number, long[] Rest, int Count, int[] Codes);

    /// <param name="Codes">That the dictionary has forgotten.</param>
    private readonly record struct Finished(IReadOnlyCollection<int> Codes, int Forgotten, LedgerErasureCounts Counts);
}
