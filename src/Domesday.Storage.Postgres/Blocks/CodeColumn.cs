using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Domesday.Core.Storage;

namespace Domesday.Storage.Postgres.Blocks;

/// <summary>Codes as <see cref="CodePacker"/> packed them, read where they are asked for.</summary>
internal sealed class CodeColumn
{
    private const int ListAt = 1 + sizeof(int);

    private readonly byte[] _packed;
    private readonly int _known;
    private readonly int _bits;
    private readonly int _bytes;
    private readonly int _at;

    /// <exception cref="CorruptLedgerException">They are not that many.</exception>
    public CodeColumn(byte[] packed, int count)
    {
        _packed = packed;
        if (packed is [> CodePacker.Direct and <= CodePacker.Direct + sizeof(int) and var direct, ..])
        {
            (_bytes, _at) = (direct - CodePacker.Direct, 1);
            if (packed.Length != 1 + count * _bytes) throw Damaged();
            return;
        }
        if (packed is not [0 or 1 or 2 or 4 or 8 or 16, _, _, _, _, ..]) throw Damaged();
        (_bits, _known) = (packed[0], BinaryPrimitives.ReadInt32LittleEndian(packed.AsSpan(1)));
        if (_known < 1 || _known > count || _known > 1 << _bits) throw Damaged();
        _at = ListAt + sizeof(int) * _known;
        if (packed.Length != _at + (count * _bits + 7) / 8) throw Damaged();
    }

    public int this[int index] => _bytes > 0 ? Direct(index) : CodeAt(Place(index));

    /// <summary>Keeps of some events those that have this code.</summary>
    /// <returns>How many; they stand in front.</returns>
    public int Keep(int code, Span<int> indexes)
    {
        // One look into the list decides for most blocks.
        var place = _bytes > 0 ? code : MemoryMarshal.Cast<byte, int>(_packed.AsSpan(ListAt, sizeof(int) * _known)).IndexOf(BitConverter.IsLittleEndian ? code : BinaryPrimitives.ReverseEndianness(code));
        if (place < 0) return 0;
        var kept = 0;
        foreach (var index in indexes)
        {
            if ((_bytes > 0 ? Direct(index) : Place(index)) == place) indexes[kept++] = index;
        }
        return kept;
    }

    private int Place(int index) => _bits switch
    {
        0 => 0,
        16 => BinaryPrimitives.ReadUInt16LittleEndian(_packed.AsSpan(_at + 2 * index)),
        _ => _packed[_at + (index * _bits >> 3)] >> (index * _bits & 7) & (1 << _bits) - 1,
    };

    /// <exception cref="CorruptLedgerException">The place lies beyond the list.</exception>
    private int CodeAt(int place) => place < _known ? BinaryPrimitives.ReadInt32LittleEndian(_packed.AsSpan(ListAt + sizeof(int) * place)) : throw Damaged();

    private int Direct(int index)
    {
        var code = 0;
        for (var place = _bytes - 1; place >= 0; place--) code = code << 8 | _packed[_at + index * _bytes + place];
        return code;
    }

    private static CorruptLedgerException Damaged() => new("A block has a column of another length.");
}
