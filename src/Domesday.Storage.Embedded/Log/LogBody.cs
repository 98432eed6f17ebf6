using Domesday.Storage.Embedded.Coding;
using Domesday.Storage.Embedded.Segments;

namespace Domesday.Storage.Embedded.Log;

/// <summary>Reads the entries and attachments of one part.</summary>
internal ref struct LogBody(LogPart part, ReadOnlySpan<byte> body)
{
    private WireReader _reader = new(body);
    private int _entries = part.Count;
    private int _attachments = part.Attachments;

    /// <param name="prefixed">The entry behind its 0x00.</param>
    public bool TryReadEntry(out ReadOnlySpan<byte> prefixed)
    {
        prefixed = default;
        if (_entries-- <= 0) return false;
        prefixed = _reader.Skip(_reader.Int32());
        return true;
    }

    /// <summary>To be called after all entries were read.</summary>
    public bool TryReadAttachment(out Attachment? attachment)
    {
        attachment = null;
        if (_attachments-- <= 0) return false;
        var sequence = _reader.Int64();
        var digest = Convert.ToHexStringLower(_reader.Skip(32));
        attachment = new(sequence, digest, _reader.Skip(_reader.Int32()).ToArray());
        return true;
    }
}
