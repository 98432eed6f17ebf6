using System.IO.Compression;
using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>A body that is kept beside an entry.</summary>
internal sealed record Attachment(long Sequence, string Sha256, ReadOnlyMemory<byte> Bytes);

/// <summary>The bodies that a segment keeps beside its entries, each compressed on its own.</summary>
internal sealed class AttachmentSection
{
    private const int BrotliQuality = 4;
    private const int BrotliWindowBits = 20;

    private readonly SegmentSource _source;
    private readonly Dictionary<(long Sequence, string Sha256), (Section Section, int Length)> _places = [];

    public AttachmentSection(SegmentSource source, ReadOnlySpan<byte> directory)
    {
        _source = source;
        var reader = new WireReader(directory);
        for (var left = reader.Int32(); left > 0; left--)
        {
            var key = (reader.Int64(), Convert.ToHexStringLower(reader.Skip(32)));
            _places[key] = (new(reader.Int64(), reader.Int32()), reader.Int32());
        }
    }

    /// <summary>Everything in the section, one at a time.</summary>
    public IEnumerable<Attachment> All => _places.Keys.Select(key => new Attachment(key.Sequence, key.Sha256, Find(key.Sequence, key.Sha256)!));

    /// <returns>Null when there is no such body.</returns>
    public byte[]? Find(long sequence, string sha256)
    {
        if (!_places.TryGetValue((sequence, sha256), out var place)) return null;
        var packed = _source.Read(place.Section);
        var bytes = new byte[place.Length];
        return BrotliDecoder.TryDecompress(packed.AsSpan(0, place.Section.Length - Checksum.Bytes), bytes, out var written) && written == bytes.Length
            ? bytes
            : throw new CorruptLedgerException("An attachment does not decompress.");
    }

    /// <returns>The directory.</returns>
    public static Section Write(SegmentOutput output, IEnumerable<Attachment> attachments)
    {
        var entries = new ByteBuffer();
        var count = 0;
        foreach (var attachment in attachments)
        {
            var packed = new byte[BrotliEncoder.GetMaxCompressedLength(attachment.Bytes.Length)];
            if (!BrotliEncoder.TryCompress(attachment.Bytes.Span, packed, out var length, BrotliQuality, BrotliWindowBits)) throw new InvalidOperationException("Brotli refused a body.");
            var section = output.Write(packed.AsSpan(0, length));
            entries.WriteInt64(attachment.Sequence);
            entries.Append(Convert.FromHexString(attachment.Sha256));
            entries.WriteInt64(section.Position);
            entries.WriteInt32(section.Length);
            entries.WriteInt32(attachment.Bytes.Length);
            count++;
        }
        var directory = new ByteBuffer();
        directory.WriteInt32(count);
        directory.Append(entries.Written);
        return output.Write(directory.Written);
    }
}
