using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Storage.Postgres.Columns;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>Counts, facets and histograms over the ledgers of one session: from roll-ups where they answer, else by blocks, else by entries.</summary>
internal sealed class Aggregates(ReadSession session, IReadOnlyList<LedgerSnapshot> ledgers, AccessScope scope, EventFilter filter)
{
    private static readonly WalkOrder Oldest = new(EventOrder.Sequence, false);

    public async ValueTask<long> CountAsync(CancellationToken cancellation)
    {
        var count = 0L;
        foreach (var ledger in ledgers)
        {
            var columns = BlockFilter.Of(ledger, scope, filter);
            if (columns.IsImpossible) continue;
            if (columns.Residual is not null) await VisitAsync(ledger, columns, (_, _) => count++, cancellation);
            else if (Rolled(ledger, columns) is { } rolled)
            {
                count += (await rolled.HoursAsync(cancellation)).Sum(hour => hour.Count);
                foreach (var rest in rolled.Rests) count += await Counts(ledger, rest).CountAsync(cancellation);
            }
            else count += await Counts(ledger, columns).CountAsync(cancellation);
        }
        return count;
    }

    /// <summary>Values of each field with their counts.</summary>
    public async ValueTask<Dictionary<EventField, Dictionary<string, long>>> FacetsAsync(IReadOnlyList<EventField> fields, CancellationToken cancellation)
    {
        var counts = fields.Distinct().ToDictionary(field => field, _ => new Dictionary<string, long>(StringComparer.Ordinal));
        foreach (var ledger in ledgers)
        {
            var columns = BlockFilter.Of(ledger, scope, filter);
            if (columns.IsImpossible) continue;
            var byEntries = fields.Where(field => columns.Residual is not null || (EventColumns.CodedPlace(field) < 0 && field != EventField.Tenant)).ToList();
            if (byEntries.Count > 0) await CountEntriesAsync(ledger, columns, byEntries, counts, cancellation);
            var byRows = fields.Except(byEntries).ToList();
            if (byRows.Remove(EventField.Tenant)) Add(counts[EventField.Tenant], ledger.Name, await CountAsync(ledger, columns, cancellation));
            if (byRows.Count > 0) await CountCodesAsync(ledger, columns, byRows, counts, cancellation);
        }
        return counts;
    }

    public async ValueTask<(HistogramInterval Interval, List<HistogramBucket> Buckets)> HistogramAsync(HistogramInterval? wish, CancellationToken cancellation)
    {
        var interval = wish ?? await IntervalAsync(cancellation);
        var sums = new SortedDictionary<long, (long Count, long Failures)>();
        void Sum(HistogramBucket bucket)
        {
            var start = interval.Floor(bucket.From).Microseconds;
            var sofar = sums.GetValueOrDefault(start);
            sums[start] = (sofar.Count + bucket.Count, sofar.Failures + bucket.Failures);
        }
        foreach (var ledger in ledgers)
        {
            foreach (var bucket in await BucketsAsync(ledger, interval, cancellation)) Sum(bucket);
        }
        return (interval, [.. sums.Where(pair => pair.Value.Count > 0).Select(pair => new HistogramBucket(new(pair.Key), pair.Value.Count, pair.Value.Failures))]);
    }

    private async ValueTask<List<HistogramBucket>> BucketsAsync(LedgerSnapshot ledger, HistogramInterval interval, CancellationToken cancellation)
    {
        var columns = BlockFilter.Of(ledger, scope, filter);
        if (columns.IsImpossible) return [];
        var buckets = new List<HistogramBucket>();
        if (columns.Residual is not null)
        {
            await VisitAsync(ledger, columns, (place, entry) => buckets.Add(new(new(place.Time), 1, IsFailure(entry) ? 1 : 0)), cancellation);
            return buckets;
        }
        var failure = ledger.Ledger.Codes.CodeOf(EventField.OutcomeResult, "failure"u8);
        if (interval == HistogramInterval.Minute || Rolled(ledger, columns) is not { } rolled) return await Counts(ledger, columns).BucketsAsync(interval, failure, cancellation);
        buckets = await rolled.HoursAsync(cancellation);
        foreach (var rest in rolled.Rests) buckets.AddRange(await Counts(ledger, rest).BucketsAsync(interval, failure, cancellation));
        return buckets;
    }

