using Domesday.Core.Append;
using Domesday.Core.Control;
using Domesday.Core.Credentials;
using Domesday.Core.Secrets;
using Domesday.Core.Storage;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Domesday.Dialects.DockerUcp;

/// <summary>Docker Universal Control Plane and Mirantis Kubernetes Engine 3: audit configuration, and the log of <c>ucp-controller</c> as the docker CLI reads it.</summary>
internal sealed class DockerUcpDialect(DockerUcpOptions options) : IDialect
{
    public string Name => DockerUcpConfig.Dialect;

    public IProblemShape Problems { get; } = new DockerUcpErrors();

    public void Map(IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var (reader, store, time) = (services.GetRequiredService<IEventReader>(), services.GetRequiredService<IEventStore>(), services.GetRequiredService<TimeProvider>());
        var (ledger, audit) = (services.GetRequiredService<ControlLedger>(), services.GetRequiredService<ReadAudit>());
        var log = new ControllerLog(reader, store);
        var requests = new DockerUcpRequests(ledger, services.GetRequiredService<SecretBox>(), services.GetRequiredService<AppendPipeline>(), time);
        new DockerUcpEndpoints(requests, services.GetRequiredService<SignIn>()).Map(routes);
        new EngineEndpoints(log, ledger, audit, time, services.GetRequiredService<IHostApplicationLifetime>(), options).Map(routes);
        new SupportEndpoint(log, requests, audit, time, options).Map(routes);
    }
}
