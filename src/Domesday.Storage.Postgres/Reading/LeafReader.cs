using Domesday.Core.Storage;
using Domesday.Events.Merkle;
using Domesday.Storage.Postgres.Ledgers;
using Npgsql;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>Leaf hashes: made again from entries, and those kept of entries that were erased or that retention dropped.</summary>
internal static class LeafReader
{
    /// <exception cref="CorruptLedgerException">One is missing, or its entry does not agree with its checksum.</exception>
    public static async ValueTask<Dictionary<long, MerkleHash>> ReadAsync(NpgsqlConnection connection, Ledger ledger, IReadOnlyList<long> sequences, CancellationToken cancellation)
    {
        var leaves = new Dictionary<long, MerkleHash>(sequences.Count);
        if (sequences.Count == 0) return leaves;
        var days = await DaysAsync(connection, ledger.Identity!.Id, cancellation);
        await LedgerMap.LoadCodesAsync(connection, ledger, cancellation);
        var kept = sequences.Where(sequence => days.Any(day => sequence >= day.First && sequence < day.Size)).ToList();
        var chunks = new ChunkReader(connection, ledger, days);
        var entries = await chunks.EntriesAsync(kept, cancellation);
        for (var i = 0; i < kept.Count; i++)
        {
            if (!entries[i].IsEmpty) leaves[kept[i]] = MerkleHash.OfLeaf(entries[i].Span);
        }
        // Asked after the entries were: what was taken out of them is there.
        var erased = kept.Where(sequence => !leaves.ContainsKey(sequence)).ToList();
        if (erased.Count > 0) await ReadErasedAsync(connection, ledger, erased, leaves, cancellation);
        var dropped = sequences.Where(sequence => !leaves.ContainsKey(sequence)).ToList();
        if (dropped.Count > 0) await ReadDroppedAsync(connection, ledger, dropped, leaves, cancellation);
        return leaves;
    }

    /// <summary>The days of a ledger that are kept, in order.</summary>
    public static async ValueTask<List<LedgerDay>> DaysAsync(NpgsqlConnection connection, int ledger, CancellationToken cancellation)
    {
        await using var command = DaysCommand(connection, ledger);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var days = new List<LedgerDay>();
        while (await reader.ReadAsync(cancellation)) days.Add(DayOf(reader));
        return days;
    }

    /// <summary>The same for those who cannot wait otherwise.</summary>
    public static List<LedgerDay> Days(NpgsqlConnection connection, int ledger)
    {
        using var command = DaysCommand(connection, ledger);
        using var reader = command.ExecuteReader();
        var days = new List<LedgerDay>();
        while (reader.Read()) days.Add(DayOf(reader));
        return days;
    }

    private static NpgsqlCommand DaysCommand(NpgsqlConnection connection, int ledger)
    {
        var command = new NpgsqlCommand("select day, first, size, min_time, max_time, bytes from ledger_day where ledger = $1 order by day", connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = ledger });
        return command;
    }

    private static LedgerDay DayOf(NpgsqlDataReader reader) =>
        new(reader.GetInt32(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5));

    private static async ValueTask ReadErasedAsync(NpgsqlConnection connection, Ledger ledger, List<long> sequences, Dictionary<long, MerkleHash> leaves, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select sequences, hashes from erased where ledger = $1 and last >= $2 and first <= $3", connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = ledger.Identity!.Id });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = sequences.Min() });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = sequences.Max() });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var (own, hashes) = (reader.GetFieldValue<long[]>(0), reader.GetFieldValue<byte[]>(1));
            foreach (var sequence in sequences)
            {
                if (Array.BinarySearch(own, sequence) is >= 0 and var place) leaves[sequence] = new(hashes.AsSpan(place * MerkleHash.Size, MerkleHash.Size));
            }
        }
    }

    private static async ValueTask ReadDroppedAsync(NpgsqlConnection connection, Ledger ledger, List<long> sequences, Dictionary<long, MerkleHash> leaves, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select first, hashes from dropped_leaf where ledger = $1 and first <= $3 and first > $2 order by first", connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = ledger.Identity!.Id });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = sequences.Min() - DroppedRun });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = sequences.Max() });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var (first, hashes) = (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1));
            foreach (var sequence in sequences.Where(sequence => sequence >= first && sequence < first + hashes.Length / MerkleHash.Size))
            {
                leaves[sequence] = new(hashes.AsSpan((int)(sequence - first) * MerkleHash.Size, MerkleHash.Size));
            }
        }
        var missing = sequences.FirstOrDefault(sequence => !leaves.ContainsKey(sequence), -1);
        if (missing >= 0) throw new CorruptLedgerException($"The ledger {ledger.Name} lacks the leaf hash {missing}.");
    }

    /// <summary>Hashes of a row of <c>dropped_leaf</c> at most.</summary>
    public const int DroppedRun = 4_096;
}
