using System.Buffers.Binary;
using System.Numerics;
using Domesday.Events.Json;
using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Writes, for a column without a dictionary, which rows may hold a value: 16 bits of each value's hash and its row, sorted, in pages by the hash's first bits.</summary>
/// <remarks>Of the 16 bits a page has the first ten as the place of an entry: one bucket after the other, a 1 for each entry and a 0 for the end of each bucket. The others stand with the row.</remarks>
internal sealed class HashIndexWriter(SegmentOutput output)
{
    internal const int TagBits = 16;
    internal const int BucketBits = 10;
    internal const int RestBits = TagBits - BucketBits;

    /// <summary>Room for a row beside its hash; 41 bits of the hash remain, of which tag and page take 16 and at most 13.</summary>
    internal const int RowBits = 23;

    private const ulong RowMask = (1UL << RowBits) - 1;

    private const int PageEntries = 1 << BucketBits;

    /// <summary>A value's hash, without its lowest bits, and its row in their place.</summary>
    public static ulong Entry(ulong hash, int row) => hash & ~RowMask | (uint)row;

    /// <param name="entries">See <see cref="Entry"/>; are reordered.</param>
    /// <returns>The directory.</returns>
    public Section Write(Span<ulong> entries, int segmentRows)
    {
        entries.Sort();
        var pageBits = BitOperations.Log2((uint)Math.Max(1, entries.Length / PageEntries));
        var rowBits = BitPacking.WidthOf((ulong)segmentRows);
        var directory = new ByteBuffer();
        directory.Append((byte)pageBits);
        directory.Append((byte)rowBits);
        var page = new ByteBuffer();
        for (var index = 0; index < 1 << pageBits; index++)
        {
            var count = 0;
            while (count < entries.Length && PageOf(entries[count], pageBits) == index) count++;
            var packed = entries[..count];
            foreach (ref var entry in packed) entry = TagOf(entry, pageBits) << rowBits | entry & RowMask;
            // Rows of one tag came in the order of what else their hashes say.
            packed.Sort();
            page.Clear();
            WritePage(page, packed, rowBits);
            entries = entries[count..];
            var section = output.Write(page.Written);
            directory.WriteInt64(section.Position);
            directory.WriteInt32(section.Length);
        }
        return output.Write(directory.Written);
    }

    /// <param name="entries">Sorted; each a tag and a row behind it.</param>
    private static void WritePage(ByteBuffer page, Span<ulong> entries, int rowBits)
    {
        page.WriteInt32(entries.Length);
        var bytes = BucketBytes(entries.Length);
        var buckets = page.Reserve(bytes)[..bytes];
        buckets.Clear();
        for (var i = 0; i < entries.Length; i++)
        {
            var bit = (int)(entries[i] >> (rowBits + RestBits)) + i;
            buckets[bit >> 3] |= (byte)(1 << (bit & 7));
            entries[i] &= (1UL << (rowBits + RestBits)) - 1;
        }
        page.Advance(bytes);
        BitPacking.Write(page, entries, RestBits + rowBits);
    }

    /// <summary>Whole words, so that they are read as such.</summary>
    internal static int BucketBytes(int entries) => ((1 << BucketBits) + entries + 63) / 64 * 8;

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
        var count = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        var buckets = bytes.AsSpan(4, HashIndexWriter.BucketBytes(count));
        var packed = bytes.AsSpan(4 + buckets.Length);
        var width = HashIndexWriter.RestBits + _rowBits;
        var tag = HashIndexWriter.TagOf(hash, _pageBits);
        var (bucket, rest) = ((int)(tag >> HashIndexWriter.RestBits), tag & ((1UL << HashIndexWriter.RestBits) - 1));
        var rows = new List<int>();
        for (var bit = StartOf(buckets, bucket); (buckets[bit >> 3] >> (bit & 7) & 1) != 0; bit++)
        {
            var entry = BitPacking.Read(packed, bit - bucket, width);
            if (entry >> _rowBits == rest) rows.Add((int)(entry & ((1UL << _rowBits) - 1)));
        }
        return rows;
    }

    /// <summary>The bit behind the end of so many buckets.</summary>
    private static int StartOf(ReadOnlySpan<byte> buckets, int ends)
    {
        if (ends == 0) return 0;
        for (var word = 0; ; word++)
        {
            var zeros = ~BinaryPrimitives.ReadUInt64LittleEndian(buckets[(word * 8)..]);
            var here = BitOperations.PopCount(zeros);
            if (here < ends)
            {
                ends -= here;
                continue;
            }
            for (; ends > 1; ends--) zeros &= zeros - 1;
            return word * 64 + BitOperations.TrailingZeroCount(zeros) + 1;
        }
    }
}
