using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
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

    /// <summary>What it takes in memory.</summary>
    public int Bytes => _packed.Length;

    /// <summary>The events of a run that have this code, in order.</summary>
    /// <param name="found">Room for all of them.</param>
    /// <returns>How many.</returns>
    public int Find(int code, int from, int to, Span<int> found)
    {
        var place = PlaceOf(code);
        if (place < 0) return 0;
        switch (_bytes, _bits)
        {
            case (0, 8) or (1, _):
                return place > byte.MaxValue ? 0 : FindEqual(_packed.AsSpan(_at)[from..to], (byte)place, from, found);
            case (0, 16) or (2, _) when BitConverter.IsLittleEndian:
                return place > ushort.MaxValue ? 0 : FindEqual(MemoryMarshal.Cast<byte, ushort>(_packed.AsSpan(_at))[from..to], (ushort)place, from, found);
            case (0, 4):
                return FindHalves(place, from, to, found);
            default:
                return FindEach(place, from, to, found);
        }
    }

    /// <summary>Keeps of some events those that have this code.</summary>
    /// <returns>How many; they stand in front.</returns>
    public int Keep(int code, Span<int> indexes)
    {
        var place = PlaceOf(code);
        if (place < 0) return 0;
        var kept = 0;
        foreach (var index in indexes)
        {
            if ((_bytes > 0 ? Direct(index) : Place(index)) == place) indexes[kept++] = index;
        }
        return kept;
    }

    /// <summary>Keeps of some events those that have one of these codes, or none of them.</summary>
    /// <returns>How many; they stand in front.</returns>
    public int Keep(IReadOnlySet<int> codes, bool not, Span<int> indexes)
    {
        // Each code of the list is looked up once instead of once for each event.
        var isWanted = new bool[_known];
        for (var place = 0; place < isWanted.Length; place++) isWanted[place] = codes.Contains(CodeAt(place)) != not;
        if (_bytes == 0 && !isWanted.Contains(true)) return 0;
        var kept = 0;
        foreach (var index in indexes)
        {
            if (_bytes > 0 ? codes.Contains(Direct(index)) != not : isWanted[Place(index)]) indexes[kept++] = index;
        }
        return kept;
    }

    private static int FindEqual<T>(ReadOnlySpan<T> values, T value, int offset, Span<int> found)
        where T : unmanaged, IEquatable<T>
    {
        var (count, at) = (0, 0);
        // A total may look at millions: thirty-two bytes at a time.
        if (Vector256.IsHardwareAccelerated)
        {
            var wanted = Vector256.Create(value);
            for (; at <= values.Length - Vector256<T>.Count; at += Vector256<T>.Count)
            {
                for (var equal = Vector256.Equals(Vector256.Create(values[at..]), wanted).ExtractMostSignificantBits(); equal != 0; equal &= equal - 1) found[count++] = offset + at + BitOperations.TrailingZeroCount(equal);
            }
        }
        for (; at < values.Length; at++)
        {
            if (values[at].Equals(value)) found[count++] = offset + at;
        }
        return count;
    }

    /// <summary>The same where two events share a byte: sixty-four of them at a time.</summary>
    private int FindHalves(int place, int from, int to, Span<int> found)
    {
        var (count, index) = (0, from);
        if (Vector256.IsHardwareAccelerated && to - from > 2 * Vector256<byte>.Count)
        {
            if ((from & 1) != 0) count = FindEach(place, from, ++index, found);
            var (wanted, low) = (Vector256.Create((byte)place), Vector256.Create((byte)0x0F));
            for (; index <= to - 2 * Vector256<byte>.Count; index += 2 * Vector256<byte>.Count)
            {
                var bytes = Vector256.Create(_packed.AsSpan(_at + index / 2));
                var first = Vector256.Equals(bytes & low, wanted).ExtractMostSignificantBits();
                var second = Vector256.Equals(Vector256.ShiftRightLogical(bytes.AsUInt16(), 4).AsByte() & low, wanted).ExtractMostSignificantBits();
                for (var equal = Spread(first) | Spread(second) << 1; equal != 0; equal &= equal - 1) found[count++] = index + BitOperations.TrailingZeroCount(equal);
            }
        }
        return count + FindEach(place, index, to, found[count..]);
    }

    private int FindEach(int place, int from, int to, Span<int> found)
    {
        var count = 0;
        for (var index = from; index < to; index++)
        {
            if ((_bytes > 0 ? Direct(index) : Place(index)) == place) found[count++] = index;
        }
        return count;
    }

    /// <summary>Puts a zero behind each bit.</summary>
    private static ulong Spread(uint bits)
    {
        var spread = (ulong)bits;
        spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFF;
        spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FF;
        spread = (spread | spread << 4) & 0x0F0F_0F0F_0F0F_0F0F;
        spread = (spread | spread << 2) & 0x3333_3333_3333_3333;
        return (spread | spread << 1) & 0x5555_5555_5555_5555;
    }

    /// <summary>What stands for a code in the column; -1 when no event has it.</summary>
    private int PlaceOf(int code) =>
        _bytes > 0 ? code : MemoryMarshal.Cast<byte, int>(_packed.AsSpan(ListAt, sizeof(int) * _known)).IndexOf(BitConverter.IsLittleEndian ? code : BinaryPrimitives.ReverseEndianness(code));

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
