using System.Buffers.Binary;
using System.Text;
using Domesday.Events.Json;
using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Log;

/// <summary>The write-ahead log on disk: files of groups, each group one write and one sync, made of one part for each batch.</summary>
/// <remarks>
/// File: magic, number, and up to where the file before it counts. Group: magic, number, length, checksum. Part: magic, lengths, first sequence, tenant,
/// checksum; then its entries and its checksum. Group numbers run on over all files. A group is written only after the one before it was synced:
/// a group that is not whole is therefore torn when it is the last one, and damaged when any other follows. See docs/adr/0008-durable-log.md.
/// </remarks>
internal static class LogFormat
{
    public const string Folder = "log";
    public const int FileHeaderBytes = 40;
    public const int GroupHeaderBytes = 20;
    public const int PartHeaderBytes = 30;

    public const uint FileMagic = 0x474C4D44;
    public const uint GroupMagic = 0x52474D44;
    public const uint PartMagic = 0x54504D44;

    public static string NameOf(long file) => $"{Folder}/{file:d12}.log";

    public static byte[] FileHeader(long file, long previous, long previousLength)
    {
        var header = new byte[FileHeaderBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(header, FileMagic);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), file);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), previous);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(24), previousLength);
        Seal(header);
        return header;
    }

    /// <summary>Reads a file's header; false when it was never completely written.</summary>
    public static bool TryReadFileHeader(ReadOnlySpan<byte> bytes, out long file, out long previous, out long previousLength)
    {
        (file, previous, previousLength) = (0, 0, 0);
        if (bytes.Length < FileHeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != FileMagic || !Checksum.Agrees(bytes[..FileHeaderBytes])) return false;
        file = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
        previous = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]);
        previousLength = BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]);
        return true;
    }

    public static void WriteGroupHeader(Span<byte> header, long number, int length)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, GroupMagic);
        BinaryPrimitives.WriteInt64LittleEndian(header[4..], number);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], length);
        Seal(header[..GroupHeaderBytes]);
    }

    public static bool TryReadGroupHeader(ReadOnlySpan<byte> bytes, out long number, out int length)
    {
        (number, length) = (0, 0);
        if (bytes.Length < GroupHeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != GroupMagic || !Checksum.Agrees(bytes[..GroupHeaderBytes])) return false;
        number = BinaryPrimitives.ReadInt64LittleEndian(bytes[4..]);
        length = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        return length >= 0;
    }

    /// <summary>Appends a part's header with its tenant's name; <see cref="FinishPart"/> completes it.</summary>
    public static void WritePartHeader(ByteBuffer output, string tenant, long firstSequence, int count, int attachments)
    {
        var name = Encoding.ASCII.GetBytes(tenant);
        var header = output.Reserve(PartHeaderBytes)[..PartHeaderBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(header, PartMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], (ushort)name.Length);
        BinaryPrimitives.WriteInt64LittleEndian(header[6..], firstSequence);
        BinaryPrimitives.WriteInt32LittleEndian(header[14..], count);
        BinaryPrimitives.WriteInt32LittleEndian(header[18..], attachments);
        BinaryPrimitives.WriteInt32LittleEndian(header[22..], 0);
        output.Advance(PartHeaderBytes);
        output.Append(name);
        output.WriteInt32(0);
    }

    /// <summary>Completes a part: its body's length, and both checksums.</summary>
    /// <param name="start">Where the part begins in the buffer.</param>
    public static void FinishPart(ByteBuffer output, int start)
    {
        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(output.Slice(start + 4, 2));
        var headerLength = PartHeaderBytes + nameLength + Checksum.Bytes;
        var bodyLength = output.Length - start - headerLength;
        BinaryPrimitives.WriteInt32LittleEndian(output.Mutable(start + 22, 4), bodyLength);
        Seal(output.Mutable(start, headerLength));
        output.WriteInt32(unchecked((int)Checksum.Of(output.Slice(start + headerLength, bodyLength))));
    }

    /// <summary>Reads a part's header.</summary>
    public static bool TryReadPart(ReadOnlySpan<byte> bytes, out LogPart part)
    {
        part = default;
        if (bytes.Length < PartHeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != PartMagic) return false;
        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);
        var headerLength = PartHeaderBytes + nameLength + Checksum.Bytes;
        if (bytes.Length < headerLength || !Checksum.Agrees(bytes[..headerLength])) return false;
        var bodyLength = BinaryPrimitives.ReadInt32LittleEndian(bytes[22..]);
        if (bodyLength < 0 || bodyLength > bytes.Length - headerLength - Checksum.Bytes) return false;
        part = new(Encoding.ASCII.GetString(bytes.Slice(PartHeaderBytes, nameLength)), BinaryPrimitives.ReadInt64LittleEndian(bytes[6..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[14..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[18..]), headerLength, bodyLength,
            Checksum.Agrees(bytes.Slice(headerLength, bodyLength + Checksum.Bytes)));
        return true;
    }

    private static void Seal(Span<byte> bytes) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[^Checksum.Bytes..], Checksum.Of(bytes[..^Checksum.Bytes]));
}

/// <summary>One batch in the log.</summary>
/// <param name="IsIntact">Whether the body agrees with its checksum.</param>
internal readonly record struct LogPart(string Tenant, long FirstSequence, int Count, int Attachments, int HeaderLength, int BodyLength, bool IsIntact)
{
    public int Length => HeaderLength + BodyLength + Checksum.Bytes;
}
