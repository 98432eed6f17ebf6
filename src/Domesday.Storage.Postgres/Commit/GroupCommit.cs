using Domesday.Events.Merkle;
using Domesday.Storage.Postgres.Columns;
using Domesday.Storage.Postgres.Ledgers;
using Domesday.Storage.Postgres.Reading;
using Domesday.Storage.Postgres.Rollups;
using Npgsql;

namespace Domesday.Storage.Postgres.Commit;

/// <summary>One transaction for all batches that wait: locks their ledgers' rows, tells the new from the known, copies rows in, commits once.</summary>
/// <param name="rollUpAfter">From so many events on they go into the roll-ups.</param>
/// <param name="draft">What was computed ahead.</param>
/// <param name="asksForIds">Asks which ids are known. When it does not, the key of ids refuses the group that brings one again.</param>
internal sealed class GroupCommit(NpgsqlConnection connection, IReadOnlyList<AppendTicket> tickets, int today, int rollUpAfter, GroupDraft? draft, bool asksForIds)
{
    private GroupRows _rows = new();
    private IReadOnlyList<LedgerTurn> _turns = [];

    /// <summary>The transaction's number, by which the database knows later whether it was committed.</summary>
    public string? TransactionId { get; private set; }

    /// <summary>Events that were stored.</summary>
    public long Events => _turns.Sum(turn => turn.Size - turn.Locked.Size);

    public IReadOnlyList<LedgerTurn> Turns => _turns;

    /// <summary>Locks the ledgers and gives out sequences; from now on it is known where the ledgers will stand.</summary>
    public async ValueTask PrepareAsync(CancellationToken cancellation)
    {
        var ledgers = tickets.Select(ticket => ticket.Ledger).Distinct().ToList();
        var (locked, stored) = await LockAsync(ledgers, cancellation);
        foreach (var ledger in ledgers) await LedgerMap.LoadCodesAsync(connection, ledger, locked[ledger.Identity!.Id].Codes, locked[ledger.Identity.Id].Forgotten, cancellation);
        var final = draft is not null && draft.Fits(locked, stored) ? draft : GroupDraft.Of(tickets, locked, stored);
        (_turns, _rows) = (final.Turns, final.Rows);
        foreach (var turn in _turns) await RollAsync(turn, cancellation);
    }

    /// <summary>Whether the database refused the group because it brings an id again.</summary>
    public static bool IsKnownId(PostgresException exception) => exception.SqlState == PostgresErrorCodes.UniqueViolation && exception.TableName?.StartsWith("event_id", StringComparison.Ordinal) == true;

    public ValueTask SendAsync(CancellationToken cancellation) => _rows.SendAsync(connection, cancellation);

