using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Domesday.Proxy.Transport;

/// <summary>Takes connections, up to a bound on how many there are at once: those beyond it wait in the system's queue.</summary>
internal sealed class ProxyListener : IDisposable
{
    private const int Backlog = 512;

    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    private readonly List<Socket> _sockets = [];
    private readonly ProxyAddress _address;
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly SemaphoreSlim _places;

    private ProxyListener(ProxyAddress address, TlsSettings tls, int connectionsMax) =>
        (_address, _tls, _places) = (address, address.IsTls ? tls.ForServer() : null, new(connectionsMax));

    /// <summary>Where it listens, with the port that it was given.</summary>
    public string Url { get; private set; } = "";

    /// <exception cref="IOException">The address is taken, or not of this machine.</exception>
    public static async Task<ProxyListener> BindAsync(ProxyAddress address, TlsSettings tls, int connectionsMax)
    {
        var listener = new ProxyListener(address, tls, connectionsMax);
        try
        {
            foreach (var end in await address.EndPointsAsync()) listener.Bind(end);
            var port = (listener._sockets[0].LocalEndPoint as IPEndPoint)?.Port;
            listener.Url = address.Path is null ? $"{(address.IsTls ? "https" : "http")}://{(address.Host.Contains(':', StringComparison.Ordinal) ? $"[{address.Host}]" : address.Host)}:{port}" : address.Text;
            return listener;
        }
        catch (SocketException exception)
        {
            listener.Dispose();
            throw new IOException($"Cannot listen on {address}: {exception.Message}", exception);
        }
    }

    /// <summary>Runs until cancelled.</summary>
    /// <param name="serve">Has the connection from then on, and disposes of it.</param>
    /// <param name="failed">Told of handshakes that fail.</param>
    public Task AcceptAsync(Func<WireConnection, Task> serve, Action<string> failed, CancellationToken cancellation) =>
        Task.WhenAll(_sockets.Select(socket => AcceptAsync(socket, serve, failed, cancellation)));

    public void Dispose()
    {
        foreach (var socket in _sockets) socket.Dispose();
        if (_address.Path is { } path && _sockets.Count > 0) File.Delete(path);
        _places.Dispose();
    }

    private void Bind(EndPoint end)
    {
        var socket = new Socket(end.AddressFamily, SocketType.Stream, end is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        if (end is IPEndPoint { Address: var address } && address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
        // A process that was killed leaves its socket's file behind.
        if (_address.Path is { } path && File.Exists(path) && !IsAnswered(path)) File.Delete(path);
        socket.Bind(end);
        socket.Listen(Backlog);
        _sockets.Add(socket);
    }

    private static bool IsAnswered(string path)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task AcceptAsync(Socket socket, Func<WireConnection, Task> serve, Action<string> failed, CancellationToken cancellation)
    {
        while (true)
        {
            await _places.WaitAsync(cancellation);
            Socket client;
            try
            {
                client = await socket.AcceptAsync(cancellation);
            }
            catch (SocketException exception)
            {
                // Such as too many open files: others must end first.
                _places.Release();
                failed(exception.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellation);
                continue;
            }
            if (client.AddressFamily != AddressFamily.Unix) client.NoDelay = true;
            _ = ServeAsync(client, serve, failed, cancellation);
        }
    }

    private async Task ServeAsync(Socket client, Func<WireConnection, Task> serve, Action<string> failed, CancellationToken cancellation)
    {
        // What is read at once is served at once; the loop goes on accepting.
        await Task.Yield();
        try
        {
            var stream = new NetworkStream(client, ownsSocket: false);
            if (_tls is null)
            {
                await serve(new(client, stream));
                return;
            }
            var secured = new SslStream(stream);
            using (var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
            {
                limit.CancelAfter(HandshakeTimeout);
                await secured.AuthenticateAsServerAsync(_tls, limit.Token);
            }
            await serve(new(client, secured));
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or OperationCanceledException or SocketException)
        {
            failed(exception.Message);
        }
        finally
        {
            client.Dispose();
            if (!cancellation.IsCancellationRequested) _places.Release();
        }
    }
}
