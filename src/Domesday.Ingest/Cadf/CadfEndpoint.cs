using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Http.Authorization;
using Domesday.Http.Mapping;
using Domesday.Http.PlugIns;
using Microsoft.AspNetCore.Http;

namespace Domesday.Ingest.Cadf;

/// <summary><c>POST /ingest/cadf</c>: one event, a list, or a line each.</summary>
internal sealed class CadfEndpoint(AppendPipeline pipeline, BatchLimits limits)
{
    public const int RegionCharsMax = 255;

    public async ValueTask<Result<AppendResult>> StoreAsync(HttpContext http, ReadOnlyMemory<byte> body, string? region)
    {
        var items = JsonBatch.Split(body, JsonBatch.FormOf(http.Request.ContentType), limits.EventsMax);
        if (items.IsOk) return await CadfSource.MapItems(CadfPairs.Fold(items.Value), region).StoreAsync(pipeline, http.Tenant(), CadfSource.Name);
        if (items.Problem.Kind != ProblemKind.Invalid || items.Problem.Faults.Count == 0) return items.Problem;
        // Nobody who sends these can correct them: so they are kept first.
        var kept = await pipeline.QuarantineAsync(http.Tenant(), CadfSource.Name, [new(body, items.Problem.Faults) { Context = region }], CancellationToken.None);
        return kept.IsOk ? items.Problem with { Detail = $"{items.Problem.Detail} It is kept in quarantine." } : kept;
    }
}
