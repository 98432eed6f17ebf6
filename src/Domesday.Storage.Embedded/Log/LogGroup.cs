using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Events.Merkle;
using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Log;

/// <summary>The bytes of one group while it is put together. Used again and again.</summary>
internal sealed class LogGroup
{
    private readonly ByteBuffer _bytes = new(1024 * 1024);
    private int _part;

    public int Length => _bytes.Length;

    public void Begin()
    {
        _bytes.Clear();
        _bytes.Reserve(LogFormat.GroupHeaderBytes);
        _bytes.Advance(LogFormat.GroupHeaderBytes);
    }

    public void BeginPart(string tenant, long firstSequence, int count, int attachments)
    {
        _part = _bytes.Length;
        LogFormat.WritePartHeader(_bytes, tenant, firstSequence, count, attachments);
    }

    /// <summary>Adds an entry with its sequence.</summary>
    /// <returns>Where it stands behind its 0x00: valid for <see cref="Slice"/> until the next <see cref="Begin"/>.</returns>
    public (int Start, int Length) Add(PendingEntry entry, ReadOnlySpan<byte> buffer, long sequence)
    {
        var length = entry.LengthWith(sequence) + 1;
        _bytes.WriteInt32(length);
        var start = _bytes.Length;
        var target = _bytes.Reserve(length);
        target[0] = MerkleHash.LeafPrefix;
        entry.Write(buffer, sequence, target[1..]);
        _bytes.Advance(length);
        return (start, length);
    }

    public void AddAttachment(long sequence, PendingAttachment attachment)
    {
        _bytes.WriteInt64(sequence);
        _bytes.Append(Convert.FromHexString(attachment.Sha256));
        _bytes.WriteInt32(attachment.Bytes.Length);
        _bytes.Append(attachment.Bytes.Span);
    }

    public void EndPart() => LogFormat.FinishPart(_bytes, _part);

    public ReadOnlySpan<byte> Slice(int start, int length) => _bytes.Slice(start, length);

    /// <returns>The whole group.</returns>
    public ReadOnlySpan<byte> End(long number)
    {
        LogFormat.WriteGroupHeader(_bytes.Mutable(0, LogFormat.GroupHeaderBytes), number, _bytes.Length - LogFormat.GroupHeaderBytes);
        return _bytes.Written;
    }
}
