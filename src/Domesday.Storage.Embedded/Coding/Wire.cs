using System.Buffers.Binary;
using Domesday.Events.Json;

namespace Domesday.Storage.Embedded.Coding;

/// <summary>Whole numbers and runs of bytes in the engine's files: little-endian, or in groups of seven bits.</summary>
internal static class Wire
{
    public static void WriteUInt16(this ByteBuffer output, int value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(output.Reserve(2), (ushort)value);
        output.Advance(2);
    }

    public static void WriteInt32(this ByteBuffer output, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.Reserve(4), value);
        output.Advance(4);
    }

    public static void WriteInt64(this ByteBuffer output, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(output.Reserve(8), value);
        output.Advance(8);
    }

    public static void WriteVarint(this ByteBuffer output, ulong value)
    {
        for (; value >= 0x80; value >>= 7) output.Append((byte)(value | 0x80));
        output.Append((byte)value);
    }

    /// <summary>A length, then the bytes.</summary>
    public static void WriteBytes(this ByteBuffer output, ReadOnlySpan<byte> bytes)
    {
        output.WriteVarint((ulong)bytes.Length);
        output.Append(bytes);
    }
}

/// <summary>Reads what <see cref="Wire"/> writes.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public byte Byte()
    {
        var value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    public int UInt16()
    {
        var value = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        _rest = _rest[2..];
        return value;
    }

    public int Int32()
    {
        var value = BinaryPrimitives.ReadInt32LittleEndian(_rest);
        _rest = _rest[4..];
        return value;
    }

    public long Int64()
    {
        var value = BinaryPrimitives.ReadInt64LittleEndian(_rest);
        _rest = _rest[8..];
        return value;
    }

    public ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        throw new FormatException("A number is too long.");
    }

    public ReadOnlySpan<byte> Bytes()
    {
        var length = checked((int)Varint());
        return Skip(length);
    }

    public ReadOnlySpan<byte> Skip(int length)
    {
        var value = _rest[..length];
        _rest = _rest[length..];
        return value;
    }
}
