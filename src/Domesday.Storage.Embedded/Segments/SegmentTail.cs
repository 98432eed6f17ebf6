using Domesday.Events.Json;
using Domesday.Storage.Embedded.Rows;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>What every new segment ends with, however its columns were made: times, hours, attachments, footer.</summary>
internal sealed class SegmentTail(SegmentOutput output, long firstSequence, int rows)
{
    public required long[] Times { get; init; }

    public required long[] Received { get; init; }

    public required HourCounts Hours { get; init; }

    public required IReadOnlyList<SegmentColumn> Columns { get; init; }

    public required Section Blocks { get; init; }

    /// <summary>The rows of erased events.</summary>
    public RowSet Holes { get; init; } = RowSet.Empty;

    /// <summary>Up to when the erased events would have had to be kept, microseconds; counts when there is nothing but holes.</summary>
    public long HolesRetainTime { get; init; }

    /// <param name="start">Where the segment begins in the file.</param>
    public SegmentInfo Write(long file, long start, IEnumerable<Attachment> attachments)
    {
        Segments.Holes.Fill(Times, Holes);
        Segments.Holes.Fill(Received, Holes);
        var numbers = new NumberSectionWriter(output);
        var times = numbers.Write(Times);
        Section? order = IsAscending(Times) ? null : numbers.Write(OrderOf(Times));
        var scratch = new ByteBuffer();
        Hours.Write(scratch);
        var hours = output.Write(scratch.Written);
        var kept = attachments.ToList();
        var footer = new SegmentFooter
        {
            FirstSequence = firstSequence,
            Rows = rows,
            Columns = Columns,
            Blocks = Blocks,
            Times = times,
            TimeOrder = order,
            Hours = hours,
            Attachments = kept.Count > 0 ? AttachmentSection.Write(output, kept) : null,
            Holes = Holes.IsEmpty ? null : Segments.Holes.Write(output, Holes),
        };
        scratch.Clear();
        footer.Write(scratch);
        var place = output.Write(scratch.Written);
        var bytes = output.Position - start;
        return Holes.Count == rows
            ? new(file, place, firstSequence, rows, long.MaxValue, long.MinValue, Segments.Holes.EndOfDay(HolesRetainTime), bytes, rows)
            : new(file, place, firstSequence, rows, Times.Min(), Times.Max(), Times.Zip(Received, Math.Min).Max(), bytes, Holes.Count);
    }

    private static bool IsAscending(long[] times)
    {
        for (var i = 1; i < times.Length; i++)
        {
            if (times[i] < times[i - 1]) return false;
        }
        return true;
    }

    private static long[] OrderOf(long[] times)
    {
        var (keys, rows) = (times.ToArray(), new int[times.Length]);
        for (var i = 0; i < rows.Length; i++) rows[i] = i;
        // Equal times stay in the order of their sequences.
        Array.Sort(keys, rows, Comparer<long>.Default);
        SortEqualRuns(keys, rows);
        return Array.ConvertAll(rows, row => (long)row);
    }

    private static void SortEqualRuns(long[] keys, int[] rows)
    {
        for (var start = 0; start < keys.Length;)
        {
            var end = start + 1;
            while (end < keys.Length && keys[end] == keys[start]) end++;
            if (end - start > 1) Array.Sort(rows, start, end - start);
            start = end;
        }
    }
}
