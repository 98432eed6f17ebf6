using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;

namespace Domesday.Ingest.Syslog;

/// <summary>The messages on a connection, one after the other: counted in bytes, or one on each line, as each one's first byte tells.</summary>
/// <remarks>Source: RFC 6587 §3.4. At most one message is in memory; what is longer is cut, and its rest is read over.</remarks>
internal sealed class SyslogFrames(Stream stream) : IAsyncDisposable
{
    /// <summary>Bytes of one message. RFC 5425 asks receivers for 8,192; an event's entry has 65,535.</summary>
    public const int MessageBytesMax = 64 * 1024;

    /// <summary>A count beyond it is no count: nothing on the connection can be told apart any more.</summary>
    public const long CountMax = 16 * 1024 * 1024;

    private const int CountDigitsMax = 8;

    private readonly PipeReader _reader = PipeReader.Create(stream, new(bufferSize: 8 * 1024));
    private long _toSkip;
    private bool _skipsLine;

    /// <summary>Nothing more can be read from this connection.</summary>
    public bool IsLost { get; private set; }

    /// <returns>The next message; null at the end.</returns>
    public async ValueTask<SyslogFrame?> ReadAsync(CancellationToken cancellation)
    {
        while (!IsLost)
        {
            var read = await _reader.ReadAsync(cancellation);
            var buffer = read.Buffer;
            var frame = Next(ref buffer, read.IsCompleted);
            _reader.AdvanceTo(buffer.Start, frame is null ? buffer.End : buffer.Start);
            if (frame is not null) return frame;
            if (read.IsCompleted) return null;
        }
        return null;
    }

    public ValueTask DisposeAsync() => _reader.CompleteAsync();

    private SyslogFrame? Next(ref ReadOnlySequence<byte> buffer, bool isEnd)
    {
        while (true)
        {
            if (!TrySkip(ref buffer) || buffer.IsEmpty) return null;
            var first = buffer.FirstSpan[0];
            if (first is (byte)'\n' or (byte)'\r' or 0)
            {
                buffer = buffer.Slice(1);
                continue;
            }
            return TryCount(buffer, out var count, out var prefix) ? Counted(ref buffer, count, prefix, isEnd)
                : prefix < 0 && !isEnd ? null : Line(ref buffer, isEnd);
        }
    }

    /// <returns>False when all of the buffer is what is to be skipped.</returns>
    private bool TrySkip(ref ReadOnlySequence<byte> buffer)
    {
        if (_toSkip > 0)
        {
            var skipped = Math.Min(_toSkip, buffer.Length);
            _toSkip -= skipped;
            buffer = buffer.Slice(skipped);
        }
        if (!_skipsLine) return _toSkip == 0;
        var end = buffer.PositionOf((byte)'\n');
        buffer = end is { } newline ? buffer.Slice(newline) : buffer.Slice(buffer.End);
        _skipsLine = end is null;
        return !_skipsLine;
    }

    /// <summary>A count is digits and a space.</summary>
    /// <param name="prefix">Bytes of both; below zero when more must arrive to tell.</param>
    private static bool TryCount(ReadOnlySequence<byte> buffer, out long count, out int prefix)
    {
        (count, prefix) = (0, 0);
        Span<byte> start = stackalloc byte[CountDigitsMax + 1];
        var length = (int)Math.Min(buffer.Length, start.Length);
        buffer.Slice(0, length).CopyTo(start);
        var digits = start[..length].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits < 0)
        {
            prefix = length < start.Length ? -1 : 0;
            return false;
        }
        if (digits == 0 || start[digits] != ' ') return false;
        prefix = digits + 1;
        count = long.Parse(start[..digits], NumberStyles.None, CultureInfo.InvariantCulture);
        return true;
    }

    private SyslogFrame? Counted(ref ReadOnlySequence<byte> buffer, long count, int prefix, bool isEnd)
    {
        var arrived = buffer.Length - prefix;
        var wanted = Math.Min(count, MessageBytesMax);
        if (arrived < wanted && !isEnd) return null;
        var taken = buffer.Slice(prefix, Math.Min(arrived, wanted)).ToArray();
        buffer = buffer.Slice(prefix + taken.Length);
        if (arrived < wanted) return new(taken, $"is cut off: it was to have {count} bytes");
        if (count > CountMax)
        {
            IsLost = true;
            return new(taken, $"was announced with {count} bytes, more than the {CountMax} that are believed; the connection is closed");
        }
        _toSkip = count - taken.Length;
        return new(taken, _toSkip > 0 ? TooLong(count.ToString(CultureInfo.InvariantCulture)) : null);
    }

    private SyslogFrame? Line(ref ReadOnlySequence<byte> buffer, bool isEnd)
    {
        var end = buffer.PositionOf((byte)'\n');
        var line = end is { } newline ? buffer.Slice(0, newline) : buffer;
        if (line.Length > MessageBytesMax)
        {
            var taken = line.Slice(0, MessageBytesMax).ToArray();
            buffer = buffer.Slice(MessageBytesMax);
            _skipsLine = true;
            return new(taken, TooLong("more"));
        }
        if (end is null && !isEnd) return null;
        buffer = buffer.Slice(line.End);
        return new(line.ToArray(), null);
    }

    private static string TooLong(string bytes) => $"has {bytes} bytes, and at most {MessageBytesMax} are taken; the rest is gone";
}

/// <summary>A message as it came.</summary>
/// <param name="Fault">Why it is not whole; null when it is.</param>
internal sealed record SyslogFrame(byte[] Bytes, string? Fault);
