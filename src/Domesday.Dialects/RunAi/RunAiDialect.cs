using System.Text.Json;
using Domesday.Core.Control;
using Domesday.Core.Credentials;
using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Domesday.Dialects.RunAi;

/// <summary>The audit log of Run:ai's control plane, on its old route and on its new one.</summary>
internal sealed class RunAiDialect(RunAiOptions options) : IDialect
{
    public string Name => "runai";

    public IProblemShape Problems { get; } = new RunAiErrors();

    public void Map(IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var (reader, audit, time) = (services.GetRequiredService<IEventReader>(), services.GetRequiredService<ReadAudit>(), services.GetRequiredService<TimeProvider>());
        new RunAiTokenEndpoints(services.GetRequiredService<SignIn>()).Map(routes);
        new RunAiHistoryEndpoints(reader, audit, time, options).Map(routes);
        new RunAiEndpoints(reader, audit, time).Map(routes);
    }

    public Func<JsonElement, Result<AuditEvent>> OpenImport() => RunAiImport.Read;
}
