using System.Buffers.Binary;

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
