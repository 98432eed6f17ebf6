using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Domesday.Proxy.Wire;

namespace Domesday.Proxy.Transport;

/// <summary>A connection to a client or to the upstream, with or without TLS, whose sides are closed one by one.</summary>
internal sealed class WireConnection : IDisposable
{
    private const int QuietSeconds = 60;
    private const int ProbeSeconds = 10;
    private const int Probes = 6;

    private readonly Socket _socket;
    private int _hasShutDown;

    public WireConnection(Socket socket, Stream stream)
    {
        (_socket, Stream) = (socket, stream);
        Input = new(stream);
        Remote = socket.RemoteEndPoint as IPEndPoint;
        if (Remote is not null) KeepAlive(socket);
        var address = Remote is { Address.IsIPv4MappedToIPv6: true } ? Remote.Address.MapToIPv4() : Remote?.Address;
        RemoteAddress = address?.ToString().Split('%')[0];
    }

    public Stream Stream { get; }

    public WireInput Input { get; }

    /// <summary>Null for a unix socket.</summary>
    public IPEndPoint? Remote { get; }

    /// <summary>Its address without a zone, IPv4 as such.</summary>
    public string? RemoteAddress { get; }

    /// <summary>The process at the other end of a unix socket: its user's number; null where it is not known.</summary>
    public int? PeerUserId
    {
        get
        {
            if (_socket.AddressFamily != AddressFamily.Unix || !OperatingSystem.IsLinux()) return null;
            // struct ucred { pid, uid, gid }, by SOL_SOCKET and SO_PEERCRED: unix(7).
            Span<byte> credentials = stackalloc byte[12];
            return _socket.GetRawSocketOption(1, 17, credentials) == 12 ? BitConverter.ToInt32(credentials[4..8]) : null;
        }
    }

    public SslStream? Tls => Stream as SslStream;

    /// <summary>Whether the other side has closed, or sent what nobody asked for.</summary>
    public bool IsStale
    {
        get
        {
            try
            {
                return Input.IsAtEnd || _socket.Poll(0, SelectMode.SelectRead);
            }
            catch (SocketException)
            {
                return true;
            }
        }
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) => Stream.WriteAsync(bytes);

    /// <summary>Says that nothing more is sent; what the other side sends can still be read.</summary>
    public async Task EndSendingAsync()
    {
        if (Interlocked.Exchange(ref _hasShutDown, 1) != 0) return;
        try
        {
            if (Stream is SslStream tls) await tls.ShutdownAsync();
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The other side is gone already.
        }
    }

    /// <summary>Ends the connection so that the other side sees a failure, and takes nothing cut short for whole.</summary>
    public void Abort()
    {
        try
        {
            if (_socket.AddressFamily != AddressFamily.Unix) _socket.LingerState = new(true, 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Closed already.
        }
        _socket.Dispose();
    }

    public void Dispose()
    {
        Stream.Dispose();
        _socket.Dispose();
    }

    /// <summary>Has the system notice that a machine is gone without a word: bodies and streams may stand still for as long as they like, and would be waited for for ever.</summary>
    private static void KeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, QuietSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
    }
}
