using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Http.Mapping;
using Domesday.Http.PlugIns;
using Domesday.Ingest.AuditRecords;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Domesday.Ingest.LinuxAudit;

/// <summary>Lines of auditd's <c>audit.log</c>. The mapping is described in docs/sources/linux-audit.md.</summary>
internal sealed class LinuxAuditSource : IIngestSource
{
    public const string Name = "linux_audit";

    public string Kind => Name;

    public void Map(IEndpointRouteBuilder routes)
    {
        var endpoint = new LinuxAuditEndpoint(routes.ServiceProvider.GetRequiredService<AppendPipeline>(), routes.ServiceProvider.GetRequiredService<BatchLimits>());
        routes.MapPosted("/ingest/linux-audit", "host", LinuxAuditEndpoint.HostCharsMax, endpoint.StoreAsync);
    }

    /// <param name="context">The host's name.</param>
    public Result<IReadOnlyList<ReadOnlyMemory<byte>>> Read(ReadOnlyMemory<byte> input, string? context)
    {
        const string Refusal = "It is no record of Linux audit.";
        if (AuditLines.Split(input, context, int.MaxValue) is not { Refused.Count: 0 } records) return new Problem(ProblemKind.Invalid, Refusal);
        return MappedItems.Of(records.Events, context, (item, json) => AuditRecordMapping.TryWrite(item, context, json)).All(Refusal);
    }
}
