using System.Buffers.Binary;
using Domesday.Events.Json;
using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>One block's share of a column without a dictionary: 16-byte ids when all values have that form, lengths and bytes otherwise.</summary>
internal readonly struct PlainValues
{
    private const byte FormBytes = 0;
    private const byte FormUuid = 1;
    private const byte FormHex = 2;
    private const int IdBytes = 16;
    private const int UuidLength = 36;
    private const int HexLength = 32;

    private readonly byte _form;
    private readonly PackedNumbers _first;
    private readonly PackedNumbers _second;
    private readonly int _heap;

    private PlainValues(byte form, PackedNumbers first, PackedNumbers second, int heap) => (_form, _first, _second, _heap) = (form, first, second, heap);

    /// <summary>Whether no row has a value.</summary>
    public bool IsAbsent => _form == FormBytes && _first.IsZero;

    public static void Write(ByteBuffer output, BlockColumn column, int rows, ulong[] numbers)
    {
        if (TryWriteIds(output, column, rows, numbers, FormUuid) || TryWriteIds(output, column, rows, numbers, FormHex)) return;
        output.Append(FormBytes);
        var bytes = 0;
        for (var row = 0; row < rows; row++) bytes += (int)(numbers[row] = (ulong)column.Value(row).Length);
        PackedNumbers.Write(output, numbers.AsSpan(0, rows));
        output.WriteInt32(bytes);
        for (var row = 0; row < rows; row++) output.Append(column.Value(row));
    }

    public static PlainValues Find(ReadOnlySpan<byte> block, ref int position, int rows)
    {
        var form = block[position++];
        var first = PackedNumbers.Find(block, ref position, rows);
        if (form != FormBytes) return new(form, first, PackedNumbers.Find(block, ref position, rows), 0);
        var heap = position + 4;
        position = heap + BinaryPrimitives.ReadInt32LittleEndian(block[position..]);
        return new(form, first, default, heap);
    }

    /// <summary>The value of a row; empty for absent.</summary>
    /// <param name="known">The last place that was looked up in this block, from which the next one is found, in either direction; at first the default.</param>
    /// <param name="scratch">At least 36 bytes; the value may stand in it.</param>
    public ReadOnlySpan<byte> Get(ReadOnlySpan<byte> block, int row, ref KnownPlace known, Span<byte> scratch)
    {
        if (_form != FormBytes) return Text(_first.Get(block, row), _second.Get(block, row), scratch);
        if (row < known.Row - row) known = default;
        var start = known.Start;
        for (var i = known.Row; i < row; i++) start += (int)_first.Get(block, i);
        for (var i = known.Row - 1; i >= row; i--) start -= (int)_first.Get(block, i);
        known = new(row, start);
        return block.Slice(_heap + start, (int)_first.Get(block, row));
    }

    private static bool TryWriteIds(ByteBuffer output, BlockColumn column, int rows, ulong[] high, byte form)
    {
        Span<ulong> low = stackalloc ulong[BlockWriter.Rows];
        Span<byte> id = stackalloc byte[IdBytes];
        Span<byte> text = stackalloc byte[UuidLength];
        for (var row = 0; row < rows; row++)
        {
            var value = column.Value(row);
            if (!TryParse(value, form, id)) return false;
            high[row] = BinaryPrimitives.ReadUInt64BigEndian(id);
            low[row] = BinaryPrimitives.ReadUInt64BigEndian(id[8..]);
            if (!Format(id, form, text).SequenceEqual(value)) return false;
        }
        output.Append(form);
        PackedNumbers.Write(output, high.AsSpan(0, rows));
        PackedNumbers.Write(output, low[..rows]);
        return true;
    }

    private static bool TryParse(ReadOnlySpan<byte> value, byte form, Span<byte> id)
    {
        if (form == FormHex) return value.Length == HexLength && Convert.FromHexString(value, id, out _, out _) == System.Buffers.OperationStatus.Done;
        return value.Length == UuidLength && Guid.TryParse(value, out var guid) && guid.TryWriteBytes(id, bigEndian: true, out _);
    }

    private ReadOnlySpan<byte> Text(ulong high, ulong low, Span<byte> scratch)
    {
        Span<byte> id = stackalloc byte[IdBytes];
        BinaryPrimitives.WriteUInt64BigEndian(id, high);
        BinaryPrimitives.WriteUInt64BigEndian(id[8..], low);
        return Format(id, _form, scratch);
    }

    private static ReadOnlySpan<byte> Format(scoped ReadOnlySpan<byte> id, byte form, Span<byte> text)
    {
        var length = 0;
        if (form == FormHex) Convert.TryToHexStringLower(id, text, out length);
        else new Guid(id, bigEndian: true).TryFormat(text, out length);
        return text[..length];
    }
}

/// <summary>Where a row's value begins, of values of different lengths that stand one behind the other.</summary>
internal readonly record struct KnownPlace(int Row, int Start);
