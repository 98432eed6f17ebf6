using System.Globalization;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Schema;

namespace Domesday.Core.Reports;

/// <summary>Makes usage reports without their resources, out of counts that the store keeps or finds without reading events.</summary>
/// <remarks>The numbers are those of <see cref="UsageReading"/>: all questions are about the events up to one sequence.</remarks>
public sealed class UsageCounts(IEventReader reader)
{
    private static readonly FieldCondition Failed = FieldCondition.Is(EventField.OutcomeResult, "failure");

    /// <param name="scope">Of one tenant.</param>
    public async ValueTask<Result<UsageReport>> ReadAsync(AccessScope scope, EventFilter filter, UsageSplit by, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(time);
        var complete = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        var newest = await reader.ListAsync(scope, new EventQuery { Order = EventOrder.Sequence, Limit = 1 }, cancellation);
        if (!newest.IsOk) return newest.Problem;
        var end = newest.Value.Entries is [var last, ..] ? last.Sequence + 1 : 0;
        var bounded = filter with { ToSequence = Math.Min(filter.ToSequence ?? long.MaxValue, end) };
        return by == UsageSplit.Day ? await ByDayAsync(scope, bounded, complete, cancellation) : await ByFieldAsync(scope, bounded, by, complete, cancellation);
    }

    private async ValueTask<Result<UsageReport>> ByDayAsync(AccessScope scope, EventFilter filter, Timestamp complete, CancellationToken cancellation)
    {
        var days = await reader.HistogramAsync(scope, filter, HistogramInterval.Day, cancellation);
        if (!days.IsOk) return days.Problem;
        var rows = days.Value.Buckets.Select(day => new UsageRow(day.From.ToDateTimeOffset().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), day.Count, day.Failures, null)).ToList();
        return new UsageReport(UsageSplit.Day, UsageReading.Shown(UsageSplit.Day, rows), new("", rows.Sum(row => row.Events), rows.Sum(row => row.Failures), null), rows.Count, complete);
    }

    private async ValueTask<Result<UsageReport>> ByFieldAsync(AccessScope scope, EventFilter filter, UsageSplit by, Timestamp complete, CancellationToken cancellation)
    {
        var events = await ValuesAsync(scope, filter, by, cancellation);
        if (!events.IsOk) return events.Problem;
        var failures = await ValuesAsync(scope, filter with { Conditions = [.. filter.Conditions, Failed] }, by, cancellation);
        if (!failures.IsOk) return failures.Problem;
        var rows = events.Value.Counts.Select(pair => new UsageRow(pair.Key, pair.Value, failures.Value.Counts.GetValueOrDefault(pair.Key), null));
        return new UsageReport(by, UsageReading.Shown(by, rows), new("", events.Value.Total, failures.Value.Total, null), events.Value.Distinct, complete);
    }

    /// <summary>How often each key occurs. Beyond as many keys as a report follows the least frequent ones are left out.</summary>
    private async ValueTask<Result<Values>> ValuesAsync(AccessScope scope, EventFilter filter, UsageSplit by, CancellationToken cancellation)
    {
        var total = await reader.CountAsync(scope, filter, cancellation);
        if (!total.IsOk) return total.Problem;
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var (left, more) = (total.Value, 0);
        var conditions = filter.Conditions;
        foreach (var field in UsageReading.KeyFields(by))
        {
            // Once every event has its key, the fields that follow need not be asked.
            if (left == 0) break;
            var facets = await reader.FacetsAsync(scope, filter with { Conditions = conditions }, [field], UsageReading.KeysMax, cancellation);
            if (!facets.IsOk) return facets.Problem;
            var facet = facets.Value.Fields[0];
            foreach (var (value, count) in facet.Values)
            {
                counts[value] = counts.GetValueOrDefault(value) + count;
                left -= count;
            }
            more += facet.Distinct - facet.Values.Count;
            conditions = [.. conditions, new(field, MatchKind.Present, []) { Not = true }];
        }
        return new Values(counts, total.Value, counts.Count + more);
    }

    private sealed record Values(Dictionary<string, long> Counts, long Total, int Distinct);
}
