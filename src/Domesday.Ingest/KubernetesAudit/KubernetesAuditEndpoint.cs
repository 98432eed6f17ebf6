using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Http.Authorization;
using Domesday.Http.Mapping;
using Domesday.Http.PlugIns;
using Microsoft.AspNetCore.Http;

namespace Domesday.Ingest.KubernetesAudit;

/// <summary><c>POST /ingest/kubernetes</c>: takes an EventList, or lines of an audit log as NDJSON.</summary>
/// <remarks>Query parameters are not looked at, but for <c>cluster</c>: kube-apiserver adds its own, such as <c>timeout=30s</c>.</remarks>
internal sealed class KubernetesAuditEndpoint(AppendPipeline pipeline, BatchLimits limits)
{
    public const int ClusterCharsMax = 253;

    public ValueTask<Result<AppendResult>> StoreAsync(HttpContext http, ReadOnlyMemory<byte> body, string? cluster) => JsonBatch.FormOf(http.Request.ContentType) == BodyForm.Lines
        ? StoreLinesAsync(http.Tenant(), body, cluster)
        : StoreListAsync(http.Tenant(), body, cluster);

    /// <summary>Lines of a kube-apiserver's own log: an event on each. A line that is none goes to quarantine by itself.</summary>
    private async ValueTask<Result<AppendResult>> StoreLinesAsync(string tenant, ReadOnlyMemory<byte> body, string? cluster)
    {
        var lines = JsonBatch.Split(body, BodyForm.Lines, limits.EventsMax);
        if (!lines.IsOk) return lines.Problem;
        var mapped = MappedItems.Of(lines.Value, cluster, (item, json) => AuditEventMapping.TryWrite(item, cluster, json));
        return await mapped.StoreAsync(pipeline, tenant, KubernetesAuditSource.Name);
    }

    private async ValueTask<Result<AppendResult>> StoreListAsync(string tenant, ReadOnlyMemory<byte> body, string? cluster)
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
}
