using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Domesday.Proxy.Transport;

/// <summary>Makes connections to the upstream.</summary>
internal sealed class UpstreamDialer(ProxyAddress address, TlsSettings tls, TimeSpan timeout)
{
    /// <exception cref="IOException">It cannot be reached, or is not whom it should be.</exception>
    public async Task<WireConnection> ConnectAsync()
    {
        using var limit = new CancellationTokenSource(timeout);
        var socket = address.Path is null ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true } : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            if (address.Path is null) await socket.ConnectAsync(address.Host, address.Port, limit.Token);
            else await socket.ConnectAsync(new UnixDomainSocketEndPoint(address.Path), limit.Token);
            var stream = new NetworkStream(socket, ownsSocket: false);
            if (!address.IsTls) return new(socket, stream);
            var secured = new SslStream(stream);
            await secured.AuthenticateAsClientAsync(tls.ForClient(address.Host), limit.Token);
            return new(socket, secured);
        }
        catch (Exception exception) when (exception is SocketException or AuthenticationException or IOException or OperationCanceledException)
        {
            socket.Dispose();
            throw new IOException(exception is OperationCanceledException ? "It did not answer in time." : exception.Message, exception);
        }
    }
}
