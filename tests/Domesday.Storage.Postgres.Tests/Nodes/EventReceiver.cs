using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Domesday.Storage.Postgres.Tests.Nodes;

/// <summary>Takes what webhooks post: events as a list, files as they are.</summary>
internal sealed class EventReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly List<(long Sequence, string Id)> _taken = [];
    private readonly List<string> _files = [];

    public EventReceiver()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        }
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _ = Task.Run(RunAsync);
    }

    public string Url { get; }

    /// <summary>Files whose delivery's name has this in it are not taken; null: all are.</summary>
    public string? RefusedFile { get; set; }

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyList<(long Sequence, string Id)> Taken
    {
        get
        {
            lock (_taken) return [.. _taken];
        }
    }

    /// <summary>The names of the deliveries of files that were taken.</summary>
    public IReadOnlyList<string> Files
    {
        get
        {
            lock (_taken) return [.. _files];
        }
    }

    public async Task WaitAsync(int events, CancellationToken cancellation)
    {
        while (Taken.DistinctBy(one => one.Sequence).Count() < events) await Task.Delay(20, cancellation);
    }

    public void Dispose() => _listener.Close();

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var request = await _listener.GetContextAsync();
                request.Response.StatusCode = await TryTakeAsync(request.Request) ? 200 : 500;
                request.Response.Close();
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            // It was closed.
        }
    }

    private async Task<bool> TryTakeAsync(HttpListenerRequest request)
    {
        using var reader = new StreamReader(request.InputStream);
        var body = await reader.ReadToEndAsync();
        if (request.Headers["Content-Disposition"] is not null)
        {
            var name = request.Headers["Domesday-Delivery"]!;
            if (RefusedFile is { } refused && name.Contains(refused, StringComparison.Ordinal)) return false;
            lock (_taken) _files.Add(name);
            return true;
        }
        using var events = JsonDocument.Parse(body);
        lock (_taken) _taken.AddRange(events.RootElement.EnumerateArray().Select(one => (one.GetProperty("sequence").GetInt64(), one.GetProperty("id").GetString()!)));
        return true;
    }
}
