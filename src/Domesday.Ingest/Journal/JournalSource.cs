using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Http.Authorization;
using Domesday.Http.Mapping;
using Domesday.Http.PlugIns;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Domesday.Ingest.Journal;

/// <summary>Entries of systemd's journal, Linux audit records among them, as <c>systemd-journal-upload</c> sends them. The mapping is described in docs/sources/journal.md.</summary>
internal sealed class JournalSource : IIngestSource
{
    public const string Name = "journal";

    public string Kind => Name;

    public void Map(IEndpointRouteBuilder routes)
    {
        var endpoint = new JournalEndpoint(routes.ServiceProvider.GetRequiredService<AppendPipeline>(), routes.ServiceProvider.GetRequiredService<BatchLimits>());
        // The sender puts "/upload" behind the address that it is given.
        routes.MapPost("/ingest/journal/upload", endpoint.AppendAsync).RequirePermission(Permission.AuditWrite, wholeTenant: true);
        routes.MapPost("/ingest/journal/{key}/upload", endpoint.AppendAsync).RequirePermission(Permission.AuditWrite, wholeTenant: true).AcceptKeyInPath();
    }

    public Result<IReadOnlyList<ReadOnlyMemory<byte>>> Read(ReadOnlyMemory<byte> input, string? context) => MappedItems.Of([input], context, JournalMapping.TryWrite).All("It is no entry of a journal.");
}
