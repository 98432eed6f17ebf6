using Domesday.Core.Query;
using Domesday.Events.Schema;
using Domesday.Storage.Postgres.Blocks;
using Domesday.Storage.Postgres.Columns;
using Npgsql;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>Counts events of one ledger in their blocks. Only for filters that columns decide alone.</summary>
internal sealed class EventCounts(NpgsqlConnection connection, LedgerSnapshot ledger, BlockFilter filter)
{
    private const int EventsMax = 1 << 18;

    /// <param name="block">With the columns that were asked for.</param>
    /// <param name="matches">Those of its events that match.</param>
    public delegate void Visit(EventBlock block, ReadOnlySpan<int> matches);

    public async ValueTask<long> CountAsync(CancellationToken cancellation)
    {
        var count = ledger.Days.Where(day => filter.Covers(day.Extent)).Sum(day => ledger.Kept(day.Extent));
        foreach (var day in ledger.Days.Where(day => !filter.Covers(day.Extent)))
        {
            var heads = await HeadsAsync(day, cancellation);
            count += heads.Where(head => filter.Covers(head.Extent)).Sum(head => ledger.Kept(head.Extent));
            await LoadAsync([.. heads.Where(head => !filter.Covers(head.Extent))], BlockColumns.None, (head, block) => count += filter.Count(block, head.Extent), cancellation);
        }
        return count;
    }

    /// <summary>How often each code of some fields occurs.</summary>
    public async ValueTask<Dictionary<int, long>> CodesAsync(IEnumerable<EventField> fields, CancellationToken cancellation)
    {
        var places = fields.Select(EventColumns.CodedPlace).Where(place => place >= 0).ToArray();
        var columns = places.Aggregate(BlockColumns.None, (columns, place) => columns | BlockColumns.Of(EventColumns.Coded[place]));
        var counts = new long[ledger.Ledger.Codes.Known + 1];
        await VisitAsync(columns, (block, matches) =>
        {
            foreach (var place in places)
            {
                if (block.Codes(place) is not { } codes) continue;
                foreach (var index in matches) counts[codes[index]]++;
            }
        }, cancellation);
        counts[0] = 0;
        return counts.Index().Where(count => count.Item > 0).ToDictionary(count => count.Index, count => count.Item);
    }

    /// <summary>Events and failures by bucket of time.</summary>
    /// <param name="failure">Code of the result failure; 0 when there is none.</param>
    public async ValueTask<List<HistogramBucket>> BucketsAsync(HistogramInterval interval, int failure, CancellationToken cancellation)
    {
        var sums = new Dictionary<long, (long Count, long Failures)>();
        var (result, width) = (EventColumns.CodedPlace(EventField.OutcomeResult), interval.Microseconds());
        await VisitAsync(BlockColumns.Time | BlockColumns.Of(EventField.OutcomeResult), (block, matches) =>
        {
            foreach (var index in matches)
            {
                var time = block.Time(index);
                var start = time - (time % width + width) % width;
                var (count, failures) = sums.GetValueOrDefault(start);
                sums[start] = (count + 1, failures + (failure > 0 && block.Code(result, index) == failure ? 1 : 0));
            }
        }, cancellation);
        return [.. sums.Select(sum => new HistogramBucket(new(sum.Key), sum.Value.Count, sum.Value.Failures))];
    }

    /// <summary>The first and the last time; null when nothing matches.</summary>
    public async ValueTask<(long First, long Last)?> SpanAsync(CancellationToken cancellation)
    {
        var (first, last) = (long.MaxValue, long.MinValue);
        void Reach(long from, long to) => (first, last) = (Math.Min(first, from), Math.Max(last, to));
        // What was erased may have been the first or the last.
        bool IsAll(in Extent extent) => filter.Covers(extent) && ledger.IsWhole(extent);
        foreach (var day in ledger.Days.Where(day => IsAll(day.Extent))) Reach(day.MinTime, day.MaxTime);
        foreach (var day in ledger.Days.Where(day => !IsAll(day.Extent)))
        {
            var heads = await HeadsAsync(day, cancellation);
            foreach (var head in heads.Where(head => IsAll(head.Extent))) Reach(head.MinTime, head.MaxTime);
            await VisitAsync([.. heads.Where(head => !IsAll(head.Extent))], BlockColumns.Time, (block, matches) =>
            {
                foreach (var index in matches) Reach(block.Time(index), block.Time(index));
            }, cancellation);
        }
        return first > last ? null : (first, last);
    }

    /// <summary>Shows every block where something matches, in any order.</summary>
    public async ValueTask VisitAsync(BlockColumns columns, Visit visit, CancellationToken cancellation)
    {
        foreach (var day in ledger.Days) await VisitAsync(await HeadsAsync(day, cancellation), columns, visit, cancellation);
    }

    private async ValueTask<IReadOnlyList<BlockHead>> HeadsAsync(LedgerDay day, CancellationToken cancellation) =>
        filter.Reaches(day.Extent) ? await BlockReader.HeadsAsync(connection, ledger, day.Day, filter, cancellation) : [];

    private ValueTask VisitAsync(IReadOnlyList<BlockHead> heads, BlockColumns columns, Visit visit, CancellationToken cancellation) => LoadAsync(heads, columns, (head, block) =>
    {
        var matches = filter.Matches(block, head.Extent);
        if (matches.Length > 0) visit(block, matches);
    }, cancellation);

    private async ValueTask LoadAsync(IReadOnlyList<BlockHead> heads, BlockColumns columns, Action<BlockHead, EventBlock> loaded, CancellationToken cancellation)
    {
        columns |= filter.Columns;
        // Of the few blocks that lie across an end of the time that is asked for the times are needed, of the others not.
        var across = heads.ToLookup(head => head.MinTime < filter.Bounds.MinTime || head.MaxTime > filter.Bounds.MaxTime);
        foreach (var (own, wanted) in new[] { (across[true].ToList(), columns | BlockColumns.Time), (across[false].ToList(), columns) })
        {
            for (var next = 0; next < own.Count;)
            {
                var blocks = await BlockReader.LoadAsync(connection, ledger, own[next..], wanted, EventsMax, cancellation);
                next += blocks.Count;
                foreach (var (head, block) in blocks) loaded(head, block);
            }
        }
    }
}
