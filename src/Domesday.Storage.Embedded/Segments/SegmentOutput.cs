using System.Buffers.Binary;
using Domesday.Storage.Embedded.Coding;
using Domesday.Storage.Embedded.Disk;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Writes a segment file from front to end.</summary>
internal sealed class SegmentOutput(IDiskFile file) : IDisposable
{
    private readonly byte[] _buffer = new byte[256 * 1024];
    private int _used;
    private long _written;

    public long Position => _written + _used;

    /// <summary>Appends bytes and their checksum.</summary>
    public Section Write(ReadOnlySpan<byte> bytes)
    {
        var position = Position;
        Append(bytes);
        Span<byte> checksum = stackalloc byte[Checksum.Bytes];
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, Checksum.Of(bytes));
        Append(checksum);
        return new(position, bytes.Length + Checksum.Bytes);
    }

    /// <summary>Makes everything durable; the next read comes from the disk.</summary>
    public void Finish()
    {
        Flush();
        file.Sync();
        file.DropCache();
    }

    public void Dispose() => file.Dispose();

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - _used) Flush();
        if (bytes.Length > _buffer.Length)
        {
            WriteOut(bytes);
            return;
        }
        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }

    private void Flush()
    {
        if (_used > 0) WriteOut(_buffer.AsSpan(0, _used));
        _used = 0;
    }

    private void WriteOut(ReadOnlySpan<byte> bytes)
    {
        file.Write(_written, bytes);
        // All at once at the end would hold up the syncs of the log, and with them everybody's receipts.
        file.BeginSync(_written, bytes.Length);
        _written += bytes.Length;
    }
}
