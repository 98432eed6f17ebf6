using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Domesday.Capture.Recording;

/// <summary>Sees a body go by: keeps its beginning, up to a limit, and of all of it length and SHA-256.</summary>
/// <remarks>In memory that does not grow with the body. Not for several threads at once.</remarks>
public sealed class BodyTee(int bytesMax) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _kept = new();
    private IncrementalHash? _hash;

    public long Length { get; private set; }

    /// <summary>Whether it was seen to its end.</summary>
    public bool IsComplete { get; set; }

    /// <summary>Whether all of it is kept.</summary>
    public bool IsWhole => Length == _kept.WrittenCount;

    public ReadOnlyMemory<byte> Kept => _kept.WrittenMemory;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_hash is null && Length + bytes.Length > bytesMax)
        {
            // Only a body that is too long needs a digest of its own.
            _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            _hash.AppendData(_kept.WrittenSpan);
        }
        _hash?.AppendData(bytes);
        var room = (int)Math.Min(bytes.Length, bytesMax - (long)_kept.WrittenCount);
        if (room > 0) _kept.Write(bytes[..room]);
        Length += bytes.Length;
    }

    /// <summary>SHA-256 of a body that is too long to be kept.</summary>
    public byte[] Digest() => _hash?.GetCurrentHash() ?? SHA256.HashData(_kept.WrittenSpan);

    /// <summary>The body as it was before it was compressed.</summary>
    /// <param name="encoding">As <c>Content-Encoding</c> names it; null for none.</param>
    /// <returns>Null when it is not known, not whole, damaged, or longer than the limit.</returns>
    public ReadOnlyMemory<byte>? Decoded(string? encoding)
    {
        if (!IsWhole) return null;
        if (string.IsNullOrWhiteSpace(encoding) || encoding.Trim() is "identity") return _kept.WrittenMemory;
        using var compressed = new MemoryStream(_kept.WrittenSpan.ToArray());
        using Stream? stream = encoding.Trim().ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(compressed, CompressionMode.Decompress),
            "deflate" => new ZLibStream(compressed, CompressionMode.Decompress),
            "br" => new BrotliStream(compressed, CompressionMode.Decompress),
            _ => null,
        };
        return stream is null ? null : Expand(stream);
    }

    public void Dispose() => _hash?.Dispose();

    private byte[]? Expand(Stream stream)
    {
        using var plain = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            while (stream.Read(buffer) is > 0 and var read)
            {
                if (plain.Length + read > bytesMax) return null;
                plain.Write(buffer, 0, read);
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
        {
            // Brotli calls invalid data an invalid operation.
            return null;
        }
        return plain.ToArray();
    }
}
