using System.Text.Json;
using Domesday.Core.Append;
using Domesday.Core.Control;
using Domesday.Core.Credentials;
using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Core.Secrets;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Domesday.Dialects.SpectroPalette;

/// <summary>The audits of Spectro Cloud's Palette, signing in, and the data sinks of a tenant.</summary>
internal sealed class SpectroPaletteDialect(SpectroPaletteOptions options) : IDialect
{
    public string Name => "palette";

    public IProblemShape Problems { get; } = new SpectroPaletteErrors();

    public void Map(IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var (reader, audit, time) = (services.GetRequiredService<IEventReader>(), services.GetRequiredService<ReadAudit>(), services.GetRequiredService<TimeProvider>());
        new SpectroPaletteEndpoints(reader, audit, time, options).Map(routes);
        new AuditNoteEndpoint(reader, services.GetRequiredService<AppendPipeline>()).Map(routes);
        new SignInEndpoint(services.GetRequiredService<SignIn>()).Map(routes);
        var sinks = new DataSinkStore(services.GetRequiredService<ControlLedger>(), services.GetRequiredService<SecretBox>(), services.GetRequiredService<Forwarder>(), services.GetRequiredService<IEventStore>().Size, time);
        new DataSinkEndpoints(sinks, reader, time).Map(routes);
    }

    public Func<JsonElement, Result<AuditEvent>> OpenImport() => SpectroPaletteImport.Read;
}
