using Domesday.Core.Storage;
using Domesday.Events.Merkle;
using Domesday.Storage.Postgres.Commit;
using Domesday.Storage.Postgres.Ledgers;
using Domesday.Storage.Postgres.Reading;
using Domesday.Storage.Postgres.Schema;
using Npgsql;

namespace Domesday.Storage.Postgres.Upkeep;

/// <summary>Drops a ledger's oldest days: keeps their leaf hashes, takes them off the roll-ups, and leaves the tables to those who have the day, too.</summary>
internal sealed class Retirement(NpgsqlDataSource source, Ledger ledger, int today)
{
    public const long MicrosecondsPerDay = 86_400_000_000;

    /// <summary>The days that are old as a whole, from the oldest on.</summary>
    /// <param name="before">Microseconds since 1970.</param>
    public List<LedgerDay> Due(IEnumerable<LedgerDay> days, long before, long sealedSize) =>
        [.. days.TakeWhile(day => day.Day < today && day.Size <= sealedSize && (day.MaxTime < before || (day.Day + 1) * MicrosecondsPerDay <= before))];

    public async ValueTask<DroppedEvents> DropAsync(long before, long sealedSize, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        var due = Due(await LeafReader.DaysAsync(connection, ledger.Identity!.Id, cancellation), before, sealedSize);
        if (due.Count == 0) return default;
        await RollUpAsync(connection, due[^1].Size, cancellation);
        await RunAsync(connection, "begin", cancellation);
        // Another node that drops the same days has to wait, and then finds none.
        await RunAsync(connection, $"select pg_advisory_xact_lock({(int)(Migrations.LockKey >> 32)}, {ledger.Identity.Id})", cancellation);
        due = Due(await LeafReader.DaysAsync(connection, ledger.Identity.Id, cancellation), before, sealedSize);
        // With it the buckets that another node made are heard of.
        var erased = await LedgerMap.LoadErasedAsync(connection, ledger, cancellation);
        var rows = new GroupRows();
        foreach (var day in due)
        {
            await KeepLeavesAsync(connection, day, rows, cancellation);
            rows.Rollup(ledger.Identity.Id, await RowCounts.TakeOffAsync(connection, ledger, day, erased, cancellation));
        }
        await rows.SendAsync(connection, cancellation);
        foreach (var day in due) await ForgetAsync(connection, day, cancellation);
        var dropped = new DroppedEvents(due.Sum(day => day.Events), due.Sum(day => day.Bytes));
        if (due.Count > 0) await ShrinkAsync(connection, due[^1].Size, dropped.Bytes, due.Sum(day => erased.CountIn(day.First, day.Size)), cancellation);
        await RunAsync(connection, "commit", cancellation);
        if (due.Count > 0) ledger.Dropped(due[^1].Size, dropped.Bytes, erased.CountIn(due[0].First, due[^1].Size));
        return dropped;
    }

    /// <summary>Brings the roll-ups beyond what is to be taken off them.</summary>
    private async ValueTask RollUpAsync(NpgsqlConnection connection, long size, CancellationToken cancellation)
    {
        await RunAsync(connection, "begin", cancellation);
        long rolled, reached;
        await using (var command = new NpgsqlCommand($"select rolled, size, codes from ledger where id = {ledger.Identity!.Id} for update", connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            await reader.ReadAsync(cancellation);
            (rolled, reached) = (reader.GetInt64(0), reader.GetInt64(1));
        }
        if (rolled < size)
        {
            var rows = new GroupRows();
            rows.Rollup(ledger.Identity.Id, await RowCounts.ReadAsync(connection, ledger, rolled, reached, cancellation));
            await rows.SendAsync(connection, cancellation);
            await RunAsync(connection, $"update ledger set rolled = {reached} where id = {ledger.Identity.Id}", cancellation);
        }
        await RunAsync(connection, "commit", cancellation);
    }

    /// <param name="erased">Of the dropped events those that were erased before.</param>
    private async ValueTask ShrinkAsync(NpgsqlConnection connection, long first, long bytes, long erased, CancellationToken cancellation)
    {
        await RunAsync(connection, $"update ledger set first = {first}, bytes = bytes - {bytes}, erased = erased - {erased} where id = {ledger.Identity!.Id}", cancellation);
        // Their leaf hashes are among those of dropped events now.
        await RunAsync(connection, $"delete from erased where ledger = {ledger.Identity.Id} and last < {first} and done", cancellation);
    }

    private async ValueTask KeepLeavesAsync(NpgsqlConnection connection, LedgerDay day, GroupRows rows, CancellationToken cancellation)
    {
        for (var first = day.First; first < day.Size; first += LeafReader.DroppedRun)
        {
            var count = (int)Math.Min(LeafReader.DroppedRun, day.Size - first);
            var run = first;
            var leaves = await LeafReader.ReadAsync(connection, ledger, [.. Enumerable.Range(0, count).Select(index => run + index)], cancellation);
            var hashes = new byte[count * MerkleHash.Size];
            for (var i = 0; i < count; i++) leaves[first + i].CopyTo(hashes.AsSpan(i * MerkleHash.Size));
            rows.DroppedLeaves(ledger.Identity!.Id, first, hashes);
        }
    }

    /// <summary>Readers that come later do not look into the day any more. Its tables go when it was the last one's.</summary>
    private async ValueTask ForgetAsync(NpgsqlConnection connection, LedgerDay day, CancellationToken cancellation)
    {
        var id = ledger.Identity!.Id;
        await RunAsync(connection, $"delete from ledger_day where ledger = {id} and day = {day.Day}", cancellation);
        await RunAsync(connection, $"delete from fresh where ledger = {id} and day = {day.Day}", cancellation);
        await using var others = new NpgsqlCommand($"select exists (select from ledger_day where day = {day.Day})", connection);
        if (await others.ExecuteScalarAsync(cancellation) is true)
        {
            foreach (var table in (string[])["block", "chunk", "attachment"]) await RunAsync(connection, $"delete from {Partitions.NameOf(table, day.Day)} where ledger = any('{{{string.Join(',', [id, .. ledger.Numbers.Buckets])}}}')", cancellation);
            return;
        }
        await RunAsync(connection, $"insert into retired_day (day, retired_in) values ({day.Day}, pg_current_xact_id()) on conflict (day) do update set retired_in = excluded.retired_in", cancellation);
    }

    private static async ValueTask RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
