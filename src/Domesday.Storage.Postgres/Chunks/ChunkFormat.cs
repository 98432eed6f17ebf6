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
    private const byte Deflated = 2;
    private const int WorthCompressing = 64;

    // A page of fifty events unpacks up to fifty chunks: quick to unpack was preferred to small; see docs/adr/0039-postgres-schema.md.
    private static readonly ZLibCompressionOptions Level = new() { CompressionLevel = 1 };

    public static byte[] Pack(ReadOnlySpan<byte> bytes)
    {
        // What does not become shorter is written whole; the rest of the room is for the deflater to find that out.
        var packed = new byte[HeaderBytes + bytes.Length + bytes.Length / 8 + WorthCompressing];
        var (form, length) = (Plain, bytes.Length);
        if (bytes.Length >= WorthCompressing && Deflate(bytes, packed) is var deflated && deflated < bytes.Length) (form, length) = (Deflated, deflated);
        else bytes.CopyTo(packed.AsSpan(HeaderBytes));
        packed[0] = form;
        BinaryPrimitives.WriteUInt32LittleEndian(packed.AsSpan(1), Checksum.Of(packed.AsSpan(HeaderBytes, length)));
        return packed[..(HeaderBytes + length)];
    }

    /// <param name="length">Of the bytes before they were packed.</param>
    /// <param name="what">Names it when it is damaged.</param>
    /// <exception cref="CorruptLedgerException">They do not agree with their checksum.</exception>
    public static byte[] Unpack(byte[] packed, int length, string what)
    {
        using var bytes = Begin(packed, length, what);
        bytes.From(0, length);
        return bytes.Bytes;
    }

    /// <summary>Begins to unpack bytes whose first ones may be all that is wanted; their checksum is checked.</summary>
    /// <inheritdoc cref="Unpack"/>
    public static UnpackedBytes Begin(byte[] packed, int length, string what)
    {
        if (packed.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(packed.AsSpan(1)) != Checksum.Of(packed.AsSpan(HeaderBytes))) throw new CorruptLedgerException($"{what} does not agree with its checksum.");
        var content = new MemoryStream(packed, HeaderBytes, packed.Length - HeaderBytes);
        return packed[0] switch
        {
            Plain => new(content, length, what),
            Deflated => new(new DeflateStream(content, CompressionMode.Decompress), length, what),
            _ => throw new CorruptLedgerException($"{what} cannot be unpacked."),
        };
    }

    /// <returns>Bytes behind the header.</returns>
    private static int Deflate(ReadOnlySpan<byte> bytes, byte[] packed)
    {
        using var output = new MemoryStream(packed, HeaderBytes, packed.Length - HeaderBytes);
        using (var deflate = new DeflateStream(output, Level, leaveOpen: true)) deflate.Write(bytes);
        return (int)output.Position;
    }
}
