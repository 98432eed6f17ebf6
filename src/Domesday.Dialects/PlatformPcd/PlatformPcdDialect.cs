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

namespace Domesday.Dialects.PlatformPcd;

/// <summary>The audit service of Platform9's Private Cloud Director, and as much of Keystone as its clients need to sign in.</summary>
internal sealed class PlatformPcdDialect(PlatformPcdOptions options) : IDialect
{
    public string Name => "pcd";

    public IProblemShape Problems { get; } = new PlatformPcdErrors();

    public void Map(IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var time = services.GetRequiredService<TimeProvider>();
        new PlatformPcdEndpoints(services.GetRequiredService<IEventReader>(), services.GetRequiredService<ReadAudit>(), time, options).Map(routes);
        new KeystoneEndpoints(services.GetRequiredService<SignIn>(), services.GetRequiredService<CredentialCheck>()).Map(routes);
    }

    public Func<JsonElement, Result<AuditEvent>> OpenImport() => new PlatformPcdImport().Read;
}
