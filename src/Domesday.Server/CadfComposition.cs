using Domesday.Ingest.Cadf;
using Microsoft.Extensions.DependencyInjection;

namespace Domesday.Server;

/// <summary>The consumer of OpenStack's notifications, where settings name a RabbitMQ.</summary>
internal static class CadfComposition
{
    public static void AddCadf(this IServiceCollection services, ServiceCore core)
    {
        if (core.Settings.CadfAmqp is not { } address) return;
        services.AddSingleton(new CadfOptions(address)
        {
            Exchanges = core.Settings.CadfExchanges,
            Queue = core.Settings.CadfQueue,
            Tenant = core.Settings.CadfTenant,
            Region = core.Settings.CadfRegion,
            IsActive = tenant => core.Ledger.State.IsActive(tenant),
        });
        services.AddHostedService<CadfConsumer>();
    }
}
