using System.IO.Compression;
using System.Text.Json;

namespace Domesday.Cli.Commands.Send;

/// <summary>Reads events out of NDJSON, a JSON array, or JSON objects one after another, plain or gzip, in bounded memory.</summary>
/// <remarks>In NDJSON a line that is no JSON is handed on, for the service to refuse by itself; in the other forms nothing behind it can be told apart.</remarks>
internal sealed class EventFile : IAsyncDisposable
{
    private const int EventBytesMax = 64 * 1024 * 1024;

    private readonly Stream _stream;
    private byte[] _buffer = new byte[256 * 1024];
    private int _start, _end;
    private bool _isEnd;
    private long _line = 1;
    private Form _form;

    private EventFile(Stream stream) => _stream = stream;

    private enum Form
    {
        Lines,
        Array,
        Values,
    }

    private ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    /// <exception cref="InvalidDataException">It is compressed, and damaged.</exception>
    public static async Task<EventFile> OpenAsync(Stream stream, CancellationToken cancellation)
    {
        var file = new EventFile(stream);
        await file.FillAsync(cancellation);
        if (file.Unread.StartsWith<byte>([0x1f, 0x8b]))
        {
            file = new(new GZipStream(new BegunStream(file.Unread.ToArray(), stream), CompressionMode.Decompress));
            await file.FillAsync(cancellation);
        }
        if (file.Unread.StartsWith<byte>([0xef, 0xbb, 0xbf])) file._start += 3;
        await file.FindFormAsync(cancellation);
        return file;
    }

    /// <summary>Adds the next event to a batch, on a line of its own.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="InvalidDataException">Names the line at which no event can be told from the next.</exception>
    public async ValueTask<bool> ReadAsync(SendBatch batch, CancellationToken cancellation)
    {
        while (true)
        {
            SkipBetween();
            if (!Unread.IsEmpty && TryTake(batch)) return true;
            if (_isEnd) return Unread.IsEmpty ? false : _form == Form.Lines ? TakeLine(batch, _end - _start) : throw Broken("it ends within an event");
            await FillAsync(cancellation);
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private bool TryTake(SendBatch batch)
    {
        if (_form != Form.Lines) return TryTakeValue(batch);
        var end = Unread.IndexOf((byte)'\n');
        return end >= 0 && TakeLine(batch, end);
    }

    private bool TakeLine(SendBatch batch, int length)
    {
        batch.Add(_line, Unread[..length]);
        _start += length;
        return true;
    }

    private bool TryTakeValue(SendBatch batch)
    {
        try
        {
            var reader = new Utf8JsonReader(Unread, isFinalBlock: false, new JsonReaderState(new() { MaxDepth = 1_000, AllowMultipleValues = true }));
            if (!reader.Read() || !reader.TrySkip()) return false;
            var value = Unread[..(int)reader.BytesConsumed];
            batch.Add(_line, value);
            _line += value.Count((byte)'\n');
            _start += value.Length;
            return true;
        }
        catch (JsonException exception)
        {
            _line += exception.LineNumber ?? 0;
            throw Broken("this is not JSON");
        }
    }

    /// <summary>White space, and in an array its brackets and commas.</summary>
    private void SkipBetween()
    {
        for (; _start < _end; _start++)
        {
            var letter = _buffer[_start];
            if (letter == '\n') _line++;
            else if (letter is not ((byte)' ' or (byte)'\t' or (byte)'\r') && (_form != Form.Array || letter is not ((byte)',' or (byte)']'))) return;
        }
    }

    /// <summary>An array begins with its bracket; lines are lines when the first one is an object as a whole.</summary>
    private async ValueTask FindFormAsync(CancellationToken cancellation)
    {
        SkipBetween();
        if (Unread is [(byte)'[', ..])
        {
            _form = Form.Array;
            _start++;
            return;
        }
        while (!_isEnd && Unread.IndexOf((byte)'\n') < 0) await FillAsync(cancellation);
        var line = Unread.IndexOf((byte)'\n') is >= 0 and var end ? Unread[..end] : Unread;
        _form = IsBegun(line) ? Form.Values : Form.Lines;
    }

    /// <summary>Whether this is the beginning of a JSON value, and not all of it.</summary>
    private static bool IsBegun(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line, isFinalBlock: false, default);
            return reader.Read() && !reader.TrySkip();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private async ValueTask FillAsync(CancellationToken cancellation)
    {
        if (_end == _buffer.Length)
        {
            if (_end - _start > EventBytesMax) throw Broken($"an event has more than {EventBytesMax} bytes");
            var roomy = _start > _buffer.Length / 2 ? _buffer : new byte[_buffer.Length * 2];
            Unread.CopyTo(roomy);
            (_buffer, _start, _end) = (roomy, 0, _end - _start);
        }
        var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
        (_end, _isEnd) = (_end + read, read == 0);
    }

    private InvalidDataException Broken(string what) => new($"Line {_line}: {what}.");

    /// <summary>A stream of which the first bytes were read already.</summary>
    private sealed class BegunStream(byte[] begun, Stream rest) : Stream
    {
        private int _taken;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            _taken < begun.Length ? Take(buffer.Span) : await rest.ReadAsync(buffer, cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => _taken < begun.Length ? Take(buffer.AsSpan(offset, count)) : rest.Read(buffer, offset, count);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) rest.Dispose();
            base.Dispose(disposing);
        }

        private int Take(Span<byte> buffer)
        {
            var length = Math.Min(buffer.Length, begun.Length - _taken);
            begun.AsSpan(_taken, length).CopyTo(buffer);
            _taken += length;
            return length;
        }
    }
}
