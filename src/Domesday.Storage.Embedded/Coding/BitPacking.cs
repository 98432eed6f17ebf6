using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Domesday.Events.Json;

namespace Domesday.Storage.Embedded.Coding;

/// <summary>Numbers of 0 to 64 bits each, one behind the other, lowest bit first; any of them is read on its own.</summary>
internal static class BitPacking
{
    /// <summary>Bytes that must follow the packed numbers, so that each is read with two loads.</summary>
    public const int Padding = 8;

    /// <summary>Bits that the largest number needs: 0 to 64.</summary>
    public static int WidthOf(ulong largest) => 64 - BitOperations.LeadingZeroCount(largest);

    /// <summary>Bytes that packing takes, without padding.</summary>
    public static int BytesFor(int count, int width) => (int)(((long)count * width + 7) >> 3);

    /// <summary>Packs numbers that fit into <paramref name="width"/> bits.</summary>
    public static void Write(ByteBuffer output, ReadOnlySpan<ulong> values, int width)
    {
        var bytes = BytesFor(values.Length, width);
        var target = output.Reserve(bytes + Padding);
        target[..(bytes + Padding)].Clear();
        if (width > 0)
        {
            var bit = 0L;
            foreach (var value in values)
            {
                Put(target, bit, value, width);
                bit += width;
            }
        }
        output.Advance(bytes);
    }

    /// <summary>Reads one number.</summary>
    /// <param name="packed">The packed numbers and at least <see cref="Padding"/> bytes behind them, whatever they hold.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read(ReadOnlySpan<byte> packed, int index, int width)
    {
        if (width == 0) return 0;
        var bit = (long)index * width;
        var position = (int)(bit >> 3);
        var shift = (int)(bit & 7);
        var low = BinaryPrimitives.ReadUInt64LittleEndian(packed[position..]) >> shift;
        if (shift + width > 64) low |= (ulong)packed[position + 8] << (64 - shift);
        return width == 64 ? low : low & ((1UL << width) - 1);
    }

    private static void Put(Span<byte> target, long bit, ulong value, int width)
    {
        var position = (int)(bit >> 3);
        var shift = (int)(bit & 7);
        var place = target[position..];
        BinaryPrimitives.WriteUInt64LittleEndian(place, BinaryPrimitives.ReadUInt64LittleEndian(place) | value << shift);
        if (shift + width > 64) place[8] |= (byte)(value >> (64 - shift));
    }
}
