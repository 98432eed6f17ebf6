using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using Domesday.Core.Access;
using Domesday.Core.Export;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Http;

namespace Domesday.Http.Streaming;

/// <summary>What is exported, and how.</summary>
public sealed record ExportRequest(AccessScope Scope, EventFilter Filter, EventOrder Order, bool Descending, IExportFormat Format)
{
    /// <summary>When it was asked for; part of the file's name.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What the manifest in the last line says was asked for; null for no manifest.</summary>
    public ManifestRequest? Manifest { get; init; }

    /// <summary>Events at most; null for all.</summary>
    public long? Limit { get; init; }

    /// <summary>Looks up what belongs to the events of a batch, before they are written.</summary>
    public Func<IReadOnlyList<StoredEntry>, CancellationToken, ValueTask>? BeforeBatch { get; init; }

    /// <summary>What the file shall be called; null for <c>domesday-acme-20260211T222102Z.csv</c> and the like.</summary>
    public string? NamedFile { get; init; }

    public string FileName => NamedFile ?? string.Create(CultureInfo.InvariantCulture, $"domesday-{Scope.Tenant ?? "all"}-{At.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}.{Format.Name}");
}

/// <param name="Query">The parameters that selected the events.</param>
/// <param name="Checkpoint">The ledger's newest signed checkpoint; null when it has none.</param>
public sealed record ManifestRequest(string Query, string? Checkpoint);

/// <summary>Everything that matches, streamed in constant memory. Once the first byte is out, a failure cuts the connection.</summary>
public sealed class ExportResult(IEventReader reader, ExportRequest request) : IResult
{
    private const int FlushBytes = 64 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var cancellation = httpContext.RequestAborted;
        await using var batches = reader.ReadAsync(request.Scope, request.Filter, request.Order, request.Descending, cancellation).GetAsyncEnumerator(cancellation);
        bool any;
        try
        {
            any = await batches.MoveNextAsync();
        }
        catch (CorruptLedgerException)
        {
            await new Problem(ProblemKind.Corrupt, "Stored events do not agree with their checksums; nothing was exported.").ToResult().ExecuteAsync(httpContext);
            return;
        }
        SetHeaders(httpContext.Response);
        await using var response = EncodedResponse.Open(httpContext);
        await WriteAsync(batches, any, response, cancellation);
    }

    private void SetHeaders(HttpResponse response)
    {
        response.ContentType = request.Format.MediaType;
        response.Headers.ContentDisposition = $"attachment; filename=\"{request.FileName}\"";
        response.Headers.CacheControl = "no-store";
    }

    private async Task WriteAsync(IAsyncEnumerator<IReadOnlyList<StoredEntry>> batches, bool any, EncodedResponse response, CancellationToken cancellation)
    {
        var gathering = new GatheringWriter(response.Writer);
        using var hashing = request.Manifest is null ? null : new HashingWriter(gathering);
        var writer = request.Format.Open(hashing ?? (IBufferWriter<byte>)gathering);
        var (count, first, last) = (0L, (long?)null, (long?)null);
        for (; any && count < (request.Limit ?? long.MaxValue); any = await batches.MoveNextAsync())
        {
            var batch = batches.Current;
            if (request.Limit - count is { } left && left < batch.Count) batch = [.. batch.Take((int)left)];
            first ??= batch[0].Sequence;
            last = batch[^1].Sequence;
            count += batch.Count;
            if (request.BeforeBatch is { } look) await look(batch, cancellation);
            if (!await TryWriteAsync(batch, writer, gathering, response.Writer, cancellation)) return;
            if (count == request.Limit) break;
        }
        writer.End();
        if (request.Manifest is { } manifest)
        {
            gathering.Write(Line(manifest, count, first, last, hashing!.Digest));
            gathering.Write("\n"u8);
        }
        gathering.Pass();
        await response.CompleteAsync(cancellation);
    }

    private byte[] Line(ManifestRequest manifest, long count, long? first, long? last, string digest) => new ExportManifest
    {
        Tenant = request.Scope.Tenant,
        Query = manifest.Query,
        ExportedAt = Timestamp.FromDateTimeOffset(request.At),
        Count = count,
        FirstSequence = first,
        LastSequence = last,
        Sha256 = digest,
        Checkpoint = manifest.Checkpoint,
    }.ToLine();

    /// <returns>False when nobody reads any more.</returns>
    private static async ValueTask<bool> TryWriteAsync(IReadOnlyList<StoredEntry> batch, ExportWriter writer, GatheringWriter gathering, PipeWriter output, CancellationToken cancellation)
    {
        var unflushed = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            var entry = batch[i];
            writer.Write(entry);
            unflushed += entry.Bytes.Length;
            if (unflushed < FlushBytes) continue;
            unflushed = 0;
            gathering.Pass();
            if ((await output.FlushAsync(cancellation)).IsCompleted) return false;
        }
        gathering.Pass();
        return !(await output.FlushAsync(cancellation)).IsCompleted;
    }
}
