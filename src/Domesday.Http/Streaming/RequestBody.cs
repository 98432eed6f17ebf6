using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using Domesday.Core.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Domesday.Http.Streaming;

/// <summary>A request's body, decompressed, in one piece of pooled memory: valid until disposed.</summary>
public sealed class RequestBody : IDisposable
{
    /// <summary>What a sender's announcement alone makes the service set aside; more only as it arrives.</summary>
    private const int FirstBytesMax = 1024 * 1024;

    private const int FirstBytesMin = 4096;

    /// <summary>All bodies together, in bytes, unless two of the largest need more: senders wait their turn rather than the service running out of memory.</summary>
    private const long TogetherBytesMax = 128 * 1024 * 1024;

    private static long _together;

    private byte[] _buffer = [];
    private int _length;

    private RequestBody()
    {
    }

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Reads it all.</summary>
    /// <param name="bytesMax">After decompression; what is longer is refused as soon as that shows.</param>
    /// <returns>
    /// <see cref="ProblemKind.TooLarge"/>; <see cref="ProblemKind.Invalid"/> for a compression that is not known, or a body that ends in the
    /// middle or is damaged; <see cref="ProblemKind.Unavailable"/> while others' bodies take up the memory that there is for them.
    /// </returns>
    public static async ValueTask<Result<RequestBody>> ReadAsync(HttpContext http, int bytesMax)
    {
        ArgumentNullException.ThrowIfNull(http);
        var announced = http.Request.ContentLength;
        if (announced > bytesMax) return TooLarge(bytesMax);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        var body = new RequestBody();
        var problem = body.TryReserve((int)Math.Clamp(announced + 1 ?? 0, FirstBytesMin, FirstBytesMax), bytesMax) ? await body.FillAsync(http, bytesMax) : Full();
        if (problem is null) return body;
        body.Dispose();
        return problem;
    }

    public void Dispose()
    {
        GiveBack(Interlocked.Exchange(ref _buffer, []));
        _length = 0;
    }

    private async ValueTask<Problem?> FillAsync(HttpContext http, int bytesMax)
    {
        var encoding = http.Request.Headers.ContentEncoding.ToString().Trim();
        try
        {
            switch (encoding.ToLowerInvariant())
            {
                case "" or "identity":
                    return await CopyAsync(http, bytesMax);
                case "gzip" or "x-gzip":
                    await using (var gzip = new GZipStream(http.Request.Body, CompressionMode.Decompress, leaveOpen: true)) return await CopyAsync(gzip, bytesMax, http.RequestAborted);
                case "br":
                    await using (var brotli = new BrotliStream(http.Request.Body, CompressionMode.Decompress, leaveOpen: true)) return await CopyAsync(brotli, bytesMax, http.RequestAborted);
                default:
                    return new(ProblemKind.Invalid, "The body's Content-Encoding must be gzip or br, or none.", "Content-Encoding");
            }
        }
        catch (BadHttpRequestException exception)
        {
            return exception.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooLarge(bytesMax) : new(ProblemKind.Invalid, "The body ended early.");
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException && encoding.Length > 0)
        {
            return new(ProblemKind.Invalid, $"The body is not valid {encoding}: it is damaged, or ends in the middle.", "Content-Encoding");
        }
    }

    private async ValueTask<Problem?> CopyAsync(HttpContext http, int bytesMax)
    {
        var reader = http.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(http.RequestAborted);
            var arrived = read.Buffer;
            var problem = arrived.Length > bytesMax - _length ? TooLarge(bytesMax) : TryReserve((int)arrived.Length, bytesMax) ? null : Full();
            if (problem is null)
            {
                arrived.CopyTo(_buffer.AsSpan(_length));
                _length += (int)arrived.Length;
            }
            reader.AdvanceTo(arrived.End);
            if (problem is not null || read.IsCompleted) return problem;
        }
    }

    private async ValueTask<Problem?> CopyAsync(Stream stream, int bytesMax, CancellationToken cancellation)
    {
        while (true)
        {
            if (!TryReserve(1, bytesMax)) return Full();
            var read = await stream.ReadAsync(_buffer.AsMemory(_length), cancellation);
            if (read == 0) return null;
            _length += read;
            if (_length > bytesMax) return TooLarge(bytesMax);
        }
    }

    /// <summary>Makes room for further bytes.</summary>
    private bool TryReserve(int count, int bytesMax)
    {
        if (count <= _buffer.Length - _length) return true;
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, Math.Max(_buffer.Length * 2L, _length + (long)count)));
        if (Interlocked.Add(ref _together, larger.Length) > Math.Max(TogetherBytesMax, 4L * bytesMax))
        {
            GiveBack(larger);
            return false;
        }
        Bytes.CopyTo(larger);
        GiveBack(_buffer);
        _buffer = larger;
        return true;
    }

    private static void GiveBack(byte[] buffer)
    {
        if (buffer.Length == 0) return;
        Interlocked.Add(ref _together, -buffer.Length);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private static Problem Full() => new(ProblemKind.Unavailable, "Other requests' bodies take up the memory that there is for them; come again.");

    private static Problem TooLarge(int bytesMax) => new(ProblemKind.TooLarge, string.Create(CultureInfo.InvariantCulture,
        $"The body has more than the {bytesMax} bytes that one request may have, decompressed; send it in parts."));
}
