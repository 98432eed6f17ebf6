using System.Buffers.Binary;
using System.IO.Compression;
using Domesday.Core.Storage;

namespace Domesday.Storage.Postgres.Chunks;

/// <summary>Bytes as the tables keep them: a byte for the form, CRC-32C of what follows, and the bytes, compressed when that makes them shorter.</summary>
/// <remarks>What a chunk of entries is before that: see ChunkBuilder.</remarks>
internal static class ChunkFormat
{
    /// <summary>What stands before the bytes.</summary>
    public const int HeaderBytes = 5;

    private const byte Plain = 0;
    private const byte Brotli = 1;

    // Higher levels take longer than everything else that is done for an event; see docs/adr/0039-postgres-schema.md.
    private const int Quality = 1;
    private const int WindowBits = 18;
    private const int WorthCompressing = 64;

    public static byte[] Pack(ReadOnlySpan<byte> bytes)
    {
        var packed = new byte[HeaderBytes + bytes.Length];
        var (form, length) = (Plain, bytes.Length);
        if (bytes.Length >= WorthCompressing && BrotliEncoder.TryCompress(bytes, packed.AsSpan(HeaderBytes), out var written, Quality, WindowBits) && written < bytes.Length) (form, length) = (Brotli, written);
        else bytes.CopyTo(packed.AsSpan(HeaderBytes));
        packed[0] = form;
        BinaryPrimitives.WriteUInt32LittleEndian(packed.AsSpan(1), Checksum.Of(packed.AsSpan(HeaderBytes, length)));
        return length == bytes.Length ? packed : packed[..(HeaderBytes + length)];
    }

    /// <param name="length">Of the bytes before they were packed.</param>
    /// <param name="what">Names it when it is damaged.</param>
    /// <exception cref="CorruptLedgerException">They do not agree with their checksum.</exception>
    public static byte[] Unpack(ReadOnlySpan<byte> packed, int length, string what)
    {
        if (packed.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(packed[1..]) != Checksum.Of(packed[HeaderBytes..])) throw new CorruptLedgerException($"{what} does not agree with its checksum.");
        var content = packed[HeaderBytes..];
        var bytes = new byte[length];
        var isWhole = packed[0] switch
        {
            Plain => content.Length == length && content.TryCopyTo(bytes),
            Brotli => BrotliDecoder.TryDecompress(content, bytes, out var written) && written == length,
            _ => false,
        };
        return isWhole ? bytes : throw new CorruptLedgerException($"{what} cannot be unpacked.");
    }
}
