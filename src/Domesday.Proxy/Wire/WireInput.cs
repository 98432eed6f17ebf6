namespace Domesday.Proxy.Wire;

/// <summary>What comes from one side, as far as it was read and not yet used.</summary>
/// <remarks>
/// For one user at a time. Between two users somebody may watch for the end: what that read brings is the next user's, who may look here at any moment of it. So nothing is seen before that read is over,
/// and asking for more hands it out, whether or not it was over already: a user who looked just before would else wait for what comes behind it.
/// </remarks>
internal sealed class WireInput(Stream stream)
{
    private const int FirstBytes = 16 * 1024;
    private const int StreamBytes = 64 * 1024;

    private byte[] _buffer = new byte[FirstBytes];
    private int _start, _end;
    private Task<bool>? _watching;

    public ReadOnlyMemory<byte> Available => _watching is { IsCompleted: false } ? default : _buffer.AsMemory(_start, _end - _start);

    public bool IsAtEnd { get; private set; }

    public void Advance(int count) => _start += count;

    /// <summary>Reads more, or hands out what was read by who watched.</summary>
    /// <returns>False at the end of what the other side sends. True does not say that there is more than was seen before.</returns>
    public Task<bool> FillAsync()
    {
        var filling = _watching ?? ReadAsync();
        _watching = null;
        return filling;
    }

    /// <summary>Reads for the next user, to learn whether the other side ends.</summary>
    /// <returns>As <see cref="FillAsync"/>.</returns>
    /// <remarks>To be called when nothing is available.</remarks>
    public Task<bool> WatchAsync() => _watching is { IsCompleted: false } watching ? watching : _watching = ReadAsync();

    /// <summary>Reads a head into <see cref="Available"/>, and tells its length.</summary>
    /// <returns>0 when nothing more comes.</returns>
    /// <exception cref="WireException">It is too long.</exception>
    /// <exception cref="EndOfStreamException">It breaks off in the middle.</exception>
    public async ValueTask<int> HeadAsync()
    {
        while (true)
        {
            SkipEmptyLine();
            var length = HeadParser.LengthOf(Available.Span);
            if (length > HeadParser.HeadBytesMax || length < 0 && Available.Length > HeadParser.HeadBytesMax) throw new WireException(431, $"The head is longer than {HeadParser.HeadBytesMax} bytes.");
            if (length > 0) return length;
            if (await FillAsync()) continue;
            return Available.Length == 0 ? 0 : throw new EndOfStreamException("A head breaks off in the middle.");
        }
    }

    /// <summary>Some clients send an empty line behind a body.</summary>
    /// <remarks>Source: RFC 9112 §2.2.</remarks>
    private void SkipEmptyLine()
    {
        if (Available.Span.StartsWith("\r\n"u8)) Advance(2);
    }

    private async Task<bool> ReadAsync()
    {
        if (IsAtEnd) return false;
        if (_start == _end)
        {
            // Who fills the buffer has much to send.
            if (_end == _buffer.Length && _buffer.Length < StreamBytes) _buffer = new byte[StreamBytes];
            (_start, _end) = (0, 0);
        }
        if (_end == _buffer.Length)
        {
            if (_start > 0) _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            else Array.Resize(ref _buffer, _buffer.Length * 2);
            (_start, _end) = (0, _end - _start);
        }
        var read = await stream.ReadAsync(_buffer.AsMemory(_end));
        if (read == 0) IsAtEnd = true;
        _end += read;
        return read > 0;
    }
}
