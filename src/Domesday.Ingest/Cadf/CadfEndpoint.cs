using System.Text.Json;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Http.Authorization;
using Domesday.Http.Mapping;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Http;

namespace Domesday.Ingest.Cadf;

/// <summary><c>POST /ingest/cadf</c>: one event, a list, or a line each. Answers when everything that came is on disk, be it as events or in quarantine.</summary>
internal sealed class CadfEndpoint(AppendPipeline pipeline, BatchLimits limits)
{
    private const int RegionCharsMax = 255;

    public async Task AppendAsync(HttpContext http)
    {
        var region = http.Request.RouteValues["region"] as string ?? http.Request.Query["region"].FirstOrDefault();
        if (region is { Length: 0 or > RegionCharsMax })
        {
            await new Problem(ProblemKind.Invalid, $"A region's name has 1 to {RegionCharsMax} characters.", "region").ToResult().ExecuteAsync(http);
            return;
        }
        var read = await RequestBody.ReadAsync(http, limits.BytesMax);
        if (!read.IsOk)
        {
            await read.Problem.ToResult().ExecuteAsync(http);
            return;
        }
        using var body = read.Value;
        var result = await StoreAsync(http, body.Bytes, region);
        var answer = result.IsOk ? new WrittenJson(json => Write(json, result.Value)) : result.Problem.ToResult();
        await answer.ExecuteAsync(http);
    }

    private static void Write(Utf8JsonWriter json, AppendResult result)
    {
        var duplicates = result.Receipts.Count(receipt => receipt.Duplicate);
        json.WriteStartObject();
        json.WriteNumber("stored", result.Receipts.Count - duplicates);
        json.WriteNumber("duplicate", duplicates);
        json.WriteNumber("quarantined", result.Quarantined);
        json.WriteEndObject();
    }

    private async ValueTask<Result<AppendResult>> StoreAsync(HttpContext http, ReadOnlyMemory<byte> body, string? region)
    {
        var items = JsonBatch.Split(body, JsonBatch.FormOf(http.Request.ContentType), limits.EventsMax);
        if (items.IsOk) return await CadfSource.MapItems(CadfPairs.Fold(items.Value), region).StoreAsync(pipeline, http.Tenant(), CadfSource.Name);
        if (items.Problem.Kind != ProblemKind.Invalid || items.Problem.Faults.Count == 0) return items.Problem;
        // Nobody who sends these can correct them: so they are kept first.
        var kept = await pipeline.QuarantineAsync(http.Tenant(), CadfSource.Name, [new(body, items.Problem.Faults) { Context = region }], CancellationToken.None);
        return kept.IsOk ? items.Problem with { Detail = $"{items.Problem.Detail} It is kept in quarantine." } : kept;
    }
}
