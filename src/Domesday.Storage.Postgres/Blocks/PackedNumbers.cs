using System.Buffers.Binary;
using Domesday.Core.Storage;

namespace Domesday.Storage.Postgres.Blocks;

/// <summary>Times and hashes of a block: one byte for how many bytes each takes, the smallest of them in eight bytes, then what each is above it, all little-endian.</summary>
internal static class PackedNumbers
{
    public const int HeaderBytes = 1 + sizeof(long);

    /// <summary>Nothing but 0, any number of times.</summary>
    public static byte[] Zeros { get; } = new byte[HeaderBytes];

    /// <returns>Null when all are 0.</returns>
    public static byte[]? Pack(ReadOnlySpan<long> values)
    {
        var (min, max) = (long.MaxValue, long.MinValue);
        foreach (var value in values) (min, max) = (Math.Min(min, value), Math.Max(max, value));
        if (min == 0 && max == 0) return null;
        var width = WidthOf((ulong)(max - min));
        var packed = new byte[HeaderBytes + values.Length * width];
        packed[0] = (byte)width;
        BinaryPrimitives.WriteInt64LittleEndian(packed.AsSpan(1), min);
        var output = packed.AsSpan(HeaderBytes);
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        foreach (var value in values)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value - min);
            bytes[..width].CopyTo(output);
            output = output[width..];
        }
        return packed;
    }

    private static int WidthOf(ulong most)
    {
        var width = 0;
        for (; most != 0; most >>= 8) width++;
        return width;
    }
}

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
