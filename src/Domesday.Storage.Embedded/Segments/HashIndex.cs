using System.Numerics;
using Domesday.Events.Json;
using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Writes, for a column without a dictionary, which rows may hold a value: 16 bits of each value's hash and its row, sorted, in pages by the hash's first bits.</summary>
internal sealed class HashIndexWriter(SegmentOutput output)
{
    internal const int TagBits = 16;

    private const int PageEntries = 1024;

    /// <param name="hashes">Hash of each entry's value; is reordered.</param>
    /// <param name="rows">Row of each entry; is reordered.</param>
    /// <returns>The directory.</returns>
    public Section Write(ulong[] hashes, int[] rows, int segmentRows)
    {
        Array.Sort(hashes, rows);
        var pageBits = BitOperations.Log2((uint)Math.Max(1, hashes.Length / PageEntries));
        var rowBits = BitPacking.WidthOf((ulong)segmentRows);
        var directory = new ByteBuffer();
        directory.Append((byte)pageBits);
        directory.Append((byte)rowBits);
        var page = new ByteBuffer();
        var packed = new ulong[PageEntries];
        var next = 0;
        for (var index = 0; index < 1 << pageBits; index++)
        {
            var first = next;
            while (next < hashes.Length && PageOf(hashes[next], pageBits) == index) next++;
            if (packed.Length < next - first) packed = new ulong[next - first];
            for (var i = first; i < next; i++) packed[i - first] = TagOf(hashes[i], pageBits) << rowBits | (uint)rows[i];
            packed.AsSpan(0, next - first).Sort();
            page.Clear();
            page.WriteInt32(next - first);
            BitPacking.Write(page, packed.AsSpan(0, next - first), TagBits + rowBits);
            var section = output.Write(page.Written);
            directory.WriteInt64(section.Position);
            directory.WriteInt32(section.Length);
        }
        return output.Write(directory.Written);
    }

    internal static int PageOf(ulong hash, int pageBits) => pageBits == 0 ? 0 : (int)(hash >> (64 - pageBits));

    internal static ulong TagOf(ulong hash, int pageBits) => hash << pageBits >> (64 - TagBits);
}

/// <summary>Reads what <see cref="HashIndexWriter"/> wrote.</summary>
internal sealed class HashIndex
{
    private readonly SegmentSource _source;
    private readonly Section[] _pages;
    private readonly int _pageBits;
    private readonly int _rowBits;

    public HashIndex(SegmentSource source, ReadOnlySpan<byte> directory)
    {
        _source = source;
        var reader = new WireReader(directory);
        (_pageBits, _rowBits) = (reader.Byte(), reader.Byte());
        _pages = new Section[1 << _pageBits];
        for (var i = 0; i < _pages.Length; i++) _pages[i] = new(reader.Int64(), reader.Int32());
    }

    /// <summary>Rows whose value may have this hash, ascending; to be compared with the value itself.</summary>
    public IReadOnlyList<int> Candidates(ulong hash)
    {
        var bytes = _source.Cached(_pages[HashIndexWriter.PageOf(hash, _pageBits)]);
        var packed = bytes.AsSpan(4);
        var count = System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(bytes);
        var width = HashIndexWriter.TagBits + _rowBits;
        var first = HashIndexWriter.TagOf(hash, _pageBits) << _rowBits;
        var (low, high) = (0, count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (BitPacking.Read(packed, middle, width) < first) low = middle + 1;
            else high = middle;
        }
        var rows = new List<int>();
        for (; low < count && BitPacking.Read(packed, low, width) is var entry && entry >> _rowBits == first >> _rowBits; low++)
        {
            rows.Add((int)(entry & ((1UL << _rowBits) - 1)));
        }
        return rows;
    }
}
