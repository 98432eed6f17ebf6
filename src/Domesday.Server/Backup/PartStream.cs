using System.Security.Cryptography;

namespace Domesday.Server.Backup;

/// <summary>A file of a backup, read once from its beginning to its end, and its digest.</summary>
/// <remarks>It claims to seek, because the tar writer asks such streams for their length instead of keeping their content in memory.</remarks>
internal sealed class PartStream(BackupPart part) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => part.Length;

    public override long Position
    {
        get => _position;
        set
        {
            if (value != _position) throw new NotSupportedException("It is read once, in order.");
        }
    }

    /// <summary>Lower-case hex, of everything that was read.</summary>
    public string Digest() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    /// <exception cref="EndOfStreamException">The file is shorter than it was when the backup began.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_position == part.Length || buffer.IsEmpty) return 0;
        var read = part.Read(_position, buffer);
        if (read == 0) throw new EndOfStreamException($"{part.Name} ends after {_position} of {part.Length} bytes.");
        _hash.AppendData(buffer[..read]);
        _position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _hash.Dispose();
        base.Dispose(disposing);
    }
}
