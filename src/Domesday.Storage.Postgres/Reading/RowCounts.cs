using Domesday.Events.Schema;
using Domesday.Storage.Postgres.Blocks;
using Domesday.Storage.Postgres.Columns;
using Domesday.Storage.Postgres.Ledgers;
using Domesday.Storage.Postgres.Rollups;
using Npgsql;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>Counts a run of a ledger's events by hour, where nobody has the counts at hand.</summary>
internal static class RowCounts
{
    public static async ValueTask<RollupHours> ReadAsync(NpgsqlConnection connection, Ledger ledger, long from, long to, CancellationToken cancellation, int sign = 1)
    {
        await LedgerMap.LoadCodesAsync(connection, ledger, cancellation);
        var days = await LeafReader.DaysAsync(connection, ledger.Identity!.Id, cancellation);
        var (hours, codes) = (new RollupHours(), new int[EventColumns.Coded.Count]);
        var failure = ledger.Codes.CodeOf(EventField.OutcomeResult, "failure"u8);
        var resultPlace = EventColumns.CodedPlace(EventField.OutcomeResult);
        foreach (var day in days.Where(day => day.First < to && day.Size > from))
        {
            foreach (var (_, block) in await BlockReader.RunAsync(connection, ledger, day.Day, new(from, to, 0, 0), BlockColumns.Time | BlockColumns.AllCoded, cancellation))
            {
                for (var index = (int)Math.Max(0, from - block.First); index < Math.Min(block.Count, to - block.First); index++)
                {
                    for (var place = 0; place < codes.Length; place++) codes[place] = block.Code(place, index);
                    hours.Add(block.Time(index), codes, failure != 0 && codes[resultPlace] == failure, sign);
                }
            }
        }
        return hours;
    }
}
