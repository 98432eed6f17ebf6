using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Domesday.Capture.Acts;
using Domesday.Capture.Recording;
using Domesday.Client;
using Domesday.Client.Spool;
using Domesday.Proxy.Counting;
using Domesday.Proxy.Sessions;
using Domesday.Proxy.Transport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Domesday.Proxy.Hosting;

/// <summary>A running proxy.</summary>
public sealed class ProxyHost : IAsyncDisposable
{
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DrainPause = TimeSpan.FromMilliseconds(20);

    private readonly ProxyOptions _options;
    private readonly ILogger _logger;
    private readonly DomesdayClient _client;
    private readonly EventSpool _spool;
    private readonly PolicySource _policy;
    private readonly Recorder _recorder;
    private readonly List<ProxyListener> _listeners = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];
    private WebApplication? _metrics;

    private ProxyHost(ProxyOptions options, ILogger logger)
    {
        (_options, _logger) = (options, logger);
        // First what may be wrong with the options.
        IActDecoder decoder = options.Kind switch
        {
            ProxyKind.Docker => new DockerActs(),
            ProxyKind.Kubernetes => new KubernetesActs(),
            _ => new RouteActs(options.Service ?? "http", RoutesOf(options.RoutesJson)),
        };
        _client = new(options.Server with { RetriesMax = 0, Time = options.Time });
        Directory.CreateDirectory(options.Folder);
        _spool = EventSpool.Open(new() { Folder = Path.Combine(options.Folder, "spool"), BytesMax = options.SpoolBytesMax, Time = options.Time }, _client);
        _policy = new(options.Policy, options.FollowsServer ? Path.Combine(options.Folder, "policy.json") : null, ignoresNothing: false, options.Time);
        _recorder = new(_spool, _policy, decoder, new() { Producer = ProducerName(options), Service = options.Service, Time = options.Time });
    }

    /// <summary>Where it listens, in the order of the options, with the ports that it was given.</summary>
    public IReadOnlyList<string> Urls => [.. _listeners.Select(listener => listener.Url)];

    /// <summary>Where counters are served; null: nowhere.</summary>
    public string? MetricsUrl => _metrics?.Urls.FirstOrDefault();

    public ProxyCounters Counters { get; } = new();

    public RecorderCounters Captured => _recorder.Counters;

    public SpoolCounters Spooled => _spool.Counters;

    public long? PolicyVersion => _policy.Version;

    /// <summary>Starts a proxy; returns when it listens.</summary>
    /// <exception cref="FormatException">The routes are not valid.</exception>
    /// <exception cref="IOException">An address or the spool's folder cannot be used.</exception>
    public static async Task<ProxyHost> StartAsync(ProxyOptions options, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        var host = new ProxyHost(options, logger);
        try
        {
            await host.StartAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the service has everything that was recorded so far.</summary>
    public Task DrainAsync(CancellationToken cancellation) => _spool.DrainAsync(cancellation);

    /// <summary>Stops listening, breaks off what is open, and gives the spool a moment to be sent.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync();
        foreach (var listener in _listeners) listener.Dispose();
        try
        {
            await Task.WhenAll(_running);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or System.Net.Sockets.SocketException)
        {
            // That is how they end.
        }
        if (_metrics is not null) await _metrics.DisposeAsync();
        await _policy.DisposeAsync();
        // What the service does not take now is sent by the next start.
        var started = _options.Time.GetTimestamp();
        while (_spool.Counters is { Waiting: > 0, LastError: null } && _options.Time.GetElapsedTime(started) < DrainTimeout) await Task.Delay(DrainPause, _options.Time);
        await _spool.DisposeAsync();
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task StartAsync()
    {
        var settings = new SessionSettings
        {
            Upstream = new(_options.Upstream, _options.UpstreamTls, _options.ConnectTimeout),
            Recorder = _recorder,
            Counters = Counters,
            Time = _options.Time,
            IsDocker = _options.Kind == ProxyKind.Docker,
            HoldsChunked = _options.Kind != ProxyKind.Http,
            UserField = _options.UserField,
            IdentityField = _options.IdentityField,
        };
        if (_options.Metrics is not null) await StartMetricsAsync(_options.Metrics);
        foreach (var address in _options.Listen) _listeners.Add(await ProxyListener.BindAsync(address, _options.ListenTls, _options.ConnectionsMax));
        if (_options.FollowsServer) _policy.Follow(_client);
        _running.Add(new Alarms(_logger, _spool, _policy, _recorder, _options.Time).RunAsync(_stop.Token));
        foreach (var listener in _listeners) _running.Add(listener.AcceptAsync(client => ServeAsync(client, settings), _ => Counters.HandshakeFailed(), _stop.Token));
    }

    private async Task ServeAsync(WireConnection client, SessionSettings settings)
    {
        using var session = new ClientSession(client, settings);
        using var ending = _stop.Token.UnsafeRegister(static state => ((ClientSession)state!).Dispose(), session);
        try
        {
            await session.RunAsync();
        }
        catch (Exception exception) when (!_stop.IsCancellationRequested)
        {
            // One session's fault must not be everybody's.
            ProxyLog.SessionFailed(_logger, exception);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Broken off by the end of the proxy.
        }
    }

    private async Task StartMetricsAsync(Uri url)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls(url.ToString());
        _metrics = builder.Build();
        _metrics.Run(async http =>
        {
            var isKnown = http.Request.Path == "/metrics" || http.Request.Path == "/healthz";
            http.Response.StatusCode = isKnown ? StatusCodes.Status200OK : StatusCodes.Status404NotFound;
            http.Response.ContentType = MetricsText.ContentType;
            if (http.Request.Path == "/metrics") await http.Response.WriteAsync(MetricsText.Write(Counters, Captured, Spooled, _policy));
        });
        await _metrics.StartAsync();
    }

    private static IReadOnlyList<RouteTemplate> RoutesOf(ReadOnlyMemory<byte> json)
    {
        try
        {
            return json.IsEmpty ? [] : RouteTemplate.ReadAll(json.Span);
        }
        catch (JsonException exception)
        {
            throw new FormatException($"The routes are not valid: {exception.Message}", exception);
        }
    }

    /// <summary>One name for each start, since numbering begins again with it.</summary>
    private static string ProducerName(ProxyOptions options) => string.Create(CultureInfo.InvariantCulture,
        $"proxy/{Environment.MachineName}/{options.Time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3))}");
}
