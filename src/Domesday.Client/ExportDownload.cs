using System.IO.Compression;

namespace Domesday.Client;

/// <summary>How an export travels.</summary>
public enum ExportTransfer
{
    /// <summary>As it is.</summary>
    Plain,

    /// <summary>Compressed on the way, plain for the reader.</summary>
    Compressed,

    /// <summary>Compressed, and handed to the reader so: a gzip file.</summary>
    Gzip,
}

/// <summary>What to export.</summary>
public sealed record ExportRequest
{
    /// <summary>ndjson, json, csv, and what else the service has.</summary>
    public string Format { get; init; } = "ndjson";

    /// <summary>Ends the file with a line by which it can be verified; with ndjson only.</summary>
    public bool Manifest { get; init; }

    /// <summary>Newest first.</summary>
    public bool Descending { get; init; }

    /// <summary>By the time when events happened, instead of the order in which they were recorded.</summary>
    public bool ByTime { get; init; }

    public ExportTransfer Transfer { get; init; }

    internal EventSelection AddTo(EventSelection selection)
    {
        selection = selection.With("format", Format);
        if (Manifest) selection = selection.With("manifest", "true");
        if (Descending) selection = selection.With("order", "desc");
        return ByTime ? selection.With("sort", "time") : selection;
    }
}

/// <summary>An export that is being read.</summary>
public sealed class ExportDownload : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;

    private ExportDownload(HttpResponseMessage response, Stream content)
    {
        (_response, Content) = (response, content);
        FileName = response.Content.Headers.ContentDisposition?.FileNameStar ?? response.Content.Headers.ContentDisposition?.FileName?.Trim('"');
    }

    /// <summary>To be read to its end; throws when the service breaks off.</summary>
    public Stream Content { get; }

    /// <summary>The name that the service suggests; not to be trusted with a path. Null: none.</summary>
    public string? FileName { get; }

    internal static async Task<ExportDownload> OpenAsync(HttpResponseMessage response, ExportTransfer transfer, CancellationToken cancellation)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellation);
        var isCompressed = response.Content.Headers.ContentEncoding.Contains("gzip");
        if (isCompressed == (transfer == ExportTransfer.Gzip)) return new(response, stream);
        if (isCompressed) return new(response, new GZipStream(stream, CompressionMode.Decompress));
        response.Dispose();
        throw new InvalidDataException("The service did not compress the export.");
    }

    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync();
        _response.Dispose();
    }
}
