using System.Buffers.Binary;
using System.Numerics;

namespace Domesday.Storage.Embedded.Coding;

/// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4), in hardware where there is one.</summary>
internal static class Checksum
{
    public const int Bytes = 4;

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }
        foreach (var value in bytes) crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }

    /// <summary>Whether the last four bytes are the checksum of those before.</summary>
    public static bool Agrees(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= Bytes && BinaryPrimitives.ReadUInt32LittleEndian(bytes[^Bytes..]) == Of(bytes[..^Bytes]);
}
