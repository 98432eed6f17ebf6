using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Http.Mapping;
using Domesday.Http.PlugIns;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Domesday.Ingest.KubernetesAudit;

/// <summary>What a kube-apiserver's audit webhook posts. The mapping is described in docs/sources/kubernetes.md.</summary>
internal sealed class KubernetesAuditSource : IIngestSource
{
    public const string Name = "kubernetes";

    public string Kind => Name;

    public void Map(IEndpointRouteBuilder routes)
    {
        var endpoint = new KubernetesAuditEndpoint(routes.ServiceProvider.GetRequiredService<AppendPipeline>(), routes.ServiceProvider.GetRequiredService<BatchLimits>());
        routes.MapPosted("/ingest/kubernetes", "cluster", KubernetesAuditEndpoint.ClusterCharsMax, endpoint.StoreAsync);
    }

    /// <param name="context">The cluster's name.</param>
    public Result<IReadOnlyList<ReadOnlyMemory<byte>>> Read(ReadOnlyMemory<byte> input, string? context)
    {
        var items = AuditEventList.Split(input, int.MaxValue, allowItem: true);
        if (!items.IsOk) return items.Problem;
        return MappedItems.Of(items.Value, context, (item, json) => AuditEventMapping.TryWrite(item, context, json)).All("It is not an audit event of Kubernetes.");
    }
}
