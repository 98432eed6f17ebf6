using System.Buffers.Binary;
using Domesday.Events.Json;
using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Numbers as their distance from the smallest one: a width of one byte, the smallest, the packed distances.</summary>
internal readonly struct PackedNumbers
{
    private const int HeaderBytes = 9;

    private readonly int _at;
    private readonly int _width;
    private readonly ulong _smallest;

    private PackedNumbers(int at, int width, ulong smallest) => (_at, _width, _smallest) = (at, width, smallest);

    /// <summary>Whether every number is zero.</summary>
    public bool IsZero => _width == 0 && _smallest == 0;

    /// <param name="numbers">Are changed.</param>
    public static void Write(ByteBuffer output, Span<ulong> numbers)
    {
        var (smallest, largest) = (ulong.MaxValue, 0UL);
        foreach (var number in numbers) (smallest, largest) = (Math.Min(smallest, number), Math.Max(largest, number));
        for (var i = 0; i < numbers.Length; i++) numbers[i] -= smallest;
        var width = BitPacking.WidthOf(largest - smallest);
        if (smallest == 0)
        {
            output.Append((byte)width);
        }
        else
        {
            output.Append((byte)(width | 0x80));
            output.WriteInt64((long)smallest);
        }
        BitPacking.Write(output, numbers, width);
    }

    /// <summary>Finds the numbers that begin at <paramref name="position"/>, and moves it behind them.</summary>
    public static PackedNumbers Find(ReadOnlySpan<byte> block, ref int position, int count)
    {
        var width = block[position] & 0x7F;
        var smallest = 0UL;
        var at = position + 1;
        if ((block[position] & 0x80) != 0)
        {
            smallest = BinaryPrimitives.ReadUInt64LittleEndian(block[at..]);
            at = position + HeaderBytes;
        }
        position = at + BitPacking.BytesFor(count, width);
        return new(at, width, smallest);
    }

    public ulong Get(ReadOnlySpan<byte> block, int index) => BitPacking.Read(block[_at..], index, _width) + _smallest;
}
