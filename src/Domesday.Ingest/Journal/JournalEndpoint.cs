using System.Globalization;
using System.Text.Json;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Http.Authorization;
using Domesday.Http.Mapping;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Domesday.Ingest.Journal;

/// <summary><c>POST …/upload</c>: takes a stream of entries of any length, in batches, and answers when all of it is on disk, be it as events or in quarantine.</summary>
/// <remarks>A sender that is refused in the middle begins again behind the last request that was taken whole; what it sends twice is stored once.</remarks>
internal sealed class JournalEndpoint(AppendPipeline pipeline, BatchLimits limits)
{
    private const int FirstBytes = 64 * 1024;

    /// <summary>So much is gathered before it is stored.</summary>
    private const int StoredBytes = 1024 * 1024;

    public async Task AppendAsync(HttpContext http)
    {
        if (http.Request.Headers.ContentEncoding.Count > 0)
        {
            await Refusal("The entries are taken uncompressed.").ToResult().ExecuteAsync(http);
            return;
        }
        // What is in memory is bounded here, and not how long the whole may be.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        var stored = await StoreAsync(http.Tenant(), http.Request.Body, http.RequestAborted);
        await (stored.IsOk ? new WrittenJson(json => Write(json, stored.Value)) : stored.Problem.ToResult()).ExecuteAsync(http);
    }

    private async Task<Result<Counts>> StoreAsync(string tenant, Stream body, CancellationToken cancellation)
    {
        var (bytes, filled, counts) = (new byte[FirstBytes], 0, new Counts(0, 0, 0));
        while (true)
        {
            // One byte stays free for an empty line behind the last entry.
            if (bytes.Length - filled < FirstBytes / 4) Array.Resize(ref bytes, bytes.Length * 2);
            var read = await body.ReadAsync(bytes.AsMemory(filled, bytes.Length - filled - 1), cancellation);
            filled += read;
            if (read > 0 && filled < StoredBytes) continue;
            if (read == 0 && filled > 0) bytes[filled++] = (byte)'\n';
            var entries = Whole(bytes.AsMemory(0, filled), out var used, out var isLost);
            var stored = await MappedItems.Of(entries, null, JournalMapping.TryWrite).StoreAsync(pipeline, tenant, JournalSource.Name);
            if (!stored.IsOk) return stored.Problem;
            counts = counts.With(stored.Value);
            if (isLost) return await KeepAsync(tenant, bytes.AsMemory(used, Math.Min(filled - used, limits.BytesMax)));
            if (read == 0) return used < filled && bytes.AsSpan(used, filled - used).ContainsAnyExcept((byte)'\n') ? await KeepAsync(tenant, bytes.AsMemory(used, filled - used)) : counts;
            bytes.AsSpan(used, filled - used).CopyTo(bytes);
            filled -= used;
            if (filled > limits.BytesMax) return new Problem(ProblemKind.TooLarge, string.Create(CultureInfo.InvariantCulture, $"An entry has more than the {limits.BytesMax} bytes that one may have."));
        }
    }

    private static List<ReadOnlyMemory<byte>> Whole(ReadOnlyMemory<byte> bytes, out int used, out bool isLost)
    {
        var entries = new List<ReadOnlyMemory<byte>>();
        for (used = 0; ;)
        {
            while (used < bytes.Length && bytes.Span[used] == '\n') used++;
            var length = used == bytes.Length ? 0 : JournalEntry.LengthOf(bytes.Span[used..]);
            isLost = length < 0;
            if (length <= 0) return entries;
            entries.Add(bytes.Slice(used, length));
            used += length;
        }
    }

    /// <summary>Behind what is no entry nothing can be told apart: it is kept, and the sender told.</summary>
    private async Task<Result<Counts>> KeepAsync(string tenant, ReadOnlyMemory<byte> rest)
    {
        var refusal = Refusal("What was sent is not in the journal's export format; it is kept in quarantine, and what came before it is stored.");
        var kept = await pipeline.QuarantineAsync(tenant, JournalSource.Name, [new(rest, refusal.Faults)], CancellationToken.None);
        return kept.IsOk ? refusal : kept.Problem;
    }

    private static Problem Refusal(string detail) => new(ProblemKind.Invalid, detail) { Faults = [new(null, "", JournalMapping.NoEntry)] };

    private static void Write(Utf8JsonWriter json, Counts counts)
    {
        json.WriteStartObject();
        json.WriteNumber("stored", counts.Stored);
        json.WriteNumber("duplicate", counts.Duplicate);
        json.WriteNumber("quarantined", counts.Quarantined);
        json.WriteEndObject();
    }

    private readonly record struct Counts(long Stored, long Duplicate, long Quarantined)
    {
        public Counts With(AppendResult result)
        {
            var duplicates = result.Receipts.Count(receipt => receipt.Duplicate);
            return new(Stored + result.Receipts.Count - duplicates, Duplicate + duplicates, Quarantined + result.Quarantined);
        }
    }
}
