using Domesday.Events.Merkle;
using Domesday.Storage.Postgres.Commit;
using Domesday.Storage.Postgres.Ledgers;
using Domesday.Storage.Postgres.Reading;
using Domesday.Storage.Postgres.Schema;
using Npgsql;

namespace Domesday.Storage.Postgres.Upkeep;

/// <summary>Erases events in one transaction: from its end on nobody sees one of them, on whichever node. Their bytes are then taken out by <see cref="Scrub"/>.</summary>
internal sealed class Erasure(NpgsqlDataSource source, Ledger ledger)
{
    /// <summary>Sequences of a row of <c>erased</c> at most.</summary>
    private const int RunMax = 4_096;

    /// <summary>Entries that are unpacked at once.</summary>
    private const int EntriesMax = 256;

    private readonly int _id = ledger.Identity!.Id;

    /// <returns>How many were not erased before.</returns>
    public async ValueTask<long> RunAsync(IReadOnlyList<long> sequences, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // Who joins blocks, drops days or erases holds the same lock: what is read here stays as it is.
        await RunAsync(connection, $"select pg_advisory_xact_lock({(int)(Migrations.LockKey >> 32)}, {_id})", cancellation);
        var days = await LeafReader.DaysAsync(connection, _id, cancellation);
        var erased = await LedgerMap.LoadErasedAsync(connection, ledger, cancellation);
        var wanted = sequences.Where(sequence => !erased.Contains(sequence) && days.Exists(day => sequence >= day.First && sequence < day.Size)).ToArray();
        if (wanted.Length == 0) return 0;
        var (runs, rows) = (new List<Run>(), new GroupRows());
        foreach (var own in wanted.Chunk(RunMax)) runs.Add(await ReadAsync(connection, days, own, rows, cancellation));
        // From here on writers to the ledger wait.
        await RollUpAsync(connection, wanted[^1], rows, cancellation);
        await rows.SendAsync(connection, cancellation);
        foreach (var (index, run) in runs.Index()) await KeepAsync(connection, run, erased.Number + index + 1, cancellation);
        foreach (var day in days) await DropAttachmentsAsync(connection, day, wanted, cancellation);
        var number = erased.Number + runs.Count;
        var counts = await CountAsync(connection, number, wanted.Length, cancellation);
        await transaction.CommitAsync(cancellation);
        ledger.Learn(erased.With(number, wanted));
        ledger.Learn(counts);
        return wanted.Length;
    }

    /// <summary>Leaf hashes and codes of some events; takes what they count off the roll-ups.</summary>
    private async ValueTask<Run> ReadAsync(NpgsqlConnection connection, IReadOnlyList<LedgerDay> days, long[] sequences, GroupRows rows, CancellationToken cancellation)
    {
        var hashes = new byte[sequences.Length * MerkleHash.Size];
        var at = 0;
        foreach (var few in sequences.Chunk(EntriesMax))
        {
            var leaves = await LeafReader.ReadAsync(connection, ledger, few, cancellation);
            foreach (var sequence in few) leaves[sequence].CopyTo(hashes.AsSpan(MerkleHash.Size * at++));
        }
        var codes = new HashSet<int>();
        rows.Rollup(_id, await RowCounts.TakeOffAsync(connection, ledger, days, sequences, codes, cancellation));
        return new(sequences, hashes, [.. codes.Order()]);
    }

    /// <summary>Brings the roll-ups beyond what was taken off them.</summary>
    /// <param name="last">The highest sequence that was.</param>
    private async ValueTask RollUpAsync(NpgsqlConnection connection, long last, GroupRows rows, CancellationToken cancellation)
    {
        long rolled, size;
        await using (var command = new NpgsqlCommand($"select rolled, size from ledger where id = {_id} for update", connection) { CommandTimeout = 0 })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            await reader.ReadAsync(cancellation);
            (rolled, size) = (reader.GetInt64(0), reader.GetInt64(1));
        }
        if (rolled > last) return;
        rows.Rollup(_id, await RowCounts.ReadAsync(connection, ledger, rolled, size, cancellation));
        await RunAsync(connection, $"update ledger set rolled = {size} where id = {_id}", cancellation);
    }

    private async ValueTask KeepAsync(NpgsqlConnection connection, Run run, long number, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"insert into erased (ledger, number, first, last, sequences, hashes, codes) values ($1, {number}, {run.Sequences[0]}, {run.Sequences[^1]}, $2, $3, $4)", connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = _id });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = run.Sequences });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = run.Hashes });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = run.Codes });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private async ValueTask DropAttachmentsAsync(NpgsqlConnection connection, LedgerDay day, long[] sequences, CancellationToken cancellation)
    {
        var own = sequences.Where(sequence => sequence >= day.First && sequence < day.Size).ToArray();
        if (own.Length == 0) return;
        await using var command = new NpgsqlCommand($"delete from {Partitions.NameOf("attachment", day.Day)} where {ledger.Numbers.Condition("$1")} and sequence = any($2)", connection);
        command.Parameters.Add(ledger.Numbers.Parameter());
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = own });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private async ValueTask<LedgerErasureCounts> CountAsync(NpgsqlConnection connection, long number, int events, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"update ledger set erasures = {number}, erased = erased + {events}, pending = pending + {events} where id = {_id} returning erased, pending", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new(number, reader.GetInt64(0), reader.GetInt64(1));
    }

    private static async ValueTask RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>What becomes a row of <c>erased</c>.</summary>
    /// <param name="Sequences">Ascending.</param>
    private sealed record Run(long[] Sequences, byte[] Hashes, int[] Codes);
}
