using System.Buffers.Binary;
using Domesday.Events.Json;
using Domesday.Storage.Embedded.Coding;
using Domesday.Storage.Embedded.Rows;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Where the rows of one value are listed: a section, or, when <paramref name="Length"/> is 0, nothing, because <paramref name="Position"/> says it all.</summary>
/// <param name="Position">With length 0: the one row, or -1 for every row of the segment, or -2 when they are not listed.</param>
internal readonly record struct Postings(long Position, int Length)
{
    /// <summary>In memory what at least every 32nd row has is a bitmap: to intersect it is cheap.</summary>
    private const int BitmapShare = 32;

    private const int BytesPerRow = 4;

    public static Postings All { get; } = new(-1, 0);

    public static Postings None { get; } = new(-2, 0);

    /// <summary>Writes the rows of one value: one row inline, a bitmap where that is smallest, Elias-Fano otherwise.</summary>
    /// <param name="rows">Ascending.</param>
    /// <param name="scratch">Used again and again.</param>
    public static Postings Write(SegmentOutput output, ByteBuffer scratch, ReadOnlySpan<int> rows, int segmentRows)
    {
        if (rows.Length == segmentRows) return All;
        if (rows.Length == 1) return new(rows[0], 0);
        scratch.Clear();
        if (!IsBitmap(rows.Length, segmentRows))
        {
            EliasFano.Write(scratch, rows, segmentRows);
        }
        else
        {
            var bytes = BitmapBytes(segmentRows);
            var bitmap = scratch.Reserve(bytes)[..bytes];
            bitmap.Clear();
            foreach (var row in rows) bitmap[row >> 3] |= (byte)(1 << (row & 7));
            scratch.Advance(bytes);
        }
        var section = output.Write(scratch.Written);
        return new(section.Position, section.Length);
    }

    /// <summary>Reads the rows.</summary>
    /// <param name="count">How many there are, as the dictionary says.</param>
    public RowSet Read(SegmentSource source, int count, int segmentRows)
    {
        if (Length == 0) return Position == All.Position ? RowSet.Range(0, segmentRows) : RowSet.Of([(int)Position]);
        return source.Cached(new Section(Position, Length), bytes => Decode(bytes, count, segmentRows), rows => Math.Min(rows.Count * BytesPerRow, segmentRows / 8 + RowBitmap.ChunkRows / 8));
    }

    private static bool IsBitmap(int count, int segmentRows) => EliasFano.BytesFor(count, segmentRows) >= BitmapBytes(segmentRows);

    private static int BitmapBytes(int segmentRows) => (segmentRows + 63) / 64 * 8;

    private static RowSet Decode(byte[] bytes, int count, int segmentRows)
    {
        if (!IsBitmap(count, segmentRows))
        {
            var rows = new int[count];
            EliasFano.Read(bytes, rows, segmentRows);
            return (long)count * BitmapShare < segmentRows ? RowSet.Of(rows) : RowBitmap.From(rows);
        }
        var words = (segmentRows + 63) / 64;
        var chunks = new ulong[]?[(words + RowBitmap.ChunkWords - 1) / RowBitmap.ChunkWords];
        for (var i = 0; i < chunks.Length; i++)
        {
            var chunk = new ulong[RowBitmap.ChunkWords];
            var any = 0UL;
            for (var word = 0; word < RowBitmap.ChunkWords && i * RowBitmap.ChunkWords + word < words; word++)
            {
                any |= chunk[word] = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan((i * RowBitmap.ChunkWords + word) * 8));
            }
            chunks[i] = any == 0 ? null : chunk;
        }
        return new RowBitmap(chunks);
    }
}
