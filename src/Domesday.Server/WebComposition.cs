using Domesday.Core.Control;
using Domesday.Core.Credentials;
using Domesday.Core.Export;
using Domesday.Core.Gaps;
using Domesday.Core.Sealing;
using Domesday.Core.Verification;
using Domesday.Core.Witnesses;
using Domesday.Http.Authentication;
using Domesday.Http.Authorization;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Domesday.Ingest.Syslog;
using Domesday.Server.Api;
using Domesday.Server.Metrics;
using Domesday.Server.OpenApi;
using Domesday.Server.Operations;
using Domesday.Server.Settings;
using Domesday.Server.Witnesses;
using Domesday.Server.Workers;
using Domesday.Ui;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Domesday.Server;

/// <summary>The composition: what is registered, what a request passes through, and which routes there are.</summary>
internal static class WebComposition
{
    private const int ConnectionsMax = 10_000;
    private const int HeaderBytesMax = 32 * 1024;
    private const int RequestLineBytesMax = 16 * 1024;

    private static readonly TimeSpan HeadersMax = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(7);

    public static WebApplication Build(ServiceCore core, ServeParts parts, ServerCertificate? certificate, SyslogOptions syslog)
    {
        // Empty: no appsettings.json of the current folder and no ASPNETCORE_ variable has a say.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Configure(kestrel, core.Settings, certificate)).UseUrls([.. core.Settings.Urls]);
        Register(builder.Services, core);
        builder.Services.AddSyslog(syslog);
        builder.Services.AddForwarding(core, parts);
        foreach (var dialect in parts.Dialects) builder.Services.AddSingleton(dialect).AddSingleton(dialect.Problems);
        var app = builder.Build();
        app.UseMiddleware<RequestMetrics>();
        app.UseMiddleware<FailureMiddleware>();
        app.UseMiddleware<AuthenticationMiddleware>();
        app.MapHealth();
        app.MapMetrics();
        app.MapProblemPages();
        app.MapTokenKeys();
        app.MapNativeApi();
        app.MapOpenApi();
        app.MapUi();
        foreach (var source in parts.Sources) source.Map(app);
        foreach (var dialect in parts.Dialects) dialect.Map(app);
        RouteCheck.EnsureRequirements(app);
        return app;
    }

    private static void Configure(KestrelServerOptions kestrel, ServiceSettings settings, ServerCertificate? certificate)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = settings.BatchBytesMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = HeaderBytesMax;
        kestrel.Limits.MaxRequestLineSize = RequestLineBytesMax;
        kestrel.Limits.RequestHeadersTimeout = HeadersMax;
        kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
        if (certificate is not null) kestrel.ConfigureHttpsDefaults(certificate.Apply);
    }

    private static void Register(IServiceCollection services, ServiceCore core)
    {
        services.AddSingleton(core.Loggers);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddRouting();
        services.AddSingleton(core.Settings);
        services.AddSingleton(core.Settings.EventLimits);
        services.AddSingleton(new BatchLimits(core.Settings.BatchBytesMax, core.Settings.BatchEventsMax));
        services.AddSingleton(core.Time);
        services.AddSingleton(core.Meter);
        services.AddSingleton(core.Metrics);
        services.AddSingleton(new RequestInstruments(core.Meter));
        services.AddSingleton(core.Storage.Store);
        services.AddSingleton(core.Storage.Reader);
        services.AddNodes(core);
        services.AddSingleton(core.Pipeline);
        services.AddSingleton(core.Sealer);
        services.AddSingleton(core.SealingOptions);
        services.AddSingleton(new LedgerProofs(core.Storage.Store, core.Storage.Reader, core.Sealer));
        services.AddSingleton(_ => new LedgerVerifier(core.Storage.Store, core.Storage.Reader, core.Sealer, core.Queue, core.Time));
        services.AddSingleton<WitnessHttp>();
        services.AddSingleton(provider => new Witnessing(core.Settings.Witnesses, provider.GetRequiredService<WitnessHttp>().AskAsync, core.Storage.Store, core.Sealer, provider.GetRequiredService<LedgerProofs>(),
            Path.Combine(core.Settings.Data, "witnesses"), core.Time, core.Storage.KeptBySealing));
        services.AddSingleton<ICheckpointSource>(new SealedCheckpoints(core.Sealer));
        services.AddSingleton(core.Ledger);
        services.AddSingleton(core.Secrets);
        services.AddSingleton(core.Credentials);
        services.AddSingleton(core.TokenKeys);
        services.AddSingleton(core.Tokens);
        services.AddSingleton(new SignIn(core.Credentials, core.Tokens, core.Successes, core.Ledger, core.Settings.TokenLifetime, core.Time));
        services.AddSingleton(new ViewerTokens(core.Tokens, core.Ledger, core.Storage.Reader, core.Queue, core.Time));
        services.AddSingleton(core.Uses);
        services.AddSingleton(core.Failures);
        services.AddSingleton(new ReadAudit(core.Queue));
        services.AddSingleton(new BundleAudit(new ReadAudit(core.Queue), core.Time));
        services.AddSingleton(new TenantDirectory(core.Ledger, core.Time));
        services.AddSingleton(new KeyDirectory(core.Ledger, core.Time));
        services.AddSingleton(new UserDirectory(core.Ledger, core.Time));
        services.AddSingleton(new ApplicationDirectory(core.Ledger, core.Time));
        services.AddSingleton(core.Authority);
        services.AddSingleton(new CertificateDirectory(core.Ledger, core.Authority, core.Time));
        services.AddSingleton(new RoleDirectory(core.Ledger, core.Time));
        services.AddSingleton(new GrantDirectory(core.Ledger, core.Time));
        services.AddSingleton(new CapturePolicies(core.Ledger));
        services.AddSingleton(new ViewDirectory(core.Ledger, core.Time));
        services.AddSingleton(_ => new GapTracker(core.Storage.Store, core.Storage.Reader, core.Settings.Data, core.Loggers.CreateLogger<GapTracker>()));
        services.Configure<HostOptions>(host => host.ShutdownTimeout = StopMax);
        services.AddHostedService<AccessRecordsWorker>();
        services.AddHostedService<SealingWorker>();
        services.AddHostedService<WitnessWorker>();
        services.AddHostedService<GapWorker>();
        services.AddRetention(core);
        services.AddCadf(core);
        services.AddUi(new(core.Settings.ViewerOrigins));
    }
}
