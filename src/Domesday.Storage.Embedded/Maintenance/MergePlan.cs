using Domesday.Storage.Embedded.Segments;

namespace Domesday.Storage.Embedded.Maintenance;

/// <summary>Chooses neighbouring segments that are to become one.</summary>
internal static class MergePlan
{
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
            if (end - start >= fanIn && Fitting(segments, start, end, rowsMax) is { Count: >= 2 } chosen) return chosen;
            end = start;
        }
        return [];
    }

    private static List<SegmentReader> Fitting(IReadOnlyList<SegmentReader> segments, int start, int end, int rowsMax)
    {
        var chosen = new List<SegmentReader>();
        long rows = 0;
        for (var i = start; i < end; i++)
        {
            rows += segments[i].Rows;
            if (rows > rowsMax)
            {
                if (chosen.Count >= 2) return chosen;
                chosen.Clear();
                rows = segments[i].Rows;
            }
            chosen.Add(segments[i]);
        }
        return chosen;
    }

    private static int TierOf(SegmentReader segment, int fanIn) => (int)Math.Log(segment.Rows, fanIn);
}
