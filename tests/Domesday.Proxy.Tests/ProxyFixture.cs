using System.Net;
using System.Net.Sockets;
using System.Text;
using Domesday.Client;
using Domesday.Client.Tests;
using Domesday.Events;
using Domesday.Events.Capture;
using Domesday.Proxy.Hosting;
using Domesday.Proxy.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Proxy.Tests;

/// <summary>A proxy before an upstream that a test plays by hand, byte by byte; and the real service behind it, in process.</summary>
internal sealed class ProxyFixture : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("domesday-proxy");
    private readonly TcpListener _upstream = new(IPAddress.Loopback, 0);
    private readonly List<Wire> _wires = [];

    private ProxyFixture() => _upstream.Start();

    public ProxyHost Proxy { get; private set; } = null!;

    public ServedService? Service { get; private set; }

    public ProxyOptions Options { get; private set; } = null!;

    public string Folder => _folder.FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<ProxyFixture> StartAsync(ProxyKind kind = ProxyKind.Http, CapturePolicy? policy = null, bool service = true, Func<ProxyOptions, ProxyOptions>? change = null)
    {
        var fixture = new ProxyFixture();
        if (service) fixture.Service = await ServedService.StartAsync();
        var port = ((IPEndPoint)fixture._upstream.LocalEndpoint).Port;
        fixture.Options = new()
        {
            Listen = [ProxyAddress.Parse("http://127.0.0.1:0")],
            Upstream = ProxyAddress.Parse($"http://127.0.0.1:{port}"),
            Kind = kind,
            Policy = CompiledPolicy.Compile(policy ?? CapturePolicy.Default),
            FollowsServer = service,
            Server = new() { Server = fixture.Service?.Url ?? new("http://127.0.0.1:1"), Credential = ClientCredential.User("admin", ServedService.Password) },
            Folder = Path.Combine(fixture.Folder, "proxy"),
        };
        if (change is not null) fixture.Options = change(fixture.Options);
        await fixture.StartProxyAsync();
        return fixture;
    }

    public async Task StartProxyAsync() => Proxy = await ProxyHost.StartAsync(Options, NullLogger.Instance);

    /// <summary>A connection of a client.</summary>
    public async Task<Wire> ClientAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(Proxy.Urls[0]).Port, Cancellation);
        return Keep(new(client));
    }

    /// <summary>The next connection that reaches the upstream.</summary>
    public async Task<Wire> UpstreamAsync() => Keep(new(await _upstream.AcceptTcpClientAsync(Cancellation)));

    /// <summary>Sends a request, plays the upstream, and gives what the client got.</summary>
    public async Task<string> ExchangeAsync(string request, string response)
    {
        using var client = await ClientAsync();
        await client.SendAsync(request);
        using var upstream = await UpstreamAsync();
        await upstream.ReadAsync(request.Length);
        await upstream.SendAsync(response);
        return await client.ReadAsync(response.Length);
    }

    public async Task StopServiceAsync()
    {
        await Service!.DisposeAsync();
        Service = null;
    }

    public void StopUpstream() => _upstream.Stop();

    /// <summary>What the service has of the upstream's requests, oldest first.</summary>
    public async Task<IReadOnlyList<AuditEvent>> EventsAsync()
    {
        await Proxy.DrainAsync(Cancellation);
        using var client = Service!.Admin();
        var events = new List<AuditEvent>();
        await foreach (var one in client.ListAllAsync(EventSelection.All.With("order", "asc"), new() { Limit = 1_000 }, Cancellation))
        {
            if (one.Event.Request?.Method is not null && one.Event.Labels?.ContainsKey("producer") != false) events.Add(one.Event);
        }
        return events;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var wire in _wires) wire.Dispose();
        await Proxy.DisposeAsync();
        _upstream.Dispose();
        if (Service is not null) await Service.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private Wire Keep(Wire wire)
    {
        _wires.Add(wire);
        return wire;
    }

    /// <summary>One end of a connection, in the hands of a test.</summary>
    internal sealed class Wire(TcpClient client) : IDisposable
    {
        private readonly NetworkStream _stream = client.GetStream();

        public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

        public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes, Cancellation);

        public async Task<string> ReadAsync(int length)
        {
            var bytes = new byte[length];
            await _stream.ReadExactlyAsync(bytes, Cancellation);
            return Encoding.Latin1.GetString(bytes);
        }

        public async Task<string> ReadToEndAsync()
        {
            using var all = new MemoryStream();
            await _stream.CopyToAsync(all, Cancellation);
            return Encoding.Latin1.GetString(all.ToArray());
        }

        public ValueTask<int> ReadSomeAsync(Memory<byte> buffer) => _stream.ReadAsync(buffer, Cancellation);

        /// <summary>Nothing more is sent from here.</summary>
        public void EndSending() => client.Client.Shutdown(SocketShutdown.Send);

        /// <summary>Ends so that the other side sees a failure.</summary>
        public void Reset()
        {
            client.Client.LingerState = new(true, 0);
            client.Dispose();
        }

        public void Dispose() => client.Dispose();
    }
}
