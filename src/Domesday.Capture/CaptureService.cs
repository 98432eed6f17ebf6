using System.Globalization;
using System.Security.Cryptography;
using Domesday.Capture.Acts;
using Domesday.Capture.Recording;
using Domesday.Client;
using Domesday.Client.Spool;
using Domesday.Events.Capture;

namespace Domesday.Capture;

/// <summary>What all requests of an application share: spool, policy, recorder. Opened with the application and closed with it.</summary>
public sealed class CaptureService : IAsyncDisposable
{
    private readonly DomesdayClient _client;
    private readonly EventSpool _spool;
    private readonly PolicySource _policy;

    internal CaptureService(CaptureOptions options, HttpMessageHandler? handler)
    {
        options.Check();
        _client = new(options.Server! with { RetriesMax = 0, Time = options.Time }, handler);
        Directory.CreateDirectory(options.Folder);
        _spool = EventSpool.Open(new() { Folder = Path.Combine(options.Folder, "spool"), BytesMax = options.SpoolBytesMax, Time = options.Time }, _client);
        _policy = new(CompiledPolicy.Compile(options.Policy), options.FollowsServer ? Path.Combine(options.Folder, "policy.json") : null, ignoresNothing: true, options.Time);
        Recorder = new(_spool, _policy, new RouteActs(options.Service, options.Routes), new()
        {
            Producer = string.Create(CultureInfo.InvariantCulture, $"app/{options.Service}/{Environment.MachineName}/{options.Time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3))}"),
            Service = options.Service,
            Time = options.Time,
        });
        if (options.FollowsServer) _policy.Follow(_client);
    }

    /// <summary>What was recorded, left out, served unrecorded and refused.</summary>
    public RecorderCounters Recorded => Recorder.Counters;

    /// <summary>What lies on disk, and what was sent.</summary>
    public SpoolCounters Spooled => _spool.Counters;

    internal Recorder Recorder { get; }

    /// <summary>Waits until the service has everything that was recorded so far.</summary>
    public Task DrainAsync(CancellationToken cancellation) => _spool.DrainAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        await _policy.DisposeAsync();
        await _spool.DisposeAsync();
        _client.Dispose();
    }
}
