using Domesday.Capture.Recording;

namespace Domesday.Capture;

/// <summary>A request's body that is seen as the application reads it.</summary>
internal sealed class TeeStream(Stream inner, BodyTee tee) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Seen(await inner.ReadAsync(buffer, cancellationToken), buffer.Span);

    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Seen(await inner.ReadAsync(buffer.AsMemory(offset, count), cancellationToken), buffer.AsSpan(offset, count));

    public override int Read(byte[] buffer, int offset, int count) => Seen(inner.Read(buffer, offset, count), buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Seen(int read, ReadOnlySpan<byte> buffer)
    {
        if (read > 0) tee.Write(buffer[..read]);
        // Who asks for nothing waits for something to come.
        else if (buffer.Length > 0) tee.IsComplete = true;
        return read;
    }
}
