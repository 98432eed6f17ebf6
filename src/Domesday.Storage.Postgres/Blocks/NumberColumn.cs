using System.Buffers.Binary;
using Domesday.Core.Storage;

namespace Domesday.Storage.Postgres.Blocks;

/// <summary>Times or hashes as <see cref="PackedNumbers"/> packed them, read where they are asked for.</summary>
internal sealed class NumberColumn
{
    private readonly byte[] _packed;
    private readonly int _width;
    private readonly long _min;
    private readonly ulong _mask;

    /// <exception cref="CorruptLedgerException">They are not that many.</exception>
    public NumberColumn(byte[] packed, int count)
    {
        if (packed.Length < PackedNumbers.HeaderBytes || packed[0] > sizeof(long) || packed.Length != PackedNumbers.HeaderBytes + count * packed[0]) throw new CorruptLedgerException("A block has a column of another length.");
        (_packed, _width, _min) = (packed, packed[0], BinaryPrimitives.ReadInt64LittleEndian(packed.AsSpan(1)));
        _mask = _width == sizeof(long) ? ulong.MaxValue : (1UL << 8 * _width) - 1;
    }

    /// <summary>What it takes in memory.</summary>
    public int Bytes => _packed.Length;

    /// <summary>Keeps of some events those that have this number.</summary>
    /// <returns>How many; they stand in front.</returns>
    public int Keep(long number, Span<int> indexes)
    {
        var kept = 0;
        foreach (var index in indexes)
        {
            if (this[index] == number) indexes[kept++] = index;
        }
        return kept;
    }

    public long this[int index]
    {
        get
        {
            var at = PackedNumbers.HeaderBytes + index * _width;
            // What follows is cut off; the last ones are put together byte by byte.
            if (at + sizeof(ulong) <= _packed.Length) return _min + (long)(BinaryPrimitives.ReadUInt64LittleEndian(_packed.AsSpan(at)) & _mask);
            var above = 0UL;
            for (var place = _width - 1; place >= 0; place--) above = above << 8 | _packed[at + place];
            return _min + (long)above;
        }
    }
}
