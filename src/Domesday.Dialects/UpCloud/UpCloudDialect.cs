using System.Text.Json;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Domesday.Dialects.UpCloud;

/// <summary>The audit log of UpCloud's API, version 1.3.</summary>
internal sealed class UpCloudDialect(UpCloudOptions options) : IDialect
{
    public string Name => "upcloud";

    public IProblemShape Problems { get; } = new UpCloudErrors();

    public void Map(IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var endpoints = new UpCloudEndpoints(
            services.GetRequiredService<IEventReader>(), services.GetRequiredService<ReadAudit>(), services.GetRequiredService<TimeProvider>(), options);
        endpoints.Map(routes);
    }

    public Func<JsonElement, Result<AuditEvent>> OpenImport() => UpCloudImport.Read;
}
