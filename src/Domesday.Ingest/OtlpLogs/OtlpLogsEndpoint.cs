using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Http.Authorization;
using Domesday.Http.Mapping;
using Domesday.Http.PlugIns;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Http;

namespace Domesday.Ingest.OtlpLogs;

/// <summary><c>POST /v1/logs</c>: answers when everything that came is on disk, be it as events or in quarantine.</summary>
internal sealed class OtlpLogsEndpoint(AppendPipeline pipeline, BatchLimits limits)
{
    public async Task AppendAsync(HttpContext http)
    {
        var type = http.Request.ContentType?.Split(';')[0].Trim().ToLowerInvariant();
        if (type is not (OtlpAnswer.Json or OtlpAnswer.Protobuf))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }
        var isJson = type == OtlpAnswer.Json;
        var read = await RequestBody.ReadAsync(http, limits.BytesMax);
        if (!read.IsOk)
        {
            await OtlpAnswer.RefusedAsync(http, isJson, read.Problem);
            return;
        }
        using var body = read.Value;
        var stored = await StoreAsync(http.Tenant(), body.Bytes, isJson);
        await (stored.IsOk ? AnswerAsync(http, isJson, stored.Value) : OtlpAnswer.RefusedAsync(http, isJson, stored.Problem));
    }

    private static Task AnswerAsync(HttpContext http, bool isJson, AppendResult result)
    {
        var why = result.Rejected is [var first, ..] ? $" The first: {first.Field} {first.Reason}." : "";
        return OtlpAnswer.TakenAsync(http, isJson, result.Quarantined, $"{result.Quarantined} log records cannot be stored as events; they are kept in quarantine.{why}");
    }

    private async ValueTask<Result<AppendResult>> StoreAsync(string tenant, ReadOnlyMemory<byte> body, bool isJson)
    {
        var items = OtlpLogsSource.Split(body, isJson, limits.EventsMax, limits.BytesMax);
        if (items.IsOk) return await MappedItems.Of(items.Value, null, new OtlpMapping().TryWrite).StoreAsync(pipeline, tenant, OtlpLogsSource.Name);
        if (items.Problem.Kind != ProblemKind.Invalid) return items.Problem;
        // Exporters drop what they get a 400 for: so it is kept first.
        var kept = await pipeline.QuarantineAsync(tenant, OtlpLogsSource.Name, [new(body, items.Problem.Faults) { Context = isJson ? null : OtlpLogsSource.InProtobuf }], CancellationToken.None);
        return kept.IsOk ? items.Problem with { Detail = $"{items.Problem.Detail} It is kept in quarantine." } : kept;
    }
}