    /// <summary>By the span that was asked for; where an end is open, by the span of what matches.</summary>
    private async ValueTask<HistogramInterval> IntervalAsync(CancellationToken cancellation)
    {
        var (first, last) = (long.MaxValue, long.MinValue);
        foreach (var ledger in filter is { From: not null, To: not null } ? [] : ledgers)
        {
            var columns = BlockFilter.Of(ledger, scope, filter);
            if (columns.IsImpossible) continue;
            if (columns.Residual is not null) await VisitAsync(ledger, columns, (place, _) => (first, last) = (Math.Min(first, place.Time), Math.Max(last, place.Time)), cancellation);
            else if (await Counts(ledger, columns).SpanAsync(cancellation) is { } span) (first, last) = (Math.Min(first, span.First), Math.Max(last, span.Last));
        }
        if (filter.From is { } from) first = from.Microseconds;
        if (filter.To is { } to) last = to.Microseconds;
        return first > last ? HistogramInterval.Hour : HistogramIntervals.For(new(first), new(last));
    }

    private async ValueTask<long> CountAsync(LedgerSnapshot ledger, BlockFilter columns, CancellationToken cancellation)
    {
        var count = 0L;
        if (columns.Residual is null) return await Counts(ledger, columns).CountAsync(cancellation);
        await VisitAsync(ledger, columns, (_, _) => count++, cancellation);
        return count;
    }

    private async ValueTask CountCodesAsync(LedgerSnapshot ledger, BlockFilter columns, List<EventField> fields, Dictionary<EventField, Dictionary<string, long>> counts, CancellationToken cancellation)
    {
        void AddCodes(IReadOnlyDictionary<int, long> codes)
        {
            foreach (var (code, count) in codes)
            {
                var value = ledger.Ledger.Codes.ValueOf(code);
                if (count != 0 && fields.Contains(value.Field)) Add(counts[value.Field], TextOf(value.Value), count);
            }
        }
        if (Rolled(ledger, columns) is not { } rolled || !fields.TrueForAll(EventColumns.IsRolledUp))
        {
            AddCodes(await Counts(ledger, columns).CodesAsync(fields, cancellation));
            return;
        }
        AddCodes((await rolled.CountsAsync(cancellation)).Counts);
        foreach (var rest in rolled.Rests) AddCodes(await Counts(ledger, rest).CodesAsync(fields, cancellation));
    }

    private async ValueTask CountEntriesAsync(LedgerSnapshot ledger, BlockFilter columns, List<EventField> fields, Dictionary<EventField, Dictionary<string, long>> counts, CancellationToken cancellation)
    {
        var slices = new FieldSlice[EventSchema.Count];
        await VisitAsync(ledger, columns, (_, entry) =>
        {
            EntrySlicer.Slice(entry.Span, slices);
            foreach (var field in fields)
            {
                var value = slices[(int)field].Of(entry.Span);
                if (!value.IsEmpty) Add(counts[field], TextOf(value), 1);
            }
        }, cancellation);
    }

    private async ValueTask VisitAsync(LedgerSnapshot ledger, BlockFilter columns, Action<Place, ReadOnlyMemory<byte>> visit, CancellationToken cancellation)
    {
        var walk = new LedgerWalk(session.Connection, ledger, columns, Oldest, null, long.MaxValue, withEntries: true);
        while (await walk.PeekAsync(cancellation) is { } found)
        {
            visit(found.Place, found.Entry);
            walk.Take();
        }
    }

    private EventCounts Counts(LedgerSnapshot ledger, BlockFilter columns) => new(session.Connection, ledger, columns);

    private EventCounts Counts(LedgerSnapshot ledger, EventFilter rest) => Counts(ledger, BlockFilter.Of(ledger, scope, rest));

    private RollupReader? Rolled(LedgerSnapshot ledger, BlockFilter columns) => columns is { IsBoundsOnly: true, Residual: null } ? RollupReader.For(session.Connection, ledger, filter) : null;

    private static bool IsFailure(ReadOnlyMemory<byte> entry)
    {
        var slices = new FieldSlice[EventSchema.Count];
        EntrySlicer.Slice(entry.Span, slices);
        return slices[(int)EventField.OutcomeResult].Of(entry.Span).SequenceEqual("failure"u8);
    }

    private static string TextOf(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value.Contains((byte)'\\') ? CanonicalText.Unescape(value) : value);

    private static void Add(Dictionary<string, long> counts, string value, long count)
    {
        if (count != 0) counts[value] = counts.GetValueOrDefault(value) + count;
    }
}