    public async ValueTask CommitAsync(CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        var grown = _turns.Where(turn => turn.HasGrown).ToList();
        if (grown.Count > 0)
        {
            batch.BatchCommands.Add(UpdateLedgers(grown));
            batch.BatchCommands.Add(UpdateDays(grown));
        }
        batch.BatchCommands.Add(new("commit"));
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>After the commit: this node knows what it wrote, and the callers get their receipts.</summary>
    /// <param name="readable">May be another connection, when the first one was lost with the answer.</param>
    public async ValueTask PublishAsync(NpgsqlConnection readable, CancellationToken cancellation)
    {
        foreach (var turn in _turns.Where(turn => turn.HasGrown))
        {
            turn.Codes.Publish();
            turn.Ledger.Leaves.Add(turn.Locked.Size, [.. turn.Leaves]);
            foreach (var run in turn.Entries) turn.Ledger.Recent.Add(turn.Ledger, run);
            if (turn.Rolled == turn.Size) turn.Ledger.Rolling.Rolled(turn.Size);
            else turn.Ledger.Rolling.Committed(turn.Locked.Rolled, turn.Locked.Size, turn.Hours);
            turn.Ledger.Learn(turn.Size, turn.Ledger.First, turn.Ledger.Bytes + turn.Bytes);
        }
        foreach (var turn in _turns) await AnswerAsync(turn, readable, cancellation);
    }

    private static async ValueTask AnswerAsync(LedgerTurn turn, NpgsqlConnection readable, CancellationToken cancellation)
    {
        var leaves = new Dictionary<long, MerkleHash>();
        var missing = turn.Answers.SelectMany(answer => answer.Duplicates.Select(index => answer.Receipts[index].Sequence)).Distinct().Order().ToList();
        if (missing.Count > 0) leaves = await LeafReader.ReadAsync(readable, turn.Ledger, missing, cancellation);
        foreach (var (ticket, receipts, duplicates) in turn.Answers)
        {
            foreach (var index in duplicates) receipts[index] = receipts[index] with { LeafHash = leaves[receipts[index].Sequence] };
            ticket.Complete(receipts);
        }
    }

    private async ValueTask<(Dictionary<int, LockedLedger> Locked, Dictionary<int, Dictionary<Guid, long>> Stored)> LockAsync(List<Ledger> ledgers, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new("begin"));
        batch.BatchCommands.Add(new("select set_config('synchronous_commit', 'on', true) where current_setting('synchronous_commit') = 'off'"));
        // In one order everywhere, so that two groups never wait for each other.
        var rowLock = new NpgsqlBatchCommand("select id, size, rolled, codes, day, pg_current_xact_id()::text, buckets, forgotten from ledger where id = any($1) order by id for update");
        rowLock.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. ledgers.Select(ledger => ledger.Identity!.Id)] });
        batch.BatchCommands.Add(rowLock);
        // Statements of their own: they see what those committed who held the locks before. One for each ledger, whose ids lie on one server.
        foreach (var ledger in asksForIds ? ledgers : []) batch.BatchCommands.Add(KnownIds(ledger));
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.NextResultAsync(cancellation);
        var locked = new Dictionary<int, LockedLedger>();
        while (await reader.ReadAsync(cancellation))
        {
            locked.Add(reader.GetInt32(0), new(reader.GetInt64(1), reader.GetInt64(2), reader.GetInt32(3), Math.Max(today, reader.GetInt32(4)), reader.GetInt32(7)));
            TransactionId = reader.GetString(5);
            ledgers.Find(ledger => ledger.Identity!.Id == reader.GetInt32(0))!.LearnBuckets(reader.GetFieldValue<int[]>(6));
        }
        var stored = locked.Keys.ToDictionary(id => id, _ => new Dictionary<Guid, long>());
        foreach (var ledger in asksForIds ? ledgers : [])
        {
            await reader.NextResultAsync(cancellation);
            while (await reader.ReadAsync(cancellation)) stored[ledger.Identity!.Id][reader.GetGuid(0)] = reader.GetInt64(1);
        }
        return (locked, stored);
    }

    private NpgsqlBatchCommand KnownIds(Ledger ledger)
    {
        var command = new NpgsqlBatchCommand("select id, sequence from event_id where ledger = $1 and id = any($2)");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = ledger.Identity!.Id });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. tickets.Where(ticket => ticket.Ledger == ledger).SelectMany(Keys).Distinct()] });
        return command;
    }

    private static List<Guid> Keys(AppendTicket ticket)
    {
        var keys = new List<Guid>(ticket.Batch.Entries.Count);
        var buffer = ticket.Batch.Buffer.Span;
        foreach (var entry in ticket.Batch.Entries) keys.Add(ValueHash.OfId(ticket.Ledger.Identity!.Salt, entry.Id(buffer)));
        return keys;
    }

    private async ValueTask RollAsync(LedgerTurn turn, CancellationToken cancellation)
    {
        var (rolled, size) = (turn.Locked.Rolled, turn.Locked.Size);
        if (turn.Size - rolled < rollUpAfter) return;
        var hours = new RollupHours();
        hours.Add(turn.Ledger.Rolling.Of(rolled, size) ?? await RowCounts.ReadAsync(connection, turn.Ledger, rolled, size, cancellation));
        hours.Add(turn.Hours);
        _rows.Rollup(turn.Ledger.Identity!.Id, hours);
        turn.Rolled = turn.Size;
    }

    private static NpgsqlBatchCommand UpdateLedgers(List<LedgerTurn> grown)
    {
        var command = new NpgsqlBatchCommand("""
            update ledger set size = v.size, rolled = v.rolled, codes = v.codes, day = v.day, bytes = ledger.bytes + v.bytes
            from unnest($1, $2, $3, $4, $5, $6) as v (id, size, rolled, codes, day, bytes) where ledger.id = v.id
            """);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. grown.Select(turn => turn.Ledger.Identity!.Id)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. grown.Select(turn => turn.Size)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. grown.Select(turn => turn.Rolled)] });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. grown.Select(turn => turn.Codes.Last)] });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. grown.Select(turn => turn.Day)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. grown.Select(turn => turn.Bytes)] });
        return command;
    }

    private static NpgsqlBatchCommand UpdateDays(List<LedgerTurn> grown)
    {
        var command = new NpgsqlBatchCommand("""
            insert into ledger_day as d (ledger, day, first, size, min_time, max_time, bytes) select * from unnest($1, $2, $3, $4, $5, $6, $7)
            on conflict (ledger, day) do update set size = excluded.size, min_time = least(d.min_time, excluded.min_time), max_time = greatest(d.max_time, excluded.max_time), bytes = d.bytes + excluded.bytes
            """);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. grown.Select(turn => turn.Ledger.Identity!.Id)] });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. grown.Select(turn => turn.Day)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. grown.Select(turn => turn.Locked.Size)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. grown.Select(turn => turn.Size)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. grown.Select(turn => turn.MinTime)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. grown.Select(turn => turn.MaxTime)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. grown.Select(turn => turn.Bytes)] });
        return command;
    }
}
