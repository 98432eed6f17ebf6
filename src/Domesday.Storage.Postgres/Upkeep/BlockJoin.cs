using Domesday.Storage.Postgres.Blocks;
using Domesday.Storage.Postgres.Commit;
using Domesday.Storage.Postgres.Ledgers;
using Domesday.Storage.Postgres.Reading;
using Domesday.Storage.Postgres.Schema;
using Npgsql;

namespace Domesday.Storage.Postgres.Upkeep;

/// <summary>Makes large blocks, which the index finds, of what each group left in the table <c>fresh</c>; and, until there is enough for one, few fresh rows of many.</summary>
/// <param name="blockEvents">Events of a large block.</param>
/// <param name="today">What days before it have left is joined however little it is.</param>
internal sealed class BlockJoin(NpgsqlDataSource source, Ledger ledger, int blockEvents, int today)
{
    private const int BlocksMax = 16;

    private readonly int _id = ledger.Identity!.Id;

    /// <summary>So many rows of a day may stay fresh; each of them is read with every question.</summary>
    private const int RowsMax = 16;

    private const int SmallEvents = 64;

    /// <returns>False when another node is at it, or when more is left to do.</returns>
    public async ValueTask<bool> RunAsync(CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // Retention, which drops days, holds the same lock.
        await using (var held = new NpgsqlCommand($"select pg_try_advisory_xact_lock({(int)(Migrations.LockKey >> 32)}, {_id})", connection))
        {
            if (await held.ExecuteScalarAsync(cancellation) is not true) return false;
        }
        var isDone = true;
        foreach (var day in (await FreshAsync(connection, cancellation)).GroupBy(head => head.Day)) isDone &= await JoinAsync(connection, [.. day], cancellation);
        await transaction.CommitAsync(cancellation);
        return isDone;
    }

    /// <summary>Those of a day's rows that are to be joined: none, when joining them would write much for little.</summary>
    /// <param name="rows">In order.</param>
    internal static IReadOnlyList<BlockHead> Choose(IReadOnlyList<BlockHead> rows, int blockEvents, bool isOver)
    {
        if (isOver || rows.Sum(row => (long)row.Count) >= blockEvents) return rows;
        // The newest ones, as long as each is not much larger than those behind it together: an event is copied a few times, not every time.
        var (chosen, events) = (0, 0);
        for (; chosen < rows.Count && rows[^(chosen + 1)].Count <= Math.Max(SmallEvents, 2 * events); chosen++) events += rows[^(chosen + 1)].Count;
        return chosen > RowsMax ? [.. rows.Skip(rows.Count - chosen)] : [];
    }

    private async ValueTask<bool> JoinAsync(NpgsqlConnection connection, IReadOnlyList<BlockHead> fresh, CancellationToken cancellation)
    {
        var (day, isOver) = (fresh[0].Day, fresh[0].Day < today);
        var chosen = Choose(fresh, blockEvents, isOver);
        if (chosen.Count == 0) return true;
        var first = BlockReader.First(chosen, BlocksMax * blockEvents).ToList();
        var loaded = await BlockReader.FetchAsync(connection, ledger, first, BlockColumns.All, cancellation);
        var isAll = first.Count == chosen.Count;
        var (builder, rows) = (new BlockBuilder(), new GroupRows());
        foreach (var head in first)
        {
            var block = loaded[head.First];
            for (var i = 0; i < block.Count; i++)
            {
                builder.Add(block, i);
                if (builder.Count == blockEvents) rows.Block(_id, day, builder.Build(_id));
            }
        }
        if (builder.Count > 0) rows.Block(_id, day, builder.Build(isOver && isAll ? _id : null));
        await using (var command = new NpgsqlCommand("delete from fresh where ledger = $1 and first = any($2)", connection))
        {
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = _id });
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. loaded.Keys] });
            await command.ExecuteNonQueryAsync(cancellation);
        }
        await rows.SendAsync(connection, cancellation);
        return isAll;
    }

    private async ValueTask<List<BlockHead>> FreshAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"select day, first, count, min_time, max_time from fresh where ledger = {_id} order by first", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var heads = new List<BlockHead>();
        while (await reader.ReadAsync(cancellation)) heads.Add(new(reader.GetInt32(0), reader.GetInt64(1), reader.GetInt32(2), reader.GetInt64(3), reader.GetInt64(4), IsFresh: true));
        return heads;
    }
}
