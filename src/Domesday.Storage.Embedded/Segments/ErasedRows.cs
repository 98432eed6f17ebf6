using System.Runtime.InteropServices;
using Domesday.Events.Schema;
using Domesday.Storage.Embedded.Erasures;
using Domesday.Storage.Embedded.Rows;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>The rows of a segment that a new one is to be written without.</summary>
internal sealed class ErasedRows
{
    private readonly Dictionary<(int Column, int Code), int> _counts = [];

    public ErasedRows(SegmentReader segment, ErasedEvents erased)
    {
        All = erased.Rows(segment.Info.FirstSequence, segment.Rows);
        Fresh = All.Count == segment.Info.Holes ? RowSet.Empty : All.And(segment.Holes.Not(segment.Rows));
        Kept = Fresh.IsEmpty ? RowSet.Range(0, segment.Rows) : Fresh.Not(segment.Rows);
        if (!Fresh.IsEmpty) CountCodes(segment);
    }

    /// <summary>Every row of an erased event, those that hold nothing already included.</summary>
    public RowSet All { get; }

    /// <summary>Those that still hold something.</summary>
    public RowSet Fresh { get; }

    /// <summary>All rows but <see cref="Fresh"/>.</summary>
    public RowSet Kept { get; }

    /// <summary>How many of the rows have a value of a coded column.</summary>
    public int RowsWith(int column, int code) => _counts.Count == 0 ? 0 : _counts.GetValueOrDefault((column, code));

    /// <summary>Takes the rows back out of the hours that they were counted in.</summary>
    public void TakeFrom(HourCounts hours, SegmentReader segment)
    {
        if (Fresh.IsEmpty) return;
        var (times, cursor, result) = (new NumberCursor(segment.Times), new EntryCursor(segment), segment.Layout.ColumnOf(EventField.OutcomeResult));
        foreach (var row in Holes.Each(Fresh)) hours.Take(times[row], result >= 0 && cursor.Value(result, row).SequenceEqual("failure"u8));
    }

    private void CountCodes(SegmentReader segment)
    {
        var cursor = new EntryCursor(segment, wholeSegment: true);
        var coded = Enumerable.Range(0, segment.Layout.Encodings.Length).Where(column => segment.Layout.Encodings[column] == ColumnEncoding.Coded).ToArray();
        foreach (var row in Holes.Each(Fresh))
        {
            foreach (var column in coded)
            {
                if (cursor.Code(column, row) is >= 0 and var code) CollectionsMarshal.GetValueRefOrAddDefault(_counts, (column, code), out _)++;
            }
        }
    }
}
