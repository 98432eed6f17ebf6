using System.IO.Compression;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Domesday.Http.Streaming;

/// <summary>A long response's body, compressed when the caller asks for it. Disposed before it is complete, it cuts the connection, so that it never looks complete.</summary>
public sealed class EncodedResponse : IAsyncDisposable
{
    private readonly HttpContext _http;
    private readonly Stream? _compressed;
    private bool _completed;

    private EncodedResponse(HttpContext http, PipeWriter writer, Stream? compressed) => (_http, Writer, _compressed) = (http, writer, compressed);

    public PipeWriter Writer { get; }

    /// <summary>Chooses by <c>Accept-Encoding</c> and sets the headers; nothing is sent yet.</summary>
    public static EncodedResponse Open(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        var response = http.Response;
        response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        if (Choose(http.Request) is not { } encoding) return new(http, response.BodyWriter, null);
        response.Headers.ContentEncoding = encoding;
        Stream compressed = encoding == "gzip"
            ? new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true)
            : new BrotliStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
        return new(http, PipeWriter.Create(compressed, new(minimumBufferSize: 64 * 1024, leaveOpen: true)), compressed);
    }

    /// <summary>Sends what is left, and the compression's end.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancellation)
    {
        await Writer.FlushAsync(cancellation);
        if (_compressed is not null)
        {
            await Writer.CompleteAsync();
            await _compressed.DisposeAsync();
        }
        _completed = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (_completed) return;
        _http.Abort();
        if (_compressed is null) return;
        try
        {
            await Writer.CompleteAsync();
            await _compressed.DisposeAsync();
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The connection is cut: that was the aim.
        }
    }

    /// <summary>gzip before br: it costs the service less, and whoever takes br takes it too.</summary>
    private static string? Choose(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().AcceptEncoding;
        return Array.Find(["gzip", "br"], encoding => accepted.Any(wish =>
            wish.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && wish.Quality is null or > 0));
    }
}
