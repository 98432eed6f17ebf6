using Domesday.Events.Json;
using Domesday.Storage.Embedded.Caching;
using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Writes one number for each row, in frames of 128 rows and pages of 16 frames: the times of the rows, or the rows in the order of their times.</summary>
internal sealed class NumberSectionWriter(SegmentOutput output)
{
    public const int FrameRows = 128;
    public const int PageRows = 16 * FrameRows;

    private readonly ByteBuffer _page = new();
    private readonly ByteBuffer _directory = new();
    private readonly ulong[] _frame = new ulong[FrameRows];

    /// <returns>The directory: for each page its place, and its smallest and largest number.</returns>
    public Section Write(ReadOnlySpan<long> numbers)
    {
        _directory.Clear();
        for (; !numbers.IsEmpty; numbers = numbers[Math.Min(PageRows, numbers.Length)..])
        {
            var page = numbers[..Math.Min(PageRows, numbers.Length)];
            var (smallest, largest) = (long.MaxValue, long.MinValue);
            foreach (var number in page) (smallest, largest) = (Math.Min(smallest, number), Math.Max(largest, number));
            var section = WritePage(page);
            _directory.WriteInt64(section.Position);
            _directory.WriteInt32(section.Length);
            _directory.WriteInt64(smallest);
            _directory.WriteInt64(largest);
        }
        return output.Write(_directory.Written);
    }

    private Section WritePage(ReadOnlySpan<long> page)
    {
        _page.Clear();
        var frames = (page.Length + FrameRows - 1) / FrameRows;
        var offsets = _page.Length;
        for (var i = 0; i < frames; i++) _page.WriteUInt16(0);
        for (var i = 0; i < frames; i++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt16LittleEndian(_page.Mutable(offsets + i * 2, 2), (ushort)_page.Length);
            var frame = page[(i * FrameRows)..Math.Min((i + 1) * FrameRows, page.Length)];
            // Signed numbers keep their order when their sign bit is turned over.
            for (var row = 0; row < frame.Length; row++) _frame[row] = (ulong)frame[row] ^ 1UL << 63;
            PackedNumbers.Write(_page, _frame.AsSpan(0, frame.Length));
        }
        return output.Write(_page.Written);
    }
}

/// <summary>Reads what <see cref="NumberSectionWriter"/> wrote.</summary>
internal sealed class NumberSection
{
    private readonly SegmentSource _source;
    private readonly Section[] _pages;
    private readonly CacheSlot?[] _slots;
    private readonly long[] _smallest;
    private readonly long[] _largest;
    private readonly int _rows;

    public NumberSection(SegmentSource source, int rows, ReadOnlySpan<byte> directory)
    {
        (_source, _rows) = (source, rows);
        var pages = (rows + NumberSectionWriter.PageRows - 1) / NumberSectionWriter.PageRows;
        (_pages, _slots, _smallest, _largest) = (new Section[pages], new CacheSlot?[pages], new long[pages], new long[pages]);
        var reader = new WireReader(directory);
        for (var i = 0; i < pages; i++) (_pages[i], _smallest[i], _largest[i]) = (new(reader.Int64(), reader.Int32()), reader.Int64(), reader.Int64());
    }

    public int Pages => _pages.Length;

    public long Smallest(int page) => _smallest[page];

    public long Largest(int page) => _largest[page];

    public static int FirstRow(int page) => page * NumberSectionWriter.PageRows;

    public int RowsOf(int page) => Math.Min(NumberSectionWriter.PageRows, _rows - FirstRow(page));

    public long this[int row] => One(Page(row / NumberSectionWriter.PageRows), row);

    /// <summary>The bytes of a page, for <see cref="One"/>.</summary>
    public byte[] Page(int page) => _slots[page]?.Value<byte[]>() ?? _source.Load(ref _slots[page], _pages[page], bytes => bytes);

    /// <summary>One number.</summary>
    /// <param name="page">The page that holds the row.</param>
    public long One(byte[] page, int row)
    {
        var rows = RowsOf(row / NumberSectionWriter.PageRows);
        row %= NumberSectionWriter.PageRows;
        var frame = row / NumberSectionWriter.FrameRows;
        var count = Math.Min(NumberSectionWriter.FrameRows, rows - frame * NumberSectionWriter.FrameRows);
        return (long)(Frame(page, frame, count).Get(page, row % NumberSectionWriter.FrameRows) ^ 1UL << 63);
    }

    /// <summary>Reads a whole page.</summary>
    /// <param name="numbers">At least <see cref="RowsOf"/> places.</param>
    public void Read(int page, Span<long> numbers)
    {
        var bytes = Page(page);
        var rows = RowsOf(page);
        for (var first = 0; first < rows; first += NumberSectionWriter.FrameRows)
        {
            var count = Math.Min(NumberSectionWriter.FrameRows, rows - first);
            var frame = Frame(bytes, first / NumberSectionWriter.FrameRows, count);
            for (var i = 0; i < count; i++) numbers[first + i] = (long)(frame.Get(bytes, i) ^ 1UL << 63);
        }
    }

    private static PackedNumbers Frame(byte[] bytes, int frame, int count)
    {
        int position = System.Buffers.Binary.BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(frame * 2));
        return PackedNumbers.Find(bytes, ref position, count);
    }
}
