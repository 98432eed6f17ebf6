using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Makes one segment of several that follow one another, column by column, without looking at an entry as a whole.</summary>
internal sealed class SegmentMerge
{
    private readonly IReadOnlyList<SegmentReader> _segments;
    private readonly SipHash _hash;
    private readonly List<MergedColumn> _columns = [];
    private readonly int _rows;

    /// <param name="segments">In order of their sequences, without gaps.</param>
    public SegmentMerge(IReadOnlyList<SegmentReader> segments, SipHash hash)
    {
        (_segments, _hash) = (segments, hash);
        _rows = segments.Sum(segment => segment.Rows);
        foreach (var field in ColumnPlan.Fields)
        {
            var columns = segments.Select(segment => segment.Layout.ColumnOf(field)).ToArray();
            if (columns.Any(column => column >= 0)) _columns.Add(Plan(field, columns));
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
        foreach (var segment in _segments) hours.Add(segment.Hours);
        var tail = new SegmentTail(output, _segments[0].Info.FirstSequence, _rows)
        {
            Times = Times(),
            Received = received,
            Hours = hours,
            Columns = columns,
            Blocks = blocks,
        };
        return tail.Write(file, start, _segments.SelectMany(segment => segment.Attachments?.All ?? []));
    }

    private MergedColumn Plan(EventField field, int[] columns)
    {
        var encodings = _segments.Select((segment, i) => columns[i] < 0 ? (ColumnEncoding?)null : segment.Layout.Encodings[columns[i]]).OfType<ColumnEncoding>().ToList();
        if (encodings.TrueForAll(encoding => encoding == ColumnEncoding.Coded))
        {
            var dictionary = new MergedDictionary(_segments, columns);
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
            var source = new EntryCursor(_segments[segment], wholeSegment: true);
            for (var old = 0; old < _segments[segment].Rows; old++, row++)
            {
                if (old % BlockWriter.Rows == 0) cancellation.ThrowIfCancellationRequested();
                var place = writer.NextRow();
                for (var i = 0; i < _columns.Count; i++) Copy(_columns[i], segment, source, old, row, writer.Columns[i], place, received);
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
            var count = value.Sources.Sum(source => source.Page.Rows(source.Index));
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
            var end = filled + old.Copy(0, rows.AsSpan(filled));
            for (; filled < end; filled++) rows[filled] += first;
        }
    }

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
