using System.IO.Compression;

namespace Domesday.Cli.Commands.Follow;

/// <summary>A log that is being read: what was read of it and not used yet, and whether it is still the same file. Rotated ones may be gzip.</summary>
internal sealed class LogFile : IDisposable
{
    private readonly FileStream _file;
    private readonly Stream _stream;
    private byte[] _buffer = new byte[64 * 1024];
    private int _start, _end;

    private LogFile(string path, FileStream file, bool isCompressed)
    {
        (Path, _file) = (path, file);
        _stream = isCompressed ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    public string Path { get; }

    /// <summary>Bytes that were used, or passed over.</summary>
    public long Offset { get; private set; }

    public FileMark Mark { get; private set; } = FileMark.Of([]);

    public ReadOnlyMemory<byte> Unread => _buffer.AsMemory(_start, _end - _start);

    public DateTime WrittenAt => File.GetLastWriteTimeUtc(_file.SafeFileHandle);

    private bool IsCompressed => _stream != _file;

    /// <param name="offset">Of its plain bytes.</param>
    /// <exception cref="InvalidDataException">It is compressed, and damaged.</exception>
    public static LogFile Open(string path, long offset)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var log = new LogFile(path, file, IsGzip(file));
        try
        {
            log.Mark = FileMark.Of(log.IsCompressed ? HeadOf(path) : log.Head());
            log.PassOver(offset);
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>The first bytes of a file, as many as marks are made of, or all it has; none of one that is not there or cannot be read.</summary>
    public static byte[] HeadOf(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            using Stream stream = IsGzip(file) ? new GZipStream(file, CompressionMode.Decompress) : file;
            var head = new byte[FileMark.BytesMax];
            return head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException or InvalidDataException)
        {
            return [];
        }
    }

    /// <summary>Reads more.</summary>
    /// <returns>False when there is nothing more now.</returns>
    public async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        if (_end == _buffer.Length)
        {
            var roomy = _start > _buffer.Length / 2 ? _buffer : new byte[_buffer.Length * 2];
            Unread.CopyTo(roomy);
            (_buffer, _start, _end) = (roomy, 0, _end - _start);
        }
        var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
        _end += read;
        if (Mark.Bytes < FileMark.BytesMax && read > 0 && !IsCompressed) Mark = FileMark.Of(Head());
        return read > 0;
    }

    public void Advance(int bytes)
    {
        _start += bytes;
        Offset += bytes;
    }

    /// <summary>Whether it was emptied, or written anew, since it was opened: as <c>copytruncate</c> does.</summary>
    public bool IsRewritten() => !IsCompressed && (RandomAccess.GetLength(_file.SafeFileHandle) < Offset + Unread.Length || !Mark.IsEmpty && !Mark.Fits(Head()));

    public void Dispose()
    {
        _stream.Dispose();
        _file.Dispose();
    }

    private byte[] Head()
    {
        var head = new byte[FileMark.BytesMax];
        return head[..RandomAccess.Read(_file.SafeFileHandle, head, 0)];
    }

    private void PassOver(long offset)
    {
        if (!IsCompressed)
        {
            _file.Seek(offset, SeekOrigin.Begin);
            Offset = offset;
            return;
        }
        while (Offset < offset && _stream.Read(_buffer, 0, (int)Math.Min(_buffer.Length, offset - Offset)) is > 0 and var read) Offset += read;
    }

    private static bool IsGzip(FileStream file)
    {
        var first = new byte[2];
        return RandomAccess.Read(file.SafeFileHandle, first, 0) == 2 && first is [0x1F, 0x8B];
    }
}
