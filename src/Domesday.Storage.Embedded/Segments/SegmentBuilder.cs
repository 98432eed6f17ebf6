using System.Runtime.InteropServices;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Storage.Embedded.Coding;
using Domesday.Storage.Embedded.Rows;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Makes a segment from canonical entries, which come in the order of their sequences.</summary>
internal sealed class SegmentBuilder(SipHash hash, long firstSequence)
{
    private readonly ColumnBuilder?[] _columns = new ColumnBuilder?[EventSchema.Count];
    private readonly FieldSlice[] _slices = new FieldSlice[EventSchema.Count];
    private readonly List<long> _times = [];
    private readonly List<long> _received = [];
    private readonly HourCounts _hours = new();
    private readonly ByteBuffer _uri = new();
    private readonly List<int> _holes = [];
    private long _holesRetainTime = long.MinValue;
    private readonly List<EventField> _fromEntries = [.. ColumnPlan.Fields.Where(field => field != EventField.ReceivedAt)];

    public int Rows => _times.Count;

    /// <summary>Takes a column over from where its values have numbers already; before the first entry.</summary>
    /// <param name="codes">For each row the number of its value in the dictionary, from 1; 0, or beyond the end, for absent.</param>
    public void Adopt(EventField field, ValueDictionary dictionary, ReadOnlySpan<int> codes)
    {
        _columns[(int)field] = new(field, dictionary, codes);
        _fromEntries.Remove(field);
    }

    /// <summary>Keeps a field without a dictionary, because nearly every value is another; before the first entry.</summary>
    public void KeepPlain(EventField field) => _columns[(int)field] = new(field, ColumnEncoding.Plain, hash);

    /// <param name="time">The entry's, microseconds.</param>
    public void Add(ReadOnlySpan<byte> entry, long time)
    {
        EntrySlicer.Slice(entry, _slices);
        var row = Rows;
        foreach (var field in _fromEntries)
        {
            var slice = _slices[(int)field];
            if (slice.Length == 0) continue;
            var column = _columns[(int)field] ??= new(field, ColumnPlan.EncodingOf(field), hash);
            if (field == EventField.RequestUri)
            {
                UriTemplate.Shorten(entry, _slices, _uri);
                column.Add(row, _uri.Written);
            }
            else
            {
                column.Add(row, slice.Of(entry));
            }
        }
        _times.Add(time);
        if (!Timestamp.TryParse(_slices[(int)EventField.ReceivedAt].Of(entry), out var received, out _)) throw new FormatException("An entry says when it was received.");
        _received.Add(received.Microseconds);
        _hours.Add(time, _slices[(int)EventField.OutcomeResult].Of(entry).SequenceEqual("failure"u8));
    }

    /// <summary>Leaves a row empty, because its event was erased.</summary>
    /// <param name="entry">Of which nothing is kept but the day of its retention.</param>
    /// <param name="time">The entry's, microseconds.</param>
    public void AddHole(ReadOnlySpan<byte> entry, long time)
    {
        EntrySlicer.Slice(entry, _slices);
        var received = Timestamp.TryParse(_slices[(int)EventField.ReceivedAt].Of(entry), out var parsed, out _) ? parsed.Microseconds : time;
        _holesRetainTime = Math.Max(_holesRetainTime, Math.Min(time, received));
        _holes.Add(Rows);
        _times.Add(0);
        _received.Add(0);
    }

    /// <summary>Writes the segment behind what is in the file already.</summary>
    public SegmentInfo Write(SegmentOutput output, long file, IEnumerable<Attachment> attachments)
    {
        var start = output.Position;
        var holes = RowSet.Of([.. _holes]);
        Holes.Fill(CollectionsMarshal.AsSpan(_received), holes);
        var columns = _columns.OfType<ColumnBuilder>().ToList();
        var ranks = columns.ConvertAll(column => column.Encoding == ColumnEncoding.Coded ? column.Dictionary.Ranks() : []);
        var blocks = WriteBlocks(output, columns, ranks);
        var indexes = columns.Select((column, i) => WriteIndex(output, column, ranks[i])).ToList();
        var tail = new SegmentTail(output, firstSequence, Rows)
        {
            Times = _times.ToArray(),
            Received = _received.ToArray(),
            Hours = _hours,
            Columns = [new(EventField.ReceivedAt, ColumnEncoding.Clock, 0, default), .. indexes],
            Blocks = blocks,
            Holes = holes,
            HolesRetainTime = _holesRetainTime,
        };
        return tail.Write(file, start, attachments);
    }

    private Section WriteBlocks(SegmentOutput output, List<ColumnBuilder> columns, List<int[]> ranks)
    {
        var writer = new BlockSectionWriter(output, [ColumnEncoding.Clock, .. columns.Select(column => column.Encoding)]);
        for (var row = 0; row < Rows; row++)
        {
            var place = writer.NextRow();
            writer.Columns[0].Numbers[place] = _received[row];
            for (var i = 0; i < columns.Count; i++)
            {
                var (column, target) = (columns[i], writer.Columns[i + 1]);
                if (column.Encoding != ColumnEncoding.Coded) target.SetValue(place, column.ValueOf(row));
                else target.Numbers[place] = column.CodeOf(row) is >= 0 and var code ? ranks[i][code] + 1 : 0;
            }
        }
        return writer.Finish();
    }

    private SegmentColumn WriteIndex(SegmentOutput output, ColumnBuilder column, int[] ranks) => column.Encoding switch
    {
        ColumnEncoding.Coded => new(column.Field, column.Encoding, ranks.Length, WriteDictionary(output, column, ranks)),
        ColumnEncoding.Plain when ColumnPlan.IsIndexed(column.Field) => new(column.Field, column.Encoding, 0, WriteHashIndex(output, column)),
        _ => new(column.Field, column.Encoding, 0, default),
    };

    private Section WriteDictionary(SegmentOutput output, ColumnBuilder column, int[] ranks)
    {
        var (starts, rows) = RowsByRank(column, ranks);
        var order = new int[ranks.Length];
        for (var code = 0; code < ranks.Length; code++) order[ranks[code]] = code;
        var writer = new DictionaryWriter(output);
        var scratch = new ByteBuffer();
        var indexed = ColumnPlan.IsIndexed(column.Field);
        for (var rank = 0; rank < ranks.Length; rank++)
        {
            var listed = rows.AsSpan(starts[rank], starts[rank + 1] - starts[rank]);
            writer.Add(column.Dictionary[order[rank]], listed.Length, indexed ? Postings.Write(output, scratch, listed, Rows) : Postings.None);
        }
        return writer.Finish();
    }

    /// <summary>All rows, by value: a counting sort.</summary>
    private (int[] Starts, int[] Rows) RowsByRank(ColumnBuilder column, int[] ranks)
    {
        var starts = new int[ranks.Length + 1];
        for (var row = 0; row < Rows; row++)
        {
            if (column.CodeOf(row) is >= 0 and var code) starts[ranks[code] + 1]++;
        }
        for (var rank = 0; rank < ranks.Length; rank++) starts[rank + 1] += starts[rank];
        var (next, rows) = (starts.ToArray(), new int[starts[^1]]);
        for (var row = 0; row < Rows; row++)
        {
            if (column.CodeOf(row) is >= 0 and var code) rows[next[ranks[code]]++] = row;
        }
        return (starts, rows);
    }

    private Section WriteHashIndex(SegmentOutput output, ColumnBuilder column)
    {
        var index = new HashIndexBuilder(hash, Rows);
        for (var row = 0; row < Rows; row++) index.Add(row, column.ValueOf(row));
        return index.Write(output);
    }
}
