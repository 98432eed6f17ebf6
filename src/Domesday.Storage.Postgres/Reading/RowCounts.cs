using Domesday.Storage.Postgres.Columns;
using Domesday.Storage.Postgres.Ledgers;
using Domesday.Storage.Postgres.Rollups;
using Domesday.Storage.Postgres.Schema;
using Npgsql;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>Counts a run of a ledger's rows by hour, where nobody has the counts at hand.</summary>
internal static class RowCounts
{
    public static async ValueTask<RollupHours> ReadAsync(NpgsqlConnection connection, Ledger ledger, long from, long to, CancellationToken cancellation, int sign = 1)
    {
        var hours = new RollupHours();
        var days = await LeafReader.DaysAsync(connection, ledger.Identity!.Id, cancellation);
        foreach (var day in days.Where(day => day.First < to && day.Size > from)) await AddAsync(connection, ledger, day.Day, from, to, hours, sign, cancellation);
        return hours;
    }

    private static async ValueTask AddAsync(NpgsqlConnection connection, Ledger ledger, int day, long from, long to, RollupHours hours, int sign, CancellationToken cancellation)
    {
        var columns = string.Join(", ", EventColumns.Coded.Select(field => $"coalesce({EventColumns.NameOf(field)}, 0)"));
        await using var command = new NpgsqlCommand($"select time, {columns} from {Partitions.NameOf("event", day)} where ledger = $1 and sequence >= $2 and sequence < $3", connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = ledger.Identity!.Id });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = from });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = to });
        var codes = new int[EventColumns.Coded.Count];
        var failure = ledger.Codes.CodeOf(Events.Schema.EventField.OutcomeResult, "failure"u8);
        var resultPlace = EventColumns.CodedPlace(Events.Schema.EventField.OutcomeResult);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            for (var i = 0; i < codes.Length; i++) codes[i] = reader.GetInt32(i + 1);
            hours.Add(reader.GetInt64(0), codes, failure != 0 && codes[resultPlace] == failure, sign);
        }
    }
}
