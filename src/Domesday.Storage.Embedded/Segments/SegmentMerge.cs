using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Storage.Embedded.Coding;
using Domesday.Storage.Embedded.Erasures;
using Domesday.Storage.Embedded.Rows;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Makes one segment of several that follow one another, column by column, without looking at an entry as a whole.</summary>
internal sealed class SegmentMerge
{
    private readonly IReadOnlyList<SegmentReader> _segments;
    private readonly SipHash _hash;
    private readonly ErasedRows[] _erased;
    private readonly RowSet _holes;
    private readonly List<MergedColumn> _columns = [];
    private readonly int _rows;

    /// <param name="segments">In order of their sequences, without gaps.</param>
    /// <param name="erased">Events of which nothing is to be written.</param>
    public SegmentMerge(IReadOnlyList<SegmentReader> segments, SipHash hash, ErasedEvents erased)
    {
        (_segments, _hash) = (segments, hash);
        _rows = segments.Sum(segment => segment.Rows);
        _erased = [.. segments.Select(segment => new ErasedRows(segment, erased))];
        _holes = erased.Rows(segments[0].Info.FirstSequence, _rows);
        foreach (var field in ColumnPlan.Fields)
        {
            var columns = segments.Select(segment => segment.Layout.ColumnOf(field)).ToArray();
            if (columns.Any(column => column >= 0) && Plan(field, columns) is var planned && planned.Dictionary?.Count != 0) _columns.Add(planned);
        }
    }

    /// <summary>Writes the merged segment behind what is in the file already.</summary>
    public SegmentInfo Write(SegmentOutput output, long file, CancellationToken cancellation)
    {
        var start = output.Position;
        var received = new long[_rows];
        var blocks = WriteBlocks(output, received, cancellation);
        var columns = _columns.Select(column => new SegmentColumn(column.Field, column.Encoding, column.Dictionary?.Count ?? 0, WriteIndex(output, column))).ToList();
        var hours = new HourCounts();
        for (var i = 0; i < _segments.Count; i++)
        {
            hours.Add(_segments[i].Hours);
            _erased[i].TakeFrom(hours, _segments[i]);
        }
        var tail = new SegmentTail(output, _segments[0].Info.FirstSequence, _rows)
        {
            Times = Times(),
            Received = received,
            Hours = hours,
            Columns = columns,
            Blocks = blocks,
            Holes = _holes,
            HolesRetainTime = _segments.Max(segment => segment.Info.RetainTime),
        };
        return tail.Write(file, start, _segments.SelectMany(KeptAttachments));
    }

    private MergedColumn Plan(EventField field, int[] columns)
    {
        var encodings = _segments.Select((segment, i) => columns[i] < 0 ? (ColumnEncoding?)null : segment.Layout.Encodings[columns[i]]).OfType<ColumnEncoding>().ToList();
        if (encodings.TrueForAll(encoding => encoding == ColumnEncoding.Coded))
        {
            var dictionary = new MergedDictionary(_segments, columns, _erased);
            if (dictionary.Count <= ColumnPlan.DistinctMax) return new(field, columns, ColumnEncoding.Coded, dictionary, null);
        }
        var encoding = encodings[0] == ColumnEncoding.Coded ? ColumnEncoding.Plain : encodings[0];
        return new(field, columns, encoding, null, encoding == ColumnEncoding.Plain && ColumnPlan.IsIndexed(field) ? new(_hash, _rows) : null);
    }

    private Section WriteBlocks(SegmentOutput output, long[] received, CancellationToken cancellation)
    {
        var writer = new BlockSectionWriter(output, [.. _columns.Select(column => column.Encoding)]);
        var row = 0;
        for (var segment = 0; segment < _segments.Count; segment++)
        {
            var (source, erased) = (new EntryCursor(_segments[segment], wholeSegment: true), _erased[segment].All);
            for (var old = 0; old < _segments[segment].Rows; old++, row++)
            {
                if (old % BlockWriter.Rows == 0) cancellation.ThrowIfCancellationRequested();
                var place = writer.NextRow();
                if (erased.Contains(old)) LeaveEmpty(writer.Columns, row, place, received);
                else for (var i = 0; i < _columns.Count; i++) Copy(_columns[i], segment, source, old, row, writer.Columns[i], place, received);
            }
        }
        return writer.Finish();
    }

    private static void Copy(MergedColumn column, int segment, EntryCursor source, int old, int row, BlockColumn target, int place, long[] received)
    {
        var from = column.Columns[segment];
        switch (column.Encoding)
        {
            case ColumnEncoding.Coded:
                var code = from < 0 ? -1 : source.Code(from, old);
                target.Numbers[place] = code < 0 ? 0 : column.Dictionary!.Codes[segment][code] + 1;
                break;
            case ColumnEncoding.Clock:
                target.Numbers[place] = received[row] = source.Moment(from, old);
                break;
            default:
                var value = from < 0 ? [] : source.StoredValue(from, old);
                target.SetValue(place, value);
                column.Hashes?.Add(row, value);
                break;
        }
    }

    private void LeaveEmpty(BlockColumn[] columns, int row, int place, long[] received)
    {
        received[row] = row > 0 ? received[row - 1] : 0;
        for (var i = 0; i < columns.Length; i++)
        {
            if (_columns[i].Encoding == ColumnEncoding.Clock) columns[i].Numbers[place] = received[row];
            else if (_columns[i].Encoding == ColumnEncoding.Coded) columns[i].Numbers[place] = 0;
            else columns[i].SetValue(place, []);
        }
    }

    private Section WriteIndex(SegmentOutput output, MergedColumn column)
    {
        if (column.Hashes is { } hashes) return hashes.Write(output);
        if (column.Dictionary is not { } dictionary) return default;
        var writer = new DictionaryWriter(output);
        var scratch = new ByteBuffer();
        var rows = new int[1024];
        var indexed = ColumnPlan.IsIndexed(column.Field);
        foreach (var value in dictionary.Values())
        {
            var count = value.Rows;
            if (!indexed)
            {
                writer.Add(value.Value, count, Postings.None);
                continue;
            }
            if (rows.Length < count) rows = new int[count * 3 / 2];
            Collect(value, rows);
            writer.Add(value.Value, count, Postings.Write(output, scratch, rows.AsSpan(0, count), _rows));
        }
        return writer.Finish();
    }

    private void Collect(MergedValue value, int[] rows)
    {
        var filled = 0;
        foreach (var source in value.Sources)
        {
            var first = (int)(_segments[source.Segment].Info.FirstSequence - _segments[0].Info.FirstSequence);
            var old = _segments[source.Segment].RowsOf(source.Page, source.Index);
            if (!_erased[source.Segment].Fresh.IsEmpty) old = old.And(_erased[source.Segment].Kept);
            var end = filled + old.Copy(0, rows.AsSpan(filled));
            for (; filled < end; filled++) rows[filled] += first;
        }
    }

    private IEnumerable<Attachment> KeptAttachments(SegmentReader segment, int index) =>
        (segment.Attachments?.All ?? []).Where(attachment => !_erased[index].All.Contains((int)(attachment.Sequence - segment.Info.FirstSequence)));

    private long[] Times()
    {
        var times = new long[_rows];
        var row = 0;
        foreach (var segment in _segments)
        {
            var section = segment.Times;
            for (var page = 0; page < section.Pages; page++)
            {
                section.Read(page, times.AsSpan(row));
                row += section.RowsOf(page);
            }
        }
        return times;
    }

    private sealed record MergedColumn(EventField Field, int[] Columns, ColumnEncoding Encoding, MergedDictionary? Dictionary, HashIndexBuilder? Hashes);
}
