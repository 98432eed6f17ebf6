using Domesday.Events.Schema;
using Domesday.Storage.Postgres.Blocks;
using Domesday.Storage.Postgres.Columns;
using Domesday.Storage.Postgres.Ledgers;
using Domesday.Storage.Postgres.Rollups;
using Npgsql;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>Counts some of a ledger's events by hour, where nobody has the counts at hand.</summary>
internal static class RowCounts
{
    private const int BlocksMax = 16;

    private static BlockColumns Columns => BlockColumns.Time | BlockColumns.AllCoded;

    /// <summary>A run of events that are not in the roll-ups yet, and of which therefore none was erased.</summary>
    public static async ValueTask<RollupHours> ReadAsync(NpgsqlConnection connection, Ledger ledger, long from, long to, CancellationToken cancellation)
    {
        await LedgerMap.LoadCodesAsync(connection, ledger, cancellation);
        var days = await LeafReader.DaysAsync(connection, ledger.Identity!.Id, cancellation);
        var (hours, counted) = (new RollupHours(), new CountedBlock(ledger, 1));
        foreach (var day in days.Where(day => day.First < to && day.Size > from)) await RunAsync(connection, ledger, day.Day, from, to, ErasedSequences.None, counted, hours, cancellation);
        return hours;
    }

    /// <summary>All events of a day, to be taken off the roll-ups, where those that were erased are missing already.</summary>
    public static async ValueTask<RollupHours> TakeOffAsync(NpgsqlConnection connection, Ledger ledger, LedgerDay day, ErasedSequences erased, CancellationToken cancellation)
    {
        await LedgerMap.LoadCodesAsync(connection, ledger, cancellation);
        var hours = new RollupHours();
        await RunAsync(connection, ledger, day.Day, day.First, day.Size, erased, new(ledger, -1), hours, cancellation);
        return hours;
    }

    /// <summary>Events here and there, to be taken off the roll-ups.</summary>
    /// <param name="sequences">Ascending.</param>
    /// <param name="codes">Gets the codes that they use.</param>
    public static async ValueTask<RollupHours> TakeOffAsync(NpgsqlConnection connection, Ledger ledger, IReadOnlyList<LedgerDay> days, long[] sequences, ISet<int> codes, CancellationToken cancellation)
    {
        await LedgerMap.LoadCodesAsync(connection, ledger, cancellation);
        var (hours, counted) = (new RollupHours(), new CountedBlock(ledger, -1));
        foreach (var day in days)
        {
            var own = sequences.Where(sequence => sequence >= day.First && sequence < day.Size).ToArray();
            if (own.Length == 0) continue;
            foreach (var heads in (await BlockReader.HoldingAsync(connection, ledger.Numbers, day.Day, own, cancellation)).Chunk(BlocksMax))
            {
                foreach (var block in (await BlockReader.FetchAsync(connection, ledger, heads, Columns, cancellation)).Values)
                {
                    foreach (var sequence in own.Where(sequence => sequence >= block.First && sequence < block.First + block.Count)) codes.UnionWith(counted.Add(hours, block, (int)(sequence - block.First)));
                }
            }
        }
        codes.Remove(0);
        return hours;
    }

    private static async ValueTask RunAsync(
        NpgsqlConnection connection, Ledger ledger, int day, long from, long to, ErasedSequences without, CountedBlock counted, RollupHours hours, CancellationToken cancellation)
    {
        foreach (var (_, block) in await BlockReader.RunAsync(connection, ledger, day, new(from, to, 0, 0), Columns, cancellation))
        {
            for (var index = (int)Math.Max(0, from - block.First); index < Math.Min(block.Count, to - block.First); index++)
            {
                if (!without.Contains(block.First + index)) counted.Add(hours, block, index);
            }
        }
    }

    /// <summary>Counts events of blocks.</summary>
    private sealed class CountedBlock(Ledger ledger, int sign)
    {
        private readonly int[] _codes = new int[EventColumns.Coded.Count];
        private readonly int _failure = ledger.Codes.CodeOf(EventField.OutcomeResult, "failure"u8);

        /// <returns>The event's codes, until the next one is counted.</returns>
        public int[] Add(RollupHours hours, EventBlock block, int index)
        {
            for (var place = 0; place < _codes.Length; place++) _codes[place] = block.Code(place, index);
            hours.Add(block.Time(index), _codes, _failure != 0 && _codes[EventColumns.CodedPlace(EventField.OutcomeResult)] == _failure, sign);
            return _codes;
        }
    }
}
