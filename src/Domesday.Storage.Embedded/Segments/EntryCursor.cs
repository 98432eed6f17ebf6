using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Puts the entries of a segment together again, byte for byte as they were hashed. For one thread.</summary>
internal sealed class EntryCursor
{
    private readonly SegmentReader _segment;
    private readonly SegmentLayout _layout;
    private readonly BlockReader _block;
    private readonly CodeCursor?[] _dictionaries;
    private readonly byte[] _scratch = new byte[40];
    private readonly ByteBuffer _uri = new(256);
    private readonly bool _wholeSegment;
    private byte[] _buffer = [];
    private Block? _own;
    private int _loaded = -1;
    private NumberCursor? _times;

    /// <param name="wholeSegment">Everything will be read, in order: past the cache.</param>
    public EntryCursor(SegmentReader segment, bool wholeSegment = false)
    {
        (_segment, _layout, _wholeSegment) = (segment, segment.Layout, wholeSegment);
        _block = new(_layout);
        _dictionaries = new CodeCursor?[_layout.Columns.Length];
    }

    /// <summary>Appends the entry of a row.</summary>
    public void Append(int row, ByteBuffer output)
    {
        Load(row);
        var place = row % BlockWriter.Rows;
        var entry = new EntryComposer(output);
        foreach (ref readonly var member in _block.Members)
        {
            if (member.Column >= 0) Add(ref entry, in member, place);
            else if (member.Field == EventField.Time) AddTime(ref entry, EventField.Time, TimeOf(row));
            else AddNumber(ref entry, _segment.Info.FirstSequence + row);
        }
        entry.End();
    }

    /// <summary>One field's value, canonical and without quotes; empty for absent. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Value(int column, int row)
    {
        Load(row);
        var value = Stored(column, row % BlockWriter.Rows);
        return _layout.Columns[column].Field == EventField.RequestUri ? Expand(value, row % BlockWriter.Rows) : value;
    }

    /// <summary>Of coded columns: the code, -1 for absent.</summary>
    public int Code(int column, int row)
    {
        Load(row);
        return (int)_block.Number(column, row % BlockWriter.Rows) - 1;
    }

    /// <summary>Of clocks: the moment.</summary>
    public long Moment(int column, int row)
    {
        Load(row);
        return _block.Number(column, row % BlockWriter.Rows);
    }

    /// <summary>A value as it is stored: request URIs with placeholders.</summary>
    public ReadOnlySpan<byte> StoredValue(int column, int row)
    {
        Load(row);
        return Stored(column, row % BlockWriter.Rows);
    }

    private void Load(int row)
    {
        var block = row / BlockWriter.Rows;
        if (block == _loaded) return;
        var kept = _wholeSegment ? null : _segment.Block(block);
        if (kept is null)
        {
            _segment.ReadBlock(block, ref _buffer);
            kept = (_own ??= new(_layout)).Load(_buffer);
        }
        _block.Use(kept);
        _loaded = block;
    }

    private void Add(ref EntryComposer entry, in EntryMember member, int place)
    {
        if (_layout.Encodings[member.Column] == ColumnEncoding.Clock)
        {
            AddTime(ref entry, member.Field, _block.Number(member.Column, place));
            return;
        }
        var value = Stored(member.Column, place);
        if (value.IsEmpty) return;
        if (member.Field == EventField.RequestUri) value = Expand(value, place);
        if (member.IsQuoted) entry.AddQuoted(member.Field, value);
        else entry.Add(member.Field, value);
    }

    private ReadOnlySpan<byte> Stored(int column, int place)
    {
        switch (_layout.Encodings[column])
        {
            case ColumnEncoding.Coded:
                var code = (int)_block.Number(column, place) - 1;
                return code < 0 ? [] : (_dictionaries[column] ??= new(_segment.Dictionary(column), _wholeSegment))[code];
            case ColumnEncoding.Body:
                return _block.Body(column, place);
            default:
                return _block.Plain(column, place, _scratch);
        }
    }

    private ReadOnlySpan<byte> Expand(ReadOnlySpan<byte> template, int place)
    {
        if (!UriTemplate.IsShort(template)) return template;
        // A plain value may stand in the scratch that the parts need.
        Span<byte> copy = template.Length <= 512 ? stackalloc byte[template.Length] : new byte[template.Length];
        template.CopyTo(copy);
        _uri.Clear();
        foreach (var value in copy)
        {
            if (value > 4) _uri.Append(value);
            else _uri.Append(Stored(_layout.ColumnOf(UriTemplate.FieldOf(value)), place));
        }
        return _uri.Written;
    }

    private long TimeOf(int row) => (_times ??= new(_segment.Times, _wholeSegment))[row];

    private static void AddTime(ref EntryComposer entry, EventField field, long microseconds)
    {
        Span<byte> text = stackalloc byte[Timestamp.TextLength];
        new Timestamp(microseconds).Write(text);
        entry.AddQuoted(field, text);
    }

    private static void AddNumber(ref EntryComposer entry, long number)
    {
        Span<byte> text = stackalloc byte[20];
        number.TryFormat(text, out var length, default, System.Globalization.CultureInfo.InvariantCulture);
        entry.Add(EventField.Sequence, text[..length]);
    }
}
