using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Http.Mapping;
using Domesday.Http.PlugIns;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Domesday.Ingest.Cadf;

/// <summary>CADF events and other notifications of OpenStack's services, over HTTP and from RabbitMQ. The mapping is described in docs/sources/cadf.md.</summary>
internal sealed class CadfSource : IIngestSource
{
    public const string Name = "cadf";

    public string Kind => Name;

    public void Map(IEndpointRouteBuilder routes)
    {
        var endpoint = new CadfEndpoint(routes.ServiceProvider.GetRequiredService<AppendPipeline>(), routes.ServiceProvider.GetRequiredService<BatchLimits>());
        routes.MapPosted("/ingest/cadf", "region", CadfEndpoint.RegionCharsMax, endpoint.StoreAsync);
    }

    /// <param name="context">The region that the sender is in.</param>
    public Result<IReadOnlyList<ReadOnlyMemory<byte>>> Read(ReadOnlyMemory<byte> input, string? context)
    {
        var items = JsonBatch.Split(input, BodyForm.Unknown, int.MaxValue);
        return items.IsOk ? MapItems(CadfPairs.Fold(items.Value), context).All("It is not an event of CADF, and no notification of OpenStack.") : items.Problem;
    }

    /// <param name="items">Each one notification, or a pair as <see cref="CadfPairs"/> makes it.</param>
    public static MappedItems MapItems(IReadOnlyList<ReadOnlyMemory<byte>> items, string? region) =>
        MappedItems.Of(items, region, (item, json) => CadfMapping.TryWrite(item, region, json));
}
