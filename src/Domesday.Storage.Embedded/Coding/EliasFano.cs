using System.Numerics;
using Domesday.Events.Json;

namespace Domesday.Storage.Embedded.Coding;

/// <summary>Ascending numbers in about two bits each more than the logarithm of their mean distance.</summary>
/// <remarks>Source: Elias 1974, Fano 1971: the low bits of each number are packed, the high ones are written in unary.</remarks>
internal static class EliasFano
{
    /// <summary>Appends <paramref name="values"/>, which ascend strictly and are below <paramref name="limit"/>.</summary>
    public static void Write(ByteBuffer output, ReadOnlySpan<int> values, int limit)
    {
        var lowBits = LowBits(values.Length, limit);
        var highBytes = HighBytes(values.Length, limit, lowBits);
        var low = new ulong[values.Length];
        var mask = (1UL << lowBits) - 1;
        for (var i = 0; i < values.Length; i++) low[i] = (ulong)values[i] & mask;
        BitPacking.Write(output, low, lowBits);
        var high = output.Reserve(highBytes)[..highBytes];
        high.Clear();
        for (var i = 0; i < values.Length; i++)
        {
            var bit = (values[i] >> lowBits) + i;
            high[bit >> 3] |= (byte)(1 << (bit & 7));
        }
        output.Advance(highBytes);
    }

    /// <summary>Bytes that <see cref="Write"/> appends.</summary>
    public static int BytesFor(int count, int limit)
    {
        var lowBits = LowBits(count, limit);
        return BitPacking.BytesFor(count, lowBits) + HighBytes(count, limit, lowBits);
    }

    /// <summary>Reads all numbers.</summary>
    /// <param name="bytes">What was written, and <see cref="BitPacking.Padding"/> bytes behind it.</param>
    /// <param name="values">Gets them; its length is their count.</param>
    public static void Read(ReadOnlySpan<byte> bytes, Span<int> values, int limit)
    {
        var lowBits = LowBits(values.Length, limit);
        var high = bytes[BitPacking.BytesFor(values.Length, lowBits)..];
        var (position, word) = (0, (uint)high[0]);
        for (var i = 0; i < values.Length; i++)
        {
            while (word == 0) word = high[++position];
            var bit = position * 8 + BitOperations.TrailingZeroCount(word);
            word &= word - 1;
            values[i] = (bit - i) << lowBits | (int)BitPacking.Read(bytes, i, lowBits);
        }
    }

    private static int LowBits(int count, int limit) => count == 0 || limit <= count ? 0 : BitOperations.Log2((uint)(limit / count));

    private static int HighBytes(int count, int limit, int lowBits) => (count + (limit >> lowBits) + 1 + 7) >> 3;
}
