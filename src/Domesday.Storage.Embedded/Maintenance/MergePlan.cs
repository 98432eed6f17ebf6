using Domesday.Storage.Embedded.Segments;

namespace Domesday.Storage.Embedded.Maintenance;

/// <summary>Chooses neighbouring segments that are to become one.</summary>
internal static class MergePlan
{
    private const int SmallRows = 4_096;
    private const long DayMicroseconds = 86_400_000_000;
    private const long SmallSpanMicroseconds = 7 * DayMicroseconds;

    /// <summary>Segments of about one size, as many as a merge takes, oldest first; none when all is well.</summary>
    /// <remarks>Sizes are counted in powers of the fan-in, so that an event is copied once for each power.</remarks>
    public static IReadOnlyList<SegmentReader> Choose(IReadOnlyList<SegmentReader> segments, int fanIn, int rowsMax)
    {
        for (var end = segments.Count; end > 0;)
        {
            var tier = TierOf(segments[end - 1], fanIn);
            var start = end - 1;
            // Smaller ones that were left between larger ones are taken along.
            while (start > 0 && TierOf(segments[start - 1], fanIn) <= tier) start--;
            if (end - start >= fanIn && Fitting(segments, start, end, fanIn, rowsMax) is { Count: >= 2 } chosen) return chosen;
            end = start;
        }
        return [];
    }

    /// <summary>
    /// Retention drops whole segments, so one must not hold old events and new ones: large segments stay within a day, and those of small ledgers within a week,
    /// which keeps a few dozen of them for a year instead of hundreds.
    /// </summary>
    private static bool MayShare(SegmentReader first, SegmentReader next, long rows)
    {
        var span = rows <= SmallRows ? SmallSpanMicroseconds : DayMicroseconds;
        return first.Info.RetainTime / span == next.Info.RetainTime / span;
    }

    private static List<SegmentReader> Fitting(IReadOnlyList<SegmentReader> segments, int start, int end, int fanIn, int rowsMax)
    {
        var chosen = new List<SegmentReader>();
        long rows = 0;
        for (var i = start; i < end; i++)
        {
            rows += segments[i].Rows;
            if (rows > rowsMax || chosen.Count > 0 && !MayShare(chosen[0], segments[i], rows))
            {
                if (chosen.Count >= 2) return chosen;
                chosen.Clear();
                rows = segments[i].Rows;
            }
            chosen.Add(segments[i]);
        }
        // More of the newest span may come: its few segments wait for them.
        return chosen.Count == end - start || chosen.Count >= fanIn ? chosen : [];
    }

    private static int TierOf(SegmentReader segment, int fanIn) => (int)Math.Log(segment.Rows, fanIn);
}
