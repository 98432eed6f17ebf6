using Domesday.Core.Storage;
using Domesday.Storage.Postgres.Chunks;
using Domesday.Storage.Postgres.Ledgers;
using Domesday.Storage.Postgres.Schema;
using Npgsql;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>Fetches entries by their sequences. The entries stay valid.</summary>
internal sealed class ChunkReader(NpgsqlConnection connection, Ledger ledger, IReadOnlyList<LedgerDay> days)
{
    private EntryChunk? _last;

    /// <summary>Where the chunks of a day begin that hold some sequences.</summary>
    public static async ValueTask<long[]> FirstsAsync(NpgsqlConnection connection, LedgerNumbers numbers, int day, long[] sequences, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"select distinct c.first from {Partitions.NameOf("chunk", day)} as c, unnest($2) as s where {numbers.Condition("$1")} and c.first <= s and c.first > s - {ChunkBuilder.EntriesEverMax} and c.first + c.count > s", connection);
        command.Parameters.Add(numbers.Parameter());
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = sequences });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var firsts = new List<long>();
        while (await reader.ReadAsync(cancellation)) firsts.Add(reader.GetInt64(0));
        return [.. firsts];
    }

    /// <summary>Whole chunks, and how many bytes they take.</summary>
    /// <param name="number">Under which they lie: the ledger's own, or that of a bucket.</param>
    /// <param name="firsts">Sequences of their first entries.</param>
    public static async ValueTask<List<(EntryChunk Chunk, int Bytes)>> WholeAsync(NpgsqlConnection connection, Ledger ledger, int number, int day, long[] firsts, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"select first, count, raw_bytes, data from {Partitions.NameOf("chunk", day)} where ledger = $1 and first = any($2)", connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = number });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = firsts });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var chunks = new List<(EntryChunk Chunk, int Bytes)>();
        while (await reader.ReadAsync(cancellation))
        {
            var (first, data) = (reader.GetInt64(0), reader.GetFieldValue<byte[]>(3));
            chunks.Add((new(ledger, first, reader.GetInt32(1), reader.GetInt32(2), data, long.MaxValue), data.Length));
        }
        return chunks;
    }

    /// <summary>The entries of some sequences, in the order in which they were asked for; empty where one was erased.</summary>
    /// <param name="isLast">Nothing is asked in this transaction any more: it is ended on the same way, which saves another one to the database.</param>
    /// <exception cref="CorruptLedgerException">An entry is missing, or its chunk does not agree with its checksum.</exception>
    public async ValueTask<List<ReadOnlyMemory<byte>>> EntriesAsync(IReadOnlyList<long> sequences, CancellationToken cancellation, bool isLast = false)
    {
        var chunks = new List<EntryChunk>();
        // Neighbouring runs share the chunk between them.
        if (_last is { } last) chunks.Add(last);
        var missing = _last is null ? sequences : [.. sequences.Where(sequence => !_last.Holds(sequence))];
        var wanted = days.Select(day => (day.Day, Own: missing.Where(sequence => sequence >= day.First && sequence < day.Size).ToArray())).Where(day => day.Own.Length > 0).ToList();
        foreach (var (index, (day, own)) in wanted.Index()) await FetchAsync(day, own, chunks, isLast && index == wanted.Count - 1, cancellation);
        chunks.Sort((left, right) => left.First.CompareTo(right.First));
        var firsts = chunks.ConvertAll(chunk => chunk.First);
        var entries = new List<ReadOnlyMemory<byte>>(sequences.Count);
        foreach (var sequence in sequences)
        {
            var index = firsts.BinarySearch(sequence);
            if (index < 0) index = ~index - 1;
            if (index < 0 || !chunks[index].Holds(sequence)) throw new CorruptLedgerException($"The ledger {ledger.Name} lacks the entry {sequence}.");
            entries.Add(chunks[index].Entry(sequence));
            _last = chunks[index].IsWhole ? chunks[index] : null;
        }
        return entries;
    }

    private async ValueTask FetchAsync(int day, long[] sequences, List<EntryChunk> chunks, bool isLast, CancellationToken cancellation)
    {
        var isRun = sequences.Max() - sequences.Min() + 1 == sequences.Length;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(await CommandAsync(day, sequences, isRun, cancellation));
        if (isLast) batch.BatchCommands.Add(new("commit"));
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var (first, count) = (reader.GetInt64(0), reader.GetInt32(1));
            // The next run goes on in the same chunk; of places here and there nothing more is wanted.
            var through = isRun ? first + count : sequences.Where(sequence => sequence < first + count).Max();
            chunks.Add(new EntryChunk(ledger, first, count, reader.GetInt32(2), reader.GetFieldValue<byte[]>(3), through));
        }
        // What went wrong behind the rows is heard of here.
        await reader.NextResultAsync(cancellation);
    }

    private async ValueTask<NpgsqlBatchCommand> CommandAsync(int day, long[] sequences, bool isRun, CancellationToken cancellation)
    {
        var (table, numbers) = (Partitions.NameOf("chunk", day), ledger.Numbers);
        const string Columns = "first, count, raw_bytes, data";
        var command = new NpgsqlBatchCommand();
        command.Parameters.Add(numbers.Parameter());
        if (numbers.AreSeveral)
        {
            // From several numbers no index gives the one chunk before a sequence: where they begin is asked first.
            command.CommandText = $"select {Columns} from {table} where {numbers.Condition("$1")} and first = any($2)";
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = await FirstsAsync(connection, numbers, day, sequences, cancellation) });
        }
        else if (isRun)
        {
            command.CommandText = $"select {Columns} from {table} where ledger = $1 and first >= coalesce((select max(first) from {table} where ledger = $1 and first <= $2), $2) and first <= $3";
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = sequences.Min() });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = sequences.Max() });
        }
        else
        {
            // One way down the index for each sequence; where several meet in a chunk, its bytes are read once.
            command.CommandText = $"select distinct on (first) {Columns} from unnest($2) as s cross join lateral (select {Columns} from {table} where ledger = $1 and first <= s order by first desc limit 1) as held";
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = sequences });
        }
        return command;
    }
}
