using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Domesday.Client.Spool;

/// <summary>What a record of the spool says.</summary>
internal enum SpoolKind : byte
{
    /// <summary>An event to be sent.</summary>
    Event = 1,

    /// <summary>An act begins; its payload is the event that is sent when nothing further is said about it.</summary>
    Begin = 2,

    /// <summary>The act ended; the payload is its event.</summary>
    Complete = 3,

    /// <summary>The act leaves no event.</summary>
    Cancel = 4,

    /// <summary>A begin that was moved behind others, so that their files can go.</summary>
    Carry = 5,
}

/// <summary>One record in a segment: payload length, CRC-32C of all that follows it, kind, id of the act, payload. Numbers are little-endian.</summary>
/// <remarks>The checksum begins with the length, so that a length that was damaged is seen too.</remarks>
internal readonly record struct SpoolFrame(SpoolKind Kind, Guid Id, ReadOnlyMemory<byte> Payload, int Length)
{
    public const int HeaderBytes = 4 + 4 + 1 + 16;

    /// <summary>Largest event, in bytes; larger than any that the service takes.</summary>
    public const int PayloadBytesMax = 64 * 1024 * 1024;

    public static void Write(Span<byte> frame, SpoolKind kind, Guid id, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
        frame[8] = (byte)kind;
        id.TryWriteBytes(frame[9..]);
        payload.CopyTo(frame[HeaderBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], Checksum(frame[..(HeaderBytes + payload.Length)]));
    }

    /// <summary>Reads the record at the beginning of <paramref name="bytes"/>.</summary>
    /// <returns>False when none stands there whole and undamaged.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out SpoolFrame frame)
    {
        frame = default;
        var span = bytes.Span;
        if (span.Length < HeaderBytes) return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(span);
        if (length is < 0 or > PayloadBytesMax || span.Length - HeaderBytes < length) return false;
        var whole = span[..(HeaderBytes + length)];
        if (BinaryPrimitives.ReadUInt32LittleEndian(whole[4..]) != Checksum(whole)) return false;
        var kind = (SpoolKind)whole[8];
        if (kind is < SpoolKind.Event or > SpoolKind.Carry) return false;
        frame = new(kind, new Guid(whole.Slice(9, 16)), bytes.Slice(HeaderBytes, length), whole.Length);
        return true;
    }

    /// <summary>Length that the record at the beginning claims to have, header included; its header's when not even that is there.</summary>
    public static long ClaimedLength(ReadOnlySpan<byte> bytes) =>
        bytes.Length < 4 ? HeaderBytes : HeaderBytes + Math.Clamp((long)BinaryPrimitives.ReadInt32LittleEndian(bytes), 0, PayloadBytesMax);

    /// <remarks>Source: RFC 3720 appendix B.4, CRC-32C.</remarks>
    private static uint Checksum(ReadOnlySpan<byte> frame)
    {
        var crc = BitOperations.Crc32C(uint.MaxValue, BinaryPrimitives.ReadUInt32LittleEndian(frame));
        var rest = frame[8..];
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(rest)) crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        foreach (var last in rest[(rest.Length & ~7)..]) crc = BitOperations.Crc32C(crc, last);
        return ~crc;
    }
}
