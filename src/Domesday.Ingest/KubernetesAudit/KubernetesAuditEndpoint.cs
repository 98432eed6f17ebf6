using System.Text.Json;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Http.Authorization;
using Domesday.Http.Mapping;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Http;

namespace Domesday.Ingest.KubernetesAudit;

/// <summary><c>POST /ingest/kubernetes</c>: takes an EventList, or lines of an audit log as NDJSON, and answers when everything that came is on disk, be it as events or in quarantine.</summary>
/// <remarks>Query parameters are not looked at, but for <c>cluster</c>: kube-apiserver adds its own, such as <c>timeout=30s</c>.</remarks>
internal sealed class KubernetesAuditEndpoint(AppendPipeline pipeline, BatchLimits limits)
{
    private const int ClusterCharsMax = 253;

    public async Task AppendAsync(HttpContext http)
    {
        var cluster = http.Request.RouteValues["cluster"] as string ?? http.Request.Query["cluster"].FirstOrDefault();
        if (cluster is { Length: 0 or > ClusterCharsMax })
        {
            await new Problem(ProblemKind.Invalid, $"A cluster's name has 1 to {ClusterCharsMax} characters.", "cluster").ToResult().ExecuteAsync(http);
            return;
        }
        var read = await RequestBody.ReadAsync(http, limits.BytesMax);
        if (!read.IsOk)
        {
            await read.Problem.ToResult().ExecuteAsync(http);
            return;
        }
        using var body = read.Value;
        var isLog = JsonBatch.FormOf(http.Request.ContentType) == BodyForm.Lines;
        var result = isLog ? await StoreLinesAsync(http.Tenant(), body.Bytes, cluster) : await StoreAsync(http.Tenant(), body.Bytes, cluster);
        var answer = result.IsOk ? new WrittenJson(json => Write(json, result.Value)) : result.Problem.ToResult();
        await answer.ExecuteAsync(http);
    }

    /// <summary>Lines of a kube-apiserver's own log: an event on each. A line that is none goes to quarantine by itself.</summary>
    private async ValueTask<Result<AppendResult>> StoreLinesAsync(string tenant, ReadOnlyMemory<byte> body, string? cluster)
    {
        var lines = JsonBatch.Split(body, BodyForm.Lines, limits.EventsMax);
        if (!lines.IsOk) return lines.Problem;
        var mapped = MappedItems.Of(lines.Value, cluster, (item, json) => AuditEventMapping.TryWrite(item, cluster, json));
        return await mapped.StoreAsync(pipeline, tenant, KubernetesAuditSource.Name);
    }

    private async ValueTask<Result<AppendResult>> StoreAsync(string tenant, ReadOnlyMemory<byte> body, string? cluster)
    {
        var items = AuditEventList.Split(body, limits.EventsMax, allowItem: false);
        if (!items.IsOk) return await RefuseAsync(tenant, body, cluster, items.Problem);
        var mapped = MappedItems.Of(items.Value, cluster, (item, json) => AuditEventMapping.TryWrite(item, cluster, json));
        return await mapped.StoreAsync(pipeline, tenant, KubernetesAuditSource.Name);
    }

    /// <summary>kube-apiserver drops what it gets a 400 for, and nobody can correct it: so it is kept first.</summary>
    private async ValueTask<Result<AppendResult>> RefuseAsync(string tenant, ReadOnlyMemory<byte> body, string? cluster, Problem problem)
    {
        if (problem.Kind != ProblemKind.Invalid) return problem;
        var kept = await pipeline.QuarantineAsync(tenant, KubernetesAuditSource.Name, [new(body, problem.Faults) { Context = cluster }], CancellationToken.None);
        return kept.IsOk ? problem with { Detail = $"{problem.Detail} It is kept in quarantine." } : kept;
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
}
