using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Http.Authorization;
using Domesday.Http.Mapping;
using Domesday.Http.PlugIns;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Domesday.Ingest.NativeJson;

/// <summary>Events in the service's own form: one, an array, or NDJSON.</summary>
internal sealed class NativeJsonSource : IIngestSource
{
    public const string Name = "native";

    public string Kind => Name;

    public void Map(IEndpointRouteBuilder routes)
    {
        var endpoint = new NativeJsonEndpoint(routes.ServiceProvider.GetRequiredService<AppendPipeline>(), routes.ServiceProvider.GetRequiredService<BatchLimits>());
        routes.MapPost("/audit/v1/events", endpoint.AppendAsync).RequirePermission(Permission.AuditWrite);
    }

    public Result<IReadOnlyList<ReadOnlyMemory<byte>>> Read(ReadOnlyMemory<byte> input, string? context)
    {
        var events = JsonBatch.Split(input, BodyForm.Unknown, int.MaxValue);
        return events.IsOk ? events.Value : events.Problem;
    }
}
