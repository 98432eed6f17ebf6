using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Http.Authorization;
using Domesday.Http.PlugIns;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Domesday.Ingest.UcpAudit;

/// <summary>Audit lines as Docker UCP's <c>ucp-controller</c> prints them: out of <c>docker logs</c>, a support dump or a log collector.</summary>
internal sealed class UcpAuditSource : IIngestSource
{
    public const string Name = "ucp";

    public string Kind => Name;

    public void Map(IEndpointRouteBuilder routes)
    {
        var endpoint = new UcpAuditEndpoint(routes.ServiceProvider.GetRequiredService<AppendPipeline>(), routes.ServiceProvider.GetRequiredService<BatchLimits>());
        routes.MapPost("/ingest/ucp", endpoint.AppendAsync).RequirePermission(Permission.AuditWrite, wholeTenant: true);
        routes.MapPost("/ingest/ucp/{key}", endpoint.AppendAsync).RequirePermission(Permission.AuditWrite, wholeTenant: true).AcceptKeyInPath();
    }

    /// <summary>Audit lines alone: of a log with others between, which <c>/ingest/ucp</c> passes over, each of those is refused.</summary>
    public Func<JsonElement, Result<AuditEvent>> OpenImport() => UcpAuditMapping.Import;

    public Result<IReadOnlyList<ReadOnlyMemory<byte>>> Read(ReadOnlyMemory<byte> input, string? context)
    {
        var lines = UcpAuditLines.Read(input, int.MaxValue);
        if (!lines.IsOk) return lines.Problem;
        if (lines.Value.Refused.Count > 0) return new Problem(ProblemKind.Invalid, "It is not an audit line of UCP.") { Faults = [.. lines.Value.Refused.SelectMany(refused => refused.Faults)] };
        return lines.Value.Events;
    }
}
