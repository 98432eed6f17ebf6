using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Collects the hashes of one column's values.</summary>
internal sealed class HashIndexBuilder(SipHash hash)
{
    private readonly List<ulong> _hashes = [];
    private readonly List<int> _rows = [];

    public void Add(int row, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return;
        _hashes.Add(hash.Hash(value));
        _rows.Add(row);
    }

    public Section Write(SegmentOutput output, int segmentRows) => new HashIndexWriter(output).Write([.. _hashes], [.. _rows], segmentRows);
}
