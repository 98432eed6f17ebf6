using Domesday.Core.Control;
using Domesday.Core.Erasures;
using Domesday.Core.Forwarding;
using Domesday.Core.Retention;
using Domesday.Server.Api;
using Domesday.Server.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Domesday.Server;

/// <summary>What keeps events no longer than wanted, and no more of them than there is room for.</summary>
internal static class RetentionComposition
{
    public static void AddRetention(this IServiceCollection services, ServiceCore core)
    {
        var metrics = new RetentionMetrics(core.Meter, core.Caps);
        services.AddSingleton(core.Caps);
        services.AddSingleton(new RetentionPolicies(core.Ledger));
        services.AddSingleton(new GrowthRates(core.Storage.Store, core.Storage.Reader, core.Time));
        var held = new HeldEvents(core.Storage.Reader, text => FilterText.Read(text, core.Time));
        services.AddSingleton(_ => new RetentionSweep(core.Storage.Store, core.Ledger, held, core.Sealer, core.Queue, metrics, core.Time, core.Loggers.CreateLogger<RetentionSweep>()));
        services.AddSingleton(provider => new HoldDirectory(core.Ledger, provider.GetRequiredService<RetentionSweep>(), text => FilterText.Read(text, core.Time), core.Time));
        services.AddSingleton(new GoneEvents(core.Ledger));
        services.AddSingleton(provider => new ErasureDirectory(core.Ledger, core.Storage.Store, core.Storage.Reader, provider.GetRequiredService<RetentionSweep>(), core.Sealer, core.Storage.Nodes,
            new(core.Storage.Store, core.Storage.Reader, provider.GetRequiredService<Forwarder>().Forget), text => FilterText.Read(text, core.Time), core.Time, core.Loggers.CreateLogger<ErasureDirectory>()));
        services.AddSingleton<RetentionStatus>();
        services.AddHostedService<RetentionWorker>();
        services.AddHostedService<ErasureWorker>();
    }
}
