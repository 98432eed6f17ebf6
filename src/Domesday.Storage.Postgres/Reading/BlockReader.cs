using Domesday.Core.Storage;
using Domesday.Storage.Postgres.Blocks;
using Domesday.Storage.Postgres.Ledgers;
using Domesday.Storage.Postgres.Schema;
using Npgsql;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>Reads the blocks of one ledger: first where they lie, then the columns that are needed of those that are needed.</summary>
internal static class BlockReader
{
    private const string Head = "select first, count, min_time, max_time";

    /// <summary>The blocks of a day where something that matches may lie, in order of their sequences. A page and its total ask once.</summary>
    public static async ValueTask<IReadOnlyList<BlockHead>> HeadsAsync(NpgsqlConnection connection, LedgerSnapshot ledger, int day, BlockFilter filter, CancellationToken cancellation)
    {
        if (ledger.Heads.TryGetValue((day, filter.Filter), out var known)) return known;
        await using var batch = new NpgsqlBatch(connection);
        AddHeads(batch, ledger.Ledger.Numbers, day, filter);
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var heads = await ReadHeadsAsync(reader, day, filter, cancellation);
        ledger.Heads[(day, filter.Filter)] = heads;
        return heads;
    }

    /// <summary>Asks for the blocks of a day where something that matches may lie.</summary>
    public static void AddHeads(NpgsqlBatch batch, LedgerNumbers numbers, int day, BlockFilter filter)
    {
        var isKeyed = filter.Keys.Any();
        // To find the keys in the rows themselves would be to unpack each row's tens of kilobytes, which the planner takes for cheap.
        if (isKeyed) batch.BatchCommands.Add(new("select set_config('enable_seqscan', 'off', true), set_config('enable_indexscan', 'off', true)"));
        batch.BatchCommands.Add(HeadsCommand(numbers, day, filter));
        if (isKeyed) batch.BatchCommands.Add(new("select set_config('enable_seqscan', 'on', true), set_config('enable_indexscan', 'on', true)"));
    }

    /// <summary>Reads what <see cref="AddHeads"/> asked for, in order of sequences.</summary>
    /// <param name="reader">At the first result of it; then at what comes behind.</param>
    public static async ValueTask<IReadOnlyList<BlockHead>> ReadHeadsAsync(NpgsqlDataReader reader, int day, BlockFilter filter, CancellationToken cancellation)
    {
        var isKeyed = filter.Keys.Any();
        if (isKeyed) await reader.NextResultAsync(cancellation);
        var heads = await ReadHeadsAsync(reader, day, cancellation);
        if (isKeyed) await reader.NextResultAsync(cancellation);
        await reader.NextResultAsync(cancellation);
        return heads;
    }

    /// <summary>Columns of some blocks of one day, as many at once as fit. What was read before is not fetched again.</summary>
    /// <param name="heads">Of which the first ones are loaded.</param>
    /// <param name="events">At most, unless the first has more.</param>
    /// <returns>In the order of their sequences.</returns>
    /// <exception cref="CorruptLedgerException">One is not there, or damaged.</exception>
    public static async ValueTask<List<(BlockHead Head, EventBlock Block)>> LoadAsync(
        NpgsqlConnection connection, LedgerSnapshot ledger, IReadOnlyList<BlockHead> heads, BlockColumns columns, int events, CancellationToken cancellation)
    {
        var (cache, blocks) = (ledger.Ledger.Blocks, new List<(BlockHead Head, EventBlock Block)>());
        var lacking = new List<(BlockHead Head, EventBlock? Known)>();
        foreach (var head in First(heads, events))
        {
            var known = cache.Find(ledger.Id, head, ErasedOf(head));
            if (known?.Has(columns) == true) blocks.Add((head, known));
            else lacking.Add((head, known));
        }
        if (lacking.Count > 0)
        {
            var fetched = await FetchAsync(connection, ledger.Ledger, lacking.ConvertAll(block => block.Head), columns, cancellation);
            foreach (var (head, known) in lacking)
            {
                var block = fetched[head.First].With(known);
                cache.Keep(ledger.Id, head, ErasedOf(head), block);
                blocks.Add((head, block));
            }
            blocks.Sort((left, right) => left.Head.First.CompareTo(right.Head.First));
        }
        return blocks;
        int ErasedOf(BlockHead head) => ledger.Erased.CountIn(head.First, head.First + head.Count);
    }

    /// <summary>The first ones of some blocks: of one day, and of no more events than are wanted at once, unless the first has more.</summary>
    public static IEnumerable<BlockHead> First(IReadOnlyList<BlockHead> heads, int events)
    {
        foreach (var head in heads)
        {
            if (head != heads[0] && (head.Day != heads[0].Day || events < head.Count)) yield break;
            events -= head.Count;
            yield return head;
        }
    }

    /// <summary>Columns of some blocks of one day, by their first sequences.</summary>
    /// <exception cref="CorruptLedgerException">One is not there, or damaged.</exception>
    public static async ValueTask<Dictionary<long, EventBlock>> FetchAsync(NpgsqlConnection connection, Ledger ledger, IReadOnlyList<BlockHead> heads, BlockColumns columns, CancellationToken cancellation)
    {
        var fetched = new Dictionary<long, EventBlock>(heads.Count);
        await using var command = new NpgsqlCommand(null, connection);
        var names = string.Join("", columns.Names.Select(name => ", " + name));
        var own = ledger.Numbers.Condition("$1");
        command.CommandText = $"select first, count{names} from {Partitions.NameOf("block", heads[0].Day)} where {own} and first = any($2) union all select first, count{names} from fresh where {own} and first = any($3)";
        command.Parameters.Add(ledger.Numbers.Parameter());
        Add(command, heads.Where(head => !head.IsFresh).Select(head => head.First).ToArray());
        Add(command, heads.Where(head => head.IsFresh).Select(head => head.First).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var block = new EventBlock(reader, columns);
            fetched[block.First] = block;
        }
        return fetched.Count == heads.Count ? fetched : throw new CorruptLedgerException("Blocks of a day are not there any more.");
    }

