using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Domesday.Ingest.Syslog;

/// <summary>Syslog over UDP: a message in each datagram.</summary>
/// <remarks>Source: RFC 5426.</remarks>
internal sealed class UdpListener(Socket socket, SyslogFeed feed, TimeProvider time, ILogger logger)
{
    public const string Transport = "udp";

    private const int DatagramBytesMax = 65_535;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Receives until the socket is closed.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var buffer = GC.AllocateUninitializedArray<byte>(DatagramBytesMax, pinned: true);
        var anyone = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, anyone, cancellation);
                feed.Offer(buffer.AsSpan(0, received.ReceivedBytes).ToArray(), SyslogListeners.Context(Transport, received.RemoteEndPoint));
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException exception)
            {
                SyslogLog.Stumbled(logger, Transport, exception.Message);
                await Task.Delay(Pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
