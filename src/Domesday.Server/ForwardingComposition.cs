using Domesday.Core.Alerts;
using Domesday.Core.Control;
using Domesday.Core.Forwarding;
using Domesday.Core.Gaps;
using Domesday.Core.Problems;
using Domesday.Core.Reports;
using Domesday.Core.Witnesses;
using Domesday.Server.Api;
using Domesday.Server.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Domesday.Server;

/// <summary>What carries events to where people look.</summary>
internal static class ForwardingComposition
{
    /// <summary>Where the cursors of sinks lie in the data folder.</summary>
    public const string SinksFolder = "sinks";

    /// <summary>Where what alert rules remember lies in the data folder.</summary>
    public const string AlertsFolder = "alerts";

    private static void AddAlerts(this IServiceCollection services, ServiceCore core, SinkOpener opener, Forwarder forwarder)
    {
        services.AddSingleton(provider => new AlertDirectory(core.Ledger, text => FilterText.Read(text, core.Time), ChannelsOf(provider, opener), core.Storage.Store.Size, core.Time));
        services.AddSingleton(new AlertWatch(core.Ledger, core.Storage.Store, core.Storage.Reader, core.Pipeline, text => FilterText.Read(text, core.Time),
            core.Storage.KeptByAlerts ?? new FolderFiles(Path.Combine(core.Settings.Data, AlertsFolder)), core.Time, core.Loggers.CreateLogger<AlertWatch>()));
        services.AddSingleton(provider => new ServiceWatch(forwarder, core.Sealer, provider.GetRequiredService<Witnessing>(), core.Queue, core.Settings, core.Time));
        services.AddSingleton(provider => new GapWatch(provider.GetRequiredService<GapTracker>(), core.Storage.Store, core.Pipeline, core.Time));
        services.AddHostedService<AlertWorker>();
    }

    /// <summary>A tenant's sink by id or name, for those who send things by it.</summary>
    private static Func<string, string, SinkChannel?> ChannelsOf(IServiceProvider provider, SinkOpener opener) => (tenant, reference) =>
        provider.GetRequiredService<SinkDirectory>().Find(tenant, reference) is { IsOk: true, Value: var sink } ? new(sink.Id, sink.IsChannel, opener.Find(sink.Type)?.TakesFiles == true) : null;

    private static void AddReports(this IServiceCollection services, ServiceCore core, SinkOpener opener, Forwarder forwarder)
    {
        services.AddSingleton(provider => new ReportDirectory(core.Ledger, text => FilterText.Read(text, core.Time), ChannelsOf(provider, opener), core.Time));
        services.AddSingleton(provider => new ScheduledReports(core.Ledger, core.Storage.Reader, core.Pipeline, text => FilterText.Read(text, core.Time), async (tenant, id, file, cancellation) =>
            provider.GetRequiredService<SinkDirectory>().Find(tenant, id) is { IsOk: true, Value: var sink } ? await forwarder.SendFileAsync(sink, file, cancellation) : new Problem(ProblemKind.NotFound, "The sink is not there any more."),
            core.Time, core.Loggers.CreateLogger<ScheduledReports>()));
        services.AddHostedService<ReportWorker>();
    }

    public static void AddForwarding(this IServiceCollection services, ServiceCore core, ServeParts parts)
    {
        var environment = new SinkEnvironment(Path.Combine(core.Settings.Data, "forwarded"), Console.OpenStandardOutput())
        {
            AwsEndpoint = core.Settings.AwsEndpoint,
            Checkpoints = new SealedCheckpoints(core.Sealer),
        };
        var opener = new SinkOpener(parts.Sinks, text => FilterText.Read(text, core.Time), core.Secrets, environment, core.Time, core.Loggers);
        var forwarder = new Forwarder(core.Ledger, opener, core.Storage.Store, core.Storage.Reader, new(core.Storage.KeptByForwarding ?? new FolderFiles(Path.Combine(core.Settings.Data, SinksFolder)), core.Storage.AskedOfForwarding), core.Time, core.Loggers.CreateLogger<Forwarder>());
        services.AddSingleton(opener);
        services.AddSingleton(forwarder);
        services.AddSingleton(new ForwardingMetrics(core.Meter, forwarder, core.Time));
        services.AddSingleton(new SinkDirectory(core.Ledger, opener, core.Secrets, core.Storage.Store.Size, core.Time));
        services.AddSingleton(new SinkReplays(forwarder, core.Storage.Store, core.Storage.Reader, core.Queue));
        services.AddHostedService<ForwardingWorker>();
        services.AddAlerts(core, opener, forwarder);
        services.AddReports(core, opener, forwarder);
    }
}
