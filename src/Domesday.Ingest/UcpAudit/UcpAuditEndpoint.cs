using System.Text.Json;
using Domesday.Core.Append;
using Domesday.Http.Authorization;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Http;

namespace Domesday.Ingest.UcpAudit;

/// <summary><c>POST /ingest/ucp</c>: answers when every audit line that came is on disk, be it as an event or in quarantine; other lines are counted and passed over.</summary>
internal sealed class UcpAuditEndpoint(AppendPipeline pipeline, BatchLimits limits)
{
    public async Task AppendAsync(HttpContext http)
    {
        var read = await RequestBody.ReadAsync(http, limits.BytesMax);
        if (!read.IsOk)
        {
            await read.Problem.ToResult().ExecuteAsync(http);
            return;
        }
        using var body = read.Value;
        var answer = await StoreAsync(http.Tenant(), body.Bytes);
        await answer.ExecuteAsync(http);
    }

    private async ValueTask<IResult> StoreAsync(string tenant, ReadOnlyMemory<byte> body)
    {
        var lines = UcpAuditLines.Read(body, limits.EventsMax);
        if (!lines.IsOk) return lines.Problem.ToResult();
        var (events, origins, refused, skipped) = lines.Value;
        // Not cancelled when the sender hangs up: it would only send the same again.
        var stored = await pipeline.AppendAsync(
            new(tenant, UcpAuditSource.Name, events) { BadEvents = BadEvents.Quarantine, Original = index => origins[index] }, CancellationToken.None);
        if (stored.IsOk && refused.Count > 0)
        {
            var kept = await pipeline.QuarantineAsync(tenant, UcpAuditSource.Name, refused, CancellationToken.None);
            stored = kept.IsOk ? stored.Value with { Quarantined = stored.Value.Quarantined + refused.Count } : kept;
        }
        return stored.IsOk ? new WrittenJson(json => Write(json, stored.Value, skipped)) : stored.Problem.ToResult();
    }

    private static void Write(Utf8JsonWriter json, AppendResult result, int skipped)
    {
        var duplicates = result.Receipts.Count(receipt => receipt.Duplicate);
        json.WriteStartObject();
        json.WriteNumber("stored", result.Receipts.Count - duplicates);
        json.WriteNumber("duplicate", duplicates);
        json.WriteNumber("quarantined", result.Quarantined);
        json.WriteNumber("skipped", skipped);
        json.WriteEndObject();
    }
}
