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
            file.Write(_written, bytes);
            _written += bytes.Length;
            return;
        }
        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }

    private void Flush()
    {
        if (_used == 0) return;
        file.Write(_written, _buffer.AsSpan(0, _used));
        _written += _used;
        _used = 0;
    }
}
