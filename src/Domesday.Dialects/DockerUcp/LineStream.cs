namespace Domesday.Dialects.DockerUcp;

/// <summary>Pieces of a known length together, as the stream that a tar file's entry is read from.</summary>
internal sealed class LineStream(IAsyncEnumerable<ReadOnlyMemory<byte>> pieces, long length) : Stream
{
    private readonly IAsyncEnumerator<ReadOnlyMemory<byte>> _pieces = pieces.GetAsyncEnumerator();
    private ReadOnlyMemory<byte> _rest;
    private long _read;

    public override bool CanRead => true;

    /// <summary>True only so that the writer of the archive asks for the length, and does not read everything into memory to find out.</summary>
    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    /// <exception cref="InvalidDataException">There are more or fewer bytes than was said.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty)
        {
            if (await _pieces.MoveNextAsync()) _rest = _pieces.Current;
            else return _read == length ? 0 : throw Changed();
        }
        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        _read += count;
        return _read > length ? throw Changed() : count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await _pieces.DisposeAsync();
        await base.DisposeAsync();
    }

    private static InvalidDataException Changed() => new("The log changed while it was packed.");
}
