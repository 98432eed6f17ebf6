using Domesday.Storage.Postgres.Blocks;
using Domesday.Storage.Postgres.Ledgers;
using Domesday.Storage.Postgres.Reading;
using Domesday.Storage.Postgres.Schema;
using Npgsql;

namespace Domesday.Storage.Postgres.Upkeep;

/// <summary>Moves what lies behind of a large ledger, stripe by stripe of its sequences, from under its own number to those of its buckets, which may be other servers'. See docs/adr/0041-citus.md.</summary>
internal sealed class BucketSpread(NpgsqlDataSource source, Ledger ledger, BucketLayout layout)
{
    /// <summary>In one turn, so that others who keep the ledger in order wait for seconds at most.</summary>
    private const int StripesMax = 16;

    /// <summary>What lies in buckets, each table with the columns that are copied beside the number, and its sequence.</summary>
    private static readonly IReadOnlyList<(string Table, string Columns, string Sequence)> Moved =
    [
        ("block", $"first, min_time, max_time, day, count, {BlockColumns.List}, keys", "first"),
        ("chunk", "first, day, count, raw_bytes, data", "first"),
        ("attachment", "sequence, day, sha256, raw_bytes, data", "sequence"),
    ];

    private readonly int _id = ledger.Identity!.Id;

    /// <summary>Takes away what the turn before copied, then copies on: in between everything lies in two places, and never in none, whichever server commits first.</summary>
    /// <returns>False when another node is at it, or when more is left to do.</returns>
    public async ValueTask<bool> RunAsync(CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // Who joins blocks or drops days holds the same lock.
        await using (var held = new NpgsqlCommand($"select pg_try_advisory_xact_lock({(int)(Migrations.LockKey >> 32)}, {_id})", connection))
        {
            if (await held.ExecuteScalarAsync(cancellation) is not true) return false;
        }
        var before = await ReadAsync(connection, cancellation);
        if (before.Size < layout.From || (layout.Buckets == 0 && before.Moved == before.Copied)) return true;
        var days = await LeafReader.DaysAsync(connection, _id, cancellation);
        await RemoveAsync(connection, days, before, cancellation);
        var (buckets, spread) = await BucketsAsync(connection, before, cancellation);
        var (copied, isDone) = await CopyAsync(connection, days, before, buckets[^spread..], cancellation);
        await using (var update = new NpgsqlCommand("update ledger set buckets = $2, spread = $3, copied = $4, moved = $5 where id = $1", connection))
        {
            update.Parameters.Add(new NpgsqlParameter<int> { TypedValue = _id });
            update.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = buckets });
            update.Parameters.Add(new NpgsqlParameter<int> { TypedValue = spread });
            update.Parameters.Add(new NpgsqlParameter<long> { TypedValue = copied });
            update.Parameters.Add(new NpgsqlParameter<long> { TypedValue = before.Copied });
            await update.ExecuteNonQueryAsync(cancellation);
        }
        await transaction.CommitAsync(cancellation);
        ledger.LearnBuckets(buckets);
        return isDone && copied == before.Copied;
    }

    private async ValueTask<Standing> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        // What came last stays where its ledger is until it is joined into blocks.
        await using var command = new NpgsqlCommand($"select size, first, buckets, spread, copied, moved from ledger where id = {_id}", connection);
        await using var fresh = new NpgsqlCommand($"select min(first) from fresh where ledger = {_id}", connection);
        var joined = await fresh.ExecuteScalarAsync(cancellation) as long?;
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var size = reader.GetInt64(0);
        return new(size, Math.Min(joined ?? size, size), reader.GetInt64(1), reader.GetFieldValue<int[]>(2), reader.GetInt32(3), reader.GetInt64(4), reader.GetInt64(5));
    }

    private async ValueTask RemoveAsync(NpgsqlConnection connection, IReadOnlyList<LedgerDay> days, Standing before, CancellationToken cancellation)
    {
        foreach (var day in days.Where(day => day.First < before.Copied && day.Size > before.Moved))
        {
            foreach (var (table, _, sequence) in Moved)
                await RunAsync(connection, $"delete from {Partitions.NameOf(table, day.Day)} where ledger = {_id} and {sequence} >= {before.Moved} and {sequence} < {before.Copied}", cancellation);
        }
    }

    /// <summary>Makes buckets when there are too few. When fewer are wanted than there were, those that go on are the last ones.</summary>
    private async ValueTask<(int[] Buckets, int Spread)> BucketsAsync(NpgsqlConnection connection, Standing before, CancellationToken cancellation)
    {
        var lacking = layout.Buckets - before.Buckets.Length;
        if (lacking <= 0) return (before.Buckets, layout.Buckets);
        await using var command = new NpgsqlCommand($"select array_agg(nextval(pg_get_serial_sequence('ledger', 'id'))::int) from generate_series(1, {lacking})", connection);
        return ([.. before.Buckets, .. (int[])(await command.ExecuteScalarAsync(cancellation))!], layout.Buckets);
    }

    /// <returns>How far it is copied now, and whether nothing more can be.</returns>
    private async ValueTask<(long Copied, bool IsDone)> CopyAsync(NpgsqlConnection connection, IReadOnlyList<LedgerDay> days, Standing before, int[] buckets, CancellationToken cancellation)
    {
        if (buckets.Length == 0) return (before.Copied, true);
        // What retention dropped has nothing to copy.
        var stripe = Math.Max(before.Copied, before.First) / layout.StripeEvents;
        for (var left = StripesMax; left > 0 && (stripe + 1) * layout.StripeEvents <= before.Joined; left--, stripe++)
        {
            var (from, to) = (Math.Max(before.Copied, stripe * layout.StripeEvents), (stripe + 1) * layout.StripeEvents);
            var bucket = buckets[stripe % buckets.Length];
            foreach (var day in days.Where(day => day.First < to && day.Size > from))
            {
                foreach (var (table, columns, sequence) in Moved)
                {
                    var partition = Partitions.NameOf(table, day.Day);
                    await RunAsync(connection, $"insert into {partition} (ledger, {columns}) select {bucket}, {columns} from {partition} where ledger = {_id} and {sequence} >= {from} and {sequence} < {to}", cancellation);
                }
            }
        }
        return (Math.Max(before.Copied, stripe * layout.StripeEvents), (stripe + 1) * layout.StripeEvents > before.Joined);
    }

    private static async ValueTask RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <param name="Joined">Events below are in blocks.</param>
    private sealed record Standing(long Size, long Joined, long First, int[] Buckets, int Spread, long Copied, long Moved);
}

/// <summary>Which ledgers lie in buckets, and in how many.</summary>
/// <param name="Buckets">For each large ledger; 0: none, and what lies in buckets stays there.</param>
/// <param name="From">A ledger is large from so many events on.</param>
/// <param name="StripeEvents">So many neighbours lie in the same bucket.</param>
internal sealed record BucketLayout(int Buckets, long From, int StripeEvents);
