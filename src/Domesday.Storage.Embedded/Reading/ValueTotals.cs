using Domesday.Events.Schema;
using Domesday.Storage.Embedded.Caching;

namespace Domesday.Storage.Embedded.Reading;

/// <summary>Remembers how often each value of a field occurs in all segments of a ledger: what is asked most is asked of everything, and segments do not change.</summary>
/// <remarks>Segments that came since are added to what is known. Merging changes no count; dropping changes the first sequence, erasing the number of erased events, and all is counted anew.</remarks>
internal sealed class ValueTotals(BlockCache cache)
{
    private const int BytesPerValue = 96;

    /// <summary>Adds the values of the segments that a query begins with, if every event of theirs matches.</summary>
    /// <returns>How many parts of the query that covers: all segments, or none.</returns>
    public int Add(LedgerQuery query, EventField field, Dictionary<string, long> counts)
    {
        var segments = 0;
        while (segments < query.Parts.Count && query.Parts[segments] is SegmentPart part)
        {
            if (query.Rows(segments).Count < part.Rows - part.Erased.Count) return 0;
            segments++;
        }
        if (segments < 2) return 0;
        var known = Known(query, field, segments);
        counts.EnsureCapacity(known.Count);
        foreach (var (value, count) in known) counts[value] = counts.GetValueOrDefault(value) + count;
        return segments;
    }

    private Dictionary<string, long> Known(LedgerQuery query, EventField field, int segments)
    {
        var key = new BlockKey(-1 - query.LedgerNumber, (long)field);
        var (first, end) = (query.Parts[0].FirstSequence, query.Parts[segments - 1].FirstSequence + query.Parts[segments - 1].Rows);
        var erased = query.Parts.Take(segments).Sum(part => (long)part.Erased.Count);
        var holder = cache.Find<Holder>(key);
        var known = holder?.Totals;
        if (known is not null && known.First == first && known.End == end && known.Erased == erased) return known.Counts;
        var isBeginning = known is not null && known.First == first && known.Erased == erased;
        var from = isBeginning ? Enumerable.Range(0, segments).FirstOrDefault(part => query.Parts[part].FirstSequence == known!.End, 0) : 0;
        var counts = from == 0 ? new Dictionary<string, long>(StringComparer.Ordinal) : new(known!.Counts, StringComparer.Ordinal);
        for (var part = from; part < segments; part++) query.Parts[part].CountValues(field, query.Rows(part), counts);
        var totals = new Totals(first, end, erased, counts);
        if (holder is not null) holder.Totals = totals;
        else cache.Add(key, new Holder { Totals = totals }, counts.Count * BytesPerValue + 256);
        return counts;
    }

    /// <param name="First">Sequence of the first event that is counted.</param>
    /// <param name="End">One beyond the sequence of the last one.</param>
    /// <param name="Erased">Events among them that are not counted.</param>
    private sealed record Totals(long First, long End, long Erased, Dictionary<string, long> Counts);

    private sealed class Holder
    {
        private volatile Totals? _totals;

        public Totals? Totals
        {
            get => _totals;
            set => _totals = value;
        }
    }
}
