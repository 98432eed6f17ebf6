using Domesday.Core.Storage;
using Domesday.Events.Json;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Reads a new segment back before anything that it was made from is removed.</summary>
internal static class SegmentCheck
{
    /// <summary>Compares every entry, byte for byte, with what was hashed and acknowledged.</summary>
    /// <exception cref="CorruptLedgerException">One differs.</exception>
    /// <remarks>Of erased events there is nothing to compare.</remarks>
    public static void AgainstEntries(SegmentReader segment, Func<int, ReadOnlyMemory<byte>> entryOf)
    {
        var (cursor, entry, holes) = (new EntryCursor(segment, wholeSegment: true), new ByteBuffer(), segment.Holes);
        for (var row = 0; row < segment.Rows; row++)
        {
            if (holes.Contains(row)) continue;
            entry.Clear();
            cursor.Append(row, entry);
            if (!entry.Written.SequenceEqual(entryOf(row).Span)) throw Differs(segment, row);
        }
    }

    /// <summary>Compares every entry, byte for byte, with the segments that it was merged from.</summary>
    /// <exception cref="CorruptLedgerException">One differs.</exception>
    public static void AgainstSegments(SegmentReader merged, IReadOnlyList<SegmentReader> segments)
    {
        var (cursor, entry, expected) = (new EntryCursor(merged, wholeSegment: true), new ByteBuffer(), new ByteBuffer());
        var (row, holes) = (0, merged.Holes);
        foreach (var segment in segments)
        {
            var source = new EntryCursor(segment, wholeSegment: true);
            for (var old = 0; old < segment.Rows; old++, row++)
            {
                if (holes.Contains(row)) continue;
                entry.Clear();
                expected.Clear();
                cursor.Append(row, entry);
                source.Append(old, expected);
                if (!entry.Written.SequenceEqual(expected.Written)) throw Differs(merged, row);
            }
        }
        if (row != merged.Rows) throw Differs(merged, row);
    }

    private static CorruptLedgerException Differs(SegmentReader segment, int row) =>
        new($"A new segment reads back differently at sequence {segment.Info.FirstSequence + row}; what it was made from is kept.");
}
