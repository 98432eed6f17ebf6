using System.Buffers.Binary;
using Domesday.Core.Storage;

namespace Domesday.Storage.Postgres.Blocks;

/// <summary>Times and hashes of a block: one byte for how many bytes each takes, the smallest of them in eight bytes, then what each is above it, all little-endian.</summary>
internal static class PackedNumbers
{
    private const int HeaderBytes = 1 + sizeof(long);

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

    /// <exception cref="CorruptLedgerException">They are not that many.</exception>
    public static long[] Unpack(ReadOnlySpan<byte> packed, int count)
    {
        var values = new long[count];
        if (packed.Length < HeaderBytes || packed[0] > sizeof(long) || packed.Length != HeaderBytes + count * packed[0]) throw new CorruptLedgerException("A block has a column of another length.");
        var (width, min) = (packed[0], BinaryPrimitives.ReadInt64LittleEndian(packed[1..]));
        var input = packed[HeaderBytes..];
        // While eight bytes can be read, the ones too many are cut off; the last ones are put together byte by byte.
        var mask = width == sizeof(long) ? ulong.MaxValue : (1UL << 8 * width) - 1;
        var i = 0;
        for (; i < count && i * width + sizeof(long) <= input.Length; i++) values[i] = min + (long)(BinaryPrimitives.ReadUInt64LittleEndian(input[(i * width)..]) & mask);
        for (; i < count; i++)
        {
            var above = 0UL;
            for (var place = width - 1; place >= 0; place--) above = above << 8 | input[i * width + place];
            values[i] = min + (long)above;
        }
        return values;
    }

    private static int WidthOf(ulong most)
    {
        var width = 0;
        for (; most != 0; most >>= 8) width++;
        return width;
    }
}
