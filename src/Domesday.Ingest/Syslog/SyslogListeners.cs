using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Domesday.Core.Append;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Domesday.Ingest.Syslog;

/// <summary>All addresses on which the service listens for syslog, over UDP, TCP and TLS.</summary>
/// <remarks>Messages that wait when the service ends are stored first, for some seconds at most.</remarks>
public sealed class SyslogListeners(SyslogOptions options, AppendPipeline pipeline, Meter meter, TimeProvider time, ILogger<SyslogListeners> logger) : IHostedService, IDisposable
{
    private const int ReceiveBytes = 4 * 1024 * 1024;
    private const int Backlog = 512;

    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(3);

    private readonly SyslogMetrics _metrics = new(meter);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _giveUp = new();
    private readonly List<Socket> _sockets = [];
    private readonly List<SyslogFeed> _feeds = [];
    private readonly List<Task> _receiving = [];
    private readonly List<Task> _storing = [];

    /// <summary>Where it listens, with the ports that it got: first those of UDP, then of TCP, then of TLS.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => [.. _sockets.Select(socket => (IPEndPoint)socket.LocalEndPoint!)];

    /// <exception cref="IOException">An address cannot be listened on.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var address in options.Udp) ListenUdp(address);
        foreach (var address in options.Tcp) ListenTcp(address, "tcp", null);
        foreach (var address in options.Tls) ListenTcp(address, "tls", options.Authentication ?? throw new InvalidOperationException("TLS needs a certificate."));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_receiving);
        foreach (var feed in _feeds) feed.Complete();
        _giveUp.CancelAfter(DrainMax);
        await Task.WhenAll(_storing);
    }

    public void Dispose()
    {
        foreach (var socket in _sockets) socket.Dispose();
        _stop.Dispose();
        _giveUp.Dispose();
    }

    /// <summary>What is kept with a message of how it came.</summary>
    internal static string Context(string transport, EndPoint? sender)
    {
        var address = (sender as IPEndPoint)?.Address;
        return $"{transport} {(address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)}";
    }

    private void ListenUdp(SyslogAddress address)
    {
        var socket = Bind(address, SocketType.Dgram, ProtocolType.Udp);
        socket.ReceiveBufferSize = ReceiveBytes;
        var feed = Feed(address, UdpListener.Transport);
        _receiving.Add(Task.Run(() => new UdpListener(socket, feed, time, logger).RunAsync(_stop.Token)));
        SyslogLog.Listens(logger, UdpListener.Transport, socket.LocalEndPoint, address.Tenant);
    }

    private void ListenTcp(SyslogAddress address, string transport, SslServerAuthenticationOptions? authentication)
    {
        var socket = Bind(address, SocketType.Stream, ProtocolType.Tcp);
        socket.Listen(Backlog);
        var feed = Feed(address, transport);
        _receiving.Add(Task.Run(() => new TcpListener(socket, authentication, feed, options.IdleTimeout, _metrics, time, logger).RunAsync(_stop.Token)));
        SyslogLog.Listens(logger, transport, socket.LocalEndPoint, address.Tenant);
    }

    private Socket Bind(SyslogAddress address, SocketType type, ProtocolType protocol)
    {
        var socket = new Socket(address.EndPoint.AddressFamily, type, protocol);
        _sockets.Add(socket);
        try
        {
            if (socket.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = address.EndPoint.Address.Equals(IPAddress.IPv6Any);
            socket.Bind(address.EndPoint);
            return socket;
        }
        catch (SocketException exception)
        {
            throw new IOException($"Cannot listen for syslog on {address.EndPoint}: {exception.Message}", exception);
        }
    }

    private SyslogFeed Feed(SyslogAddress address, string transport)
    {
        var feed = new SyslogFeed(address, transport, options, pipeline, time, _metrics, logger);
        _feeds.Add(feed);
        _storing.Add(Task.Run(() => feed.RunAsync(_giveUp.Token)));
        return feed;
    }
}
