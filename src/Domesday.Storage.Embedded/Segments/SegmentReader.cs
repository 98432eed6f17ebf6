using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Storage.Embedded.Caching;
using Domesday.Storage.Embedded.Coding;
using Domesday.Storage.Embedded.Disk;
using Domesday.Storage.Embedded.Rows;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>An immutable segment: finds rows by value, and gives access to its parts. Holds nothing but its place; what is read is cached.</summary>
internal sealed class SegmentReader(SegmentInfo info, OpenFiles files, BlockCache cache, SipHash hash)
{
    private readonly SegmentSource _source = new(info.File, files, cache);
    private CacheSlot? _layout;
    private CacheSlot? _times;
    private CacheSlot? _order;
    private CacheSlot? _blocks;
    private CacheSlot?[]? _dictionaries;

    public SegmentInfo Info => info;

    public int Rows => info.Rows;

    public SegmentLayout Layout => _layout?.Value<SegmentLayout>() ?? _source.Load(ref _layout, info.Footer, ReadLayout);

    public NumberSection Times => _times?.Value<NumberSection>() ?? _source.Load(ref _times, Layout.Footer.Times, ReadNumbers);

    /// <summary>The rows in the order of their times; null when that is their own order.</summary>
    public NumberSection? TimeOrder => Layout.Footer.TimeOrder is { } order ? _order?.Value<NumberSection>() ?? _source.Load(ref _order, order, ReadNumbers) : null;

    public HourCounts Hours => _source.Cached(Layout.Footer.Hours, bytes => HourCounts.Read(bytes));

    /// <summary>The rows that hold nothing, because their events were erased.</summary>
    public RowSet Holes => Layout.Footer.Holes is { } section ? _source.Cached(section, bytes => Segments.Holes.Read(bytes)) : RowSet.Empty;

    public AttachmentSection? Attachments => Layout.Footer.Attachments is { } section ? _source.Cached(section, bytes => new AttachmentSection(_source, bytes)) : null;

    /// <summary>A block, from the cache if it is there or was asked for before; null when the caller is to read it by <see cref="ReadBlock"/>.</summary>
    public Block? Block(int block)
    {
        var section = Blocks[block];
        if (_source.Kept<Block>(section, out var belongsThere) is { } kept) return kept;
        if (!belongsThere) return null;
        var layout = Layout;
        return _source.Cached(section, bytes => new Block(layout).Load(bytes), loaded => loaded.MemoryBytes);
    }

    /// <summary>Reads a block into a buffer of the caller's, past the cache.</summary>
    public void ReadBlock(int block, ref byte[] buffer)
    {
        var section = Blocks[block];
        if (buffer.Length < section.Length + BitPacking.Padding) buffer = GC.AllocateUninitializedArray<byte>(section.Length * 3 / 2 + BitPacking.Padding);
        _source.Read(section, buffer);
    }

    public DictionaryReader Dictionary(int column)
    {
        _dictionaries ??= new CacheSlot?[EventSchema.Count];
        return _dictionaries[column]?.Value<DictionaryReader>() ?? LoadDictionary(column, ref _dictionaries[column]);
    }

    /// <summary>The rows whose field has this value, for fields with an index.</summary>
    /// <param name="value">Canonical content, not empty.</param>
    public RowSet RowsWith(int column, ReadOnlySpan<byte> value)
    {
        if (Layout.Columns[column].Encoding == ColumnEncoding.Plain) return RowsByHash(column, value);
        var dictionary = Dictionary(column);
        var code = dictionary.Find(value);
        return code < 0 ? RowSet.Empty : RowsOfCode(column, code);
    }

    public RowSet RowsOfCode(int column, int code)
    {
        var (rows, postings) = Dictionary(column).Postings(code);
        return postings.Read(_source, rows, Rows);
    }

    /// <summary>The rows listed for one value of a page; for reading many of them.</summary>
    public RowSet RowsOf(DictionaryPage page, int index) => page.Postings(index).Read(_source, page.Rows(index), Rows);

    private RowSet RowsByHash(int column, ReadOnlySpan<byte> value)
    {
        var index = _source.Cached(Layout.Columns[column].Index, bytes => new HashIndex(_source, bytes));
        var rows = new List<int>();
        var entries = new EntryCursor(this);
        foreach (var row in index.Candidates(hash.Hash(value)))
        {
            if (entries.Value(column, row).SequenceEqual(value)) rows.Add(row);
        }
        return RowSet.Of([.. rows]);
    }

    private BlockDirectory Blocks => _blocks?.Value<BlockDirectory>() ?? _source.Load(ref _blocks, Layout.Footer.Blocks, bytes => new BlockDirectory(bytes));

    private DictionaryReader LoadDictionary(int column, ref CacheSlot? slot)
    {
        var described = Layout.Columns[column];
        return _source.Load(ref slot, described.Index, bytes => new DictionaryReader(_source, described.Distinct, bytes));
    }

    private NumberSection ReadNumbers(byte[] bytes) => new(_source, Rows, bytes);

    private static SegmentLayout ReadLayout(byte[] bytes)
    {
        try
        {
            return new SegmentLayout(SegmentFooter.Read(bytes));
        }
        catch (FormatException exception)
        {
            throw new CorruptLedgerException(exception.Message, exception);
        }
    }
}

/// <summary>A footer, and where to find each field in it.</summary>
internal sealed class SegmentLayout
{
    private readonly int[] _columnOf = new int[EventSchema.Count];

    public SegmentLayout(SegmentFooter footer)
    {
        Footer = footer;
        Columns = [.. footer.Columns];
        Encodings = [.. footer.Columns.Select(column => column.Encoding)];
        Bodies = [.. Enumerable.Range(0, Encodings.Length).Where(column => Encodings[column] == ColumnEncoding.Body)];
        Array.Fill(_columnOf, -1);
        for (var i = 0; i < Columns.Length; i++) _columnOf[(int)Columns[i].Field] = i;
        Members =
        [
            .. EventSchema.Fields.Where(field => field.Field is EventField.Sequence or EventField.Time || _columnOf[(int)field.Field] >= 0)
                .Select(field => new EntryMember(field.Field, _columnOf[(int)field.Field], EntrySlicer.IsQuoted(field.Kind))),
        ];
    }

    public SegmentFooter Footer { get; }

    public SegmentColumn[] Columns { get; }

    public ColumnEncoding[] Encodings { get; }

    /// <summary>Columns of large texts.</summary>
    public int[] Bodies { get; }

    /// <summary>What the entries are made of, in canonical order.</summary>
    public EntryMember[] Members { get; }

    /// <summary>The column of a field, or -1 when no row has it.</summary>
    public int ColumnOf(EventField field) => _columnOf[(int)field];
}

/// <summary>A member of the entries of a segment.</summary>
/// <param name="Column">-1 for the sequence and the time, which have no column.</param>
internal readonly record struct EntryMember(EventField Field, int Column, bool IsQuoted);
