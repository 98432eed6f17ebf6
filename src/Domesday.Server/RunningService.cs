using System.Net;
using Domesday.Core.Problems;
using Domesday.Ingest.Syslog;
using Domesday.Server.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Domesday.Server;

/// <summary>A service that listens. Disposing stops it: no new requests, running ones end, the store closes.</summary>
public sealed class RunningService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ServiceCore _core;
    private readonly ServerCertificate? _certificate;
    private int _disposed;

    private RunningService(WebApplication app, ServiceCore core, ServerCertificate? certificate) => (_app, _core, _certificate) = (app, core, certificate);

    /// <summary>Where it listens, with the ports that it got.</summary>
    public IReadOnlyCollection<string> Urls => [.. _app.Urls];

    /// <summary>Where it listens for syslog: first over UDP, then TCP, then TLS.</summary>
    public IReadOnlyList<IPEndPoint> SyslogEndPoints => _app.Services.GetService<SyslogListeners>()?.EndPoints ?? [];

    /// <summary>The password of the user admin, when this start made one up; to be shown once and not kept.</summary>
    public string? MadePassword => _core.MadePassword;

    /// <summary>Every route, for tests that go through all of them.</summary>
    internal IEnumerable<RouteEndpoint> Routes => ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

    internal ServiceCore Core => _core;

    /// <summary>What it is made of, for tests that do a worker's work at a moment of their own.</summary>
    internal IServiceProvider Parts => _app.Services;

    /// <returns><see cref="ProblemKind.Invalid"/> when a file that the settings name cannot be used; the store's problem when it refuses the first events.</returns>
    /// <exception cref="IOException">An address cannot be listened on, or the store cannot be opened.</exception>
    public static async Task<Result<RunningService>> StartAsync(ServiceSettings settings, ServeParts parts, ILoggerFactory loggers, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(parts);
        var certificate = settings is { TlsCert: { } file, TlsKey: { } key } ? ServerCertificate.Load(file, key) : (Result<ServerCertificate>?)null;
        if (certificate is { IsOk: false }) return certificate.Value.Problem!;
        var core = await ServiceCore.OpenAsync(settings, parts, loggers, cancellation);
        if (!core.IsOk) return core.Problem;
        WebApplication? app = null;
        try
        {
            var syslog = SyslogComposition.Options(core.Value, certificate?.Value);
            if (!syslog.IsOk)
            {
                await core.Value.DisposeAsync();
                return syslog.Problem;
            }
            app = WebComposition.Build(core.Value, parts, certificate?.Value, syslog.Value);
            await app.StartAsync(cancellation);
            return new RunningService(app, core.Value, certificate?.Value);
        }
        catch
        {
            if (app is not null) await app.DisposeAsync();
            await core.Value.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes when a signal or <paramref name="cancellation"/> asks it to stop.</summary>
    public async Task WaitForStopAsync(CancellationToken cancellation)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var bySignal = _app.Lifetime.ApplicationStopping.Register(() => asked.TrySetResult());
        await using var byCaller = cancellation.Register(() => asked.TrySetResult());
        await asked.Task;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _core.DisposeAsync();
        _certificate?.Dispose();
    }
}
