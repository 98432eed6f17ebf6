using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Collects the hashes of one column's values.</summary>
/// <param name="rows">How many rows the segment will have: at most 2^<see cref="HashIndexWriter.RowBits"/>.</param>
internal sealed class HashIndexBuilder(SipHash hash, int rows)
{
    private readonly ulong[] _entries = new ulong[rows];
    private int _count;

    public void Add(int row, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty) _entries[_count++] = HashIndexWriter.Entry(hash.Hash(value), row);
    }

    public Section Write(SegmentOutput output) => new HashIndexWriter(output).Write(_entries.AsSpan(0, _count), rows);
}
