using Domesday.Core.Query;
using Domesday.Storage.Postgres.Rollups;
using Npgsql;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>Answers for whole hours and days from the roll-ups; says which stretches of time and sequence they leave to the rows.</summary>
internal sealed class RollupReader
{
    private readonly NpgsqlConnection _connection;
    private readonly LedgerSnapshot _ledger;
    private readonly (int From, int To) _hours;
    private readonly (int From, int To) _days;

    private RollupReader(NpgsqlConnection connection, LedgerSnapshot ledger, (int From, int To) hours, IReadOnlyList<EventFilter> rests)
    {
        (_connection, _ledger, _hours, Rests) = (connection, ledger, hours, rests);
        _days = (RollupHours.DayOf(hours.From - 1) + 1, RollupHours.DayOf(hours.To));
    }

    /// <summary>What is to be counted by rows and added: the ends of the first and the last hour, and the newest events.</summary>
    public IReadOnlyList<EventFilter> Rests { get; }

    /// <returns>Null when the roll-ups are of no help.</returns>
    public static RollupReader? For(NpgsqlConnection connection, LedgerSnapshot ledger, EventFilter filter)
    {
        if (filter.FromSequence is not null || filter.ToSequence is not null || ledger.Rolled <= ledger.First || ledger.Days.Count == 0) return null;
        // No further than events reach: hours must stay within what an integer can count.
        var (from, to) = (ledger.Days.Min(day => day.MinTime), ledger.Days.Max(day => day.MaxTime) + 1);
        if (filter.From is { } start) from = Math.Max(from, start.Microseconds);
        if (filter.To is { } end) to = Math.Min(to, end.Microseconds);
        if (from >= to) return null;
        var fromHour = filter.From?.Microseconds >= from ? RollupHours.HourOf(from - 1) + 1 : RollupHours.HourOf(from);
        var toHour = filter.To?.Microseconds <= to ? RollupHours.HourOf(to) : RollupHours.HourOf(to - 1) + 1;
        if (fromHour >= toHour) return null;
        var rests = new List<EventFilter> { filter with { FromSequence = ledger.Rolled } };
        if (from < Start(fromHour)) rests.Add(filter with { To = new(Start(fromHour)), ToSequence = ledger.Rolled });
        if (to > Start(toHour)) rests.Add(filter with { From = new(Start(toHour)), ToSequence = ledger.Rolled });
        return new(connection, ledger, (fromHour, toHour), rests);
    }

    /// <summary>Counts of all codes over the hours that are whole.</summary>
    public async ValueTask<RollupCounts> CountsAsync(CancellationToken cancellation)
    {
        var counts = new RollupCounts();
        await using var command = Command("""
            select events, failures, data from rollup where ledger = $1
            and ((level = 1 and at >= $4 and at < $5) or (level = 0 and at >= $2 and at < $3 and not (folded and at >= $4 * 24 and at < $5 * 24)))
            """, withDays: true);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            (counts.Events, counts.Failures) = (counts.Events + reader.GetInt64(0), counts.Failures + reader.GetInt64(1));
            counts.AddPacked(reader.GetFieldValue<byte[]>(2));
        }
        return counts;
    }

    /// <summary>Events and failures by hour, over the hours that are whole.</summary>
    public async ValueTask<List<HistogramBucket>> HoursAsync(CancellationToken cancellation)
    {
        await using var command = Command("select at, sum(events)::bigint, sum(failures)::bigint from rollup where ledger = $1 and level = 0 and at >= $2 and at < $3 group by at", withDays: false);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var buckets = new List<HistogramBucket>();
        while (await reader.ReadAsync(cancellation)) buckets.Add(new(new(Start(reader.GetInt32(0))), reader.GetInt64(1), reader.GetInt64(2)));
        return buckets;
    }

    private static long Start(int hour) => hour * RollupHours.MicrosecondsPerHour;

    private NpgsqlCommand Command(string sql, bool withDays)
    {
        var command = new NpgsqlCommand(sql, _connection);
        var values = withDays ? new[] { _ledger.Id, _hours.From, _hours.To, _days.From, Math.Max(_days.From, _days.To) } : [_ledger.Id, _hours.From, _hours.To];
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = value });
        return command;
    }
}
