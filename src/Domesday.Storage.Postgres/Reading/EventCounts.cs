using System.Globalization;
using Domesday.Core.Query;
using Domesday.Events.Schema;
using Domesday.Storage.Postgres.Columns;
using Domesday.Storage.Postgres.Schema;
using Npgsql;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>Counts rows of one ledger in SQL, over the partitions of some days at once. Only for filters that SQL decides alone.</summary>
internal static class EventCounts
{
    public static async ValueTask<long> CountAsync(NpgsqlConnection connection, IReadOnlyList<LedgerDay> days, FilterSql filter, CancellationToken cancellation)
    {
        var known = days.Where(filter.Covers).Sum(day => day.Events);
        var others = days.Where(day => filter.Reaches(day) && !filter.Covers(day)).ToList();
        if (others.Count == 0) return known;
        await using var command = filter.Command(connection, $"select sum(n)::bigint from ({Union(others, table => $"select count(*) as n from {table} where {filter.Where}")}) as c");
        return known + (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>How often each code of some fields occurs.</summary>
    public static async ValueTask<Dictionary<int, long>> CodesAsync(NpgsqlConnection connection, IReadOnlyList<LedgerDay> days, FilterSql filter, IEnumerable<EventField> fields, CancellationToken cancellation)
    {
        var counts = new Dictionary<int, long>();
        var reached = days.Where(filter.Reaches).ToList();
        var columns = string.Join(", ", fields.Select(EventColumns.NameOf));
        if (reached.Count == 0 || columns.Length == 0) return counts;
        var parts = Union(reached, table => $"select u.code, count(*) as n from {table} cross join lateral unnest(array[{columns}]) as u (code) where {filter.Where} and u.code is not null group by u.code");
        await using var command = filter.Command(connection, $"select code, sum(n)::bigint from ({parts}) as c group by code");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) counts[reader.GetInt32(0)] = reader.GetInt64(1);
        return counts;
    }

    /// <summary>Events and failures by bucket of time.</summary>
    /// <param name="failure">Code of the result failure; 0 when there is none.</param>
    public static async ValueTask<List<HistogramBucket>> BucketsAsync(NpgsqlConnection connection, IReadOnlyList<LedgerDay> days, FilterSql filter, HistogramInterval interval, int failure, CancellationToken cancellation)
    {
        var buckets = new List<HistogramBucket>();
        var reached = days.Where(filter.Reaches).ToList();
        if (reached.Count == 0) return buckets;
        var width = interval.Microseconds().ToString(CultureInfo.InvariantCulture);
        var failed = failure.ToString(CultureInfo.InvariantCulture);
        var parts = Union(reached, table =>
            $"select time - mod(mod(time, {width}) + {width}, {width}) as start, count(*) as n, count(*) filter (where outcome_result = {failed}) as f from {table} where {filter.Where} group by 1");
        await using var command = filter.Command(connection, $"select start, sum(n)::bigint, sum(f)::bigint from ({parts}) as c group by start");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) buckets.Add(new(new(reader.GetInt64(0)), reader.GetInt64(1), reader.GetInt64(2)));
        return buckets;
    }

    /// <summary>The first and the last time; null when nothing matches.</summary>
    public static async ValueTask<(long First, long Last)?> SpanAsync(NpgsqlConnection connection, IReadOnlyList<LedgerDay> days, FilterSql filter, CancellationToken cancellation)
    {
        var covered = days.Where(filter.Covers).ToList();
        (long First, long Last)? span = covered.Count == 0 ? null : (covered.Min(day => day.MinTime), covered.Max(day => day.MaxTime));
        var others = days.Where(day => filter.Reaches(day) && !filter.Covers(day)).ToList();
        if (others.Count == 0) return span;
        await using var command = filter.Command(connection, $"select min(a), max(b) from ({Union(others, table => $"select min(time) as a, max(time) as b from {table} where {filter.Where}")}) as c");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        if (await reader.IsDBNullAsync(0, cancellation)) return span;
        var found = (First: reader.GetInt64(0), Last: reader.GetInt64(1));
        return span is { } known ? (Math.Min(known.First, found.First), Math.Max(known.Last, found.Last)) : found;
    }

    private static string Union(IEnumerable<LedgerDay> days, Func<string, string> select) => string.Join(" union all ", days.Select(day => select(Partitions.NameOf("event", day.Day))));
}
