using Domesday.Core.Query;

namespace Domesday.Storage.Embedded.Reading;

/// <summary>Chooses how wide a histogram's buckets are.</summary>
internal static class Widths
{
    /// <summary>By the span that was asked for; where an end is open, by the span of what matches.</summary>
    public static HistogramInterval For(IReadOnlyList<LedgerQuery> queries, EventFilter filter)
    {
        var (from, to) = (long.MaxValue, long.MinValue);
        if (filter.From is null || filter.To is null)
        {
            foreach (var query in queries)
            {
                for (var part = 0; part < query.Parts.Count; part++) Widen(query, part, ref from, ref to);
            }
        }
        if (filter.From is { } start) from = start.Microseconds;
        if (filter.To is { } end) to = end.Microseconds;
        return from > to ? HistogramInterval.Hour : HistogramIntervals.For(new(from), new(to));
    }

    private static void Widen(LedgerQuery query, int part, ref long from, ref long to)
    {
        var (ledgerPart, rows) = (query.Parts[part], query.Rows(part));
        if (rows.IsEmpty || ledgerPart.TimeMin >= from && ledgerPart.TimeMax <= to) return;
        var (first, last) = ledgerPart.TimesOf(rows);
        (from, to) = (Math.Min(from, first), Math.Max(to, last));
    }
}