    /// <summary>Columns of all blocks of a day that hold some of a run of sequences, in one statement: what is joined meanwhile is seen once.</summary>
    public static async ValueTask<List<(BlockHead Head, EventBlock Block)>> RunAsync(NpgsqlConnection connection, Ledger ledger, int day, Extent run, BlockColumns columns, CancellationToken cancellation)
    {
        var bounds = $"where {ledger.Numbers.Condition("$1")} and day = $2 and first + count > $3 and first < $4";
        await using var command = new NpgsqlCommand(null, connection);
        var names = string.Join("", columns.Names.Select(name => ", " + name));
        command.CommandText = $"select first, count{names}, min_time, max_time from {Partitions.NameOf("block", day)} {bounds} union all select first, count{names}, min_time, max_time from fresh {bounds} order by 1";
        command.Parameters.Add(ledger.Numbers.Parameter());
        Add(command, day);
        Add(command, run.First);
        Add(command, run.Size);
        var loaded = new List<(BlockHead Head, EventBlock Block)>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var block = new EventBlock(reader, columns);
            if (loaded.Count == 0 || loaded[^1].Block.First != block.First) loaded.Add((new(day, block.First, block.Count, reader.GetInt64(reader.FieldCount - 2), reader.GetInt64(reader.FieldCount - 1), false), block));
        }
        return loaded;
    }

    /// <summary>The blocks of a day that hold some of these sequences, in order.</summary>
    /// <param name="sequences">Ascending, at least one.</param>
    public static async ValueTask<List<BlockHead>> HoldingAsync(NpgsqlConnection connection, LedgerNumbers numbers, int day, long[] sequences, CancellationToken cancellation)
    {
        var bounds = $"{numbers.Condition("$1")} and day = $2 and first + count > $3 and first <= $4";
        await using var command = new NpgsqlCommand($"{Head}, false from {Partitions.NameOf("block", day)} where {bounds} union all {Head}, true from fresh where {bounds} order by 1", connection);
        command.Parameters.Add(numbers.Parameter());
        Add(command, day);
        Add(command, sequences[0]);
        Add(command, sequences[^1]);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return (await ReadHeadsAsync(reader, day, cancellation)).FindAll(head =>
        {
            var place = Array.BinarySearch(sequences, head.First);
            if (place < 0) place = ~place;
            return place < sequences.Length && sequences[place] < head.First + head.Count;
        });
    }

    /// <summary>The blocks of a day that may have one of some keys, and those that are fresh, from the newest on.</summary>
    /// <param name="from">Only blocks with events from this sequence on.</param>
    /// <param name="before">Only blocks that begin before this sequence.</param>
    public static async ValueTask<List<BlockHead>> KeyedAsync(NpgsqlConnection connection, LedgerNumbers numbers, int day, int[] keys, long from, long before, int most, CancellationToken cancellation)
    {
        const string Bounds = "first + count > $3 and first < $4";
        var own = numbers.Condition("$1");
        await using var command = new NpgsqlCommand(null, connection);
        command.CommandText = $"{Head}, false from (select first, count, min_time, max_time from {Partitions.NameOf("block", day)} where {own} and keys && $5 offset 0) as found where {Bounds} "
            + $"union all {Head}, true from fresh where {own} and day = $2 and {Bounds} order by 1 desc limit {most}";
        command.Parameters.Add(numbers.Parameter());
        Add(command, day);
        Add(command, from);
        Add(command, before);
        Add(command, keys);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await ReadHeadsAsync(reader, day, cancellation);
    }

    private static async ValueTask<List<BlockHead>> ReadHeadsAsync(NpgsqlDataReader reader, int day, CancellationToken cancellation)
    {
        var heads = new List<BlockHead>();
        while (await reader.ReadAsync(cancellation))
        {
            // On its way into a bucket a block lies in both places.
            if (heads.Count == 0 || heads[^1].First != reader.GetInt64(0)) heads.Add(new(day, reader.GetInt64(0), reader.GetInt32(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetBoolean(4)));
        }
        return heads;
    }

    private static NpgsqlBatchCommand HeadsCommand(LedgerNumbers numbers, int day, BlockFilter filter)
    {
        var own = numbers.Condition("$1");
        var bounds = $"{own} and max_time >= $3 and min_time <= $4 and first + count > $5 and first < $6 and $2 = day";
        var command = new NpgsqlBatchCommand();
        command.Parameters.Add(numbers.Parameter());
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = day });
        foreach (var bound in (long[])[filter.Bounds.MinTime, filter.Bounds.MaxTime, filter.Bounds.First, filter.Bounds.Size]) command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = bound });
        var (table, keyed) = (Partitions.NameOf("block", day), "");
        foreach (var keys in filter.Keys)
        {
            command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = keys });
            keyed += $" and keys && ${command.Parameters.Count}";
        }
        // Behind «offset 0» the planner cannot choose the index by sequence, which decides nothing.
        if (keyed.Length > 0) table = $"(select first, count, min_time, max_time, ledger, day from {table} where {own}{keyed} offset 0) as found";
        command.CommandText = $"{Head}, false from {table} where {bounds} union all {Head}, true from fresh where {bounds} order by 1";
        return command;
    }

    private static void Add<T>(NpgsqlCommand command, T value) => command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
}
