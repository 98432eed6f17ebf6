using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;

namespace Domesday.Ingest.Syslog;

/// <summary>Syslog over TCP, plain or within TLS. Whatever comes over one connection, the others and the listener live on.</summary>
/// <remarks>Source: RFC 6587, RFC 5425.</remarks>
internal sealed class TcpListener(Socket socket, SslServerAuthenticationOptions? authentication, SyslogFeed feed, TimeSpan? idleTimeout, SyslogMetrics metrics, TimeProvider time, ILogger logger)
{
    private const int ConnectionsMax = 1_000;

    private static readonly TimeSpan HandshakeMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<Task, bool> _connections = new();

    private string Transport => authentication is null ? "tcp" : "tls";

    /// <summary>Accepts until it is cancelled; ends when all connections have.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                Take(await socket.AcceptAsync(cancellation), cancellation);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                break;
            }
            catch (SocketException exception)
            {
                // Such as no file descriptors being left: others may be given back.
                SyslogLog.Stumbled(logger, Transport, exception.Message);
                await Task.Delay(Pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        await Task.WhenAll(_connections.Keys);
    }

    private void Take(Socket connection, CancellationToken cancellation)
    {
        var context = SyslogListeners.Context(Transport, connection.RemoteEndPoint);
        if (_connections.Count >= ConnectionsMax)
        {
            metrics.Refused(Transport);
            SyslogLog.Refused(logger, Transport, context, "there are too many");
            connection.Dispose();
            return;
        }
        connection.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        var task = Task.Run(() => ServeAsync(connection, context, cancellation), CancellationToken.None);
        _connections[task] = true;
        task.ContinueWith(done => _connections.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private async Task ServeAsync(Socket connection, string context, CancellationToken cancellation)
    {
        await using var stream = new NetworkStream(connection, ownsSocket: true);
        try
        {
            if (authentication is null) await ReadAsync(stream, context, cancellation);
            else await ServeTlsAsync(stream, context, cancellation);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The sender is gone, or the service ends: what came whole was taken.
        }
        catch (Exception exception)
        {
            SyslogLog.Stumbled(logger, Transport, exception.Message);
        }
    }

    private async Task ServeTlsAsync(Stream stream, string context, CancellationToken cancellation)
    {
        await using var tls = new SslStream(stream);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(HandshakeMax);
        try
        {
            await tls.AuthenticateAsServerAsync(authentication!, limit.Token);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or OperationCanceledException)
        {
            metrics.Refused(Transport);
            SyslogLog.Refused(logger, Transport, context, exception.Message);
            return;
        }
        await ReadAsync(tls, tls.RemoteCertificate is { } certificate ? $"{context} {certificate.Subject}" : context, cancellation);
    }

    private async Task ReadAsync(Stream stream, string context, CancellationToken cancellation)
    {
        metrics.Connected(Transport);
        await using var frames = new SyslogFrames(stream);
        using var idle = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, idle.Token);
        try
        {
            while (true)
            {
                // A message that comes a byte at a time is none, either. What waits for the store is not the sender's fault.
                if (idleTimeout is { } longest) idle.CancelAfter(longest);
                if (await frames.ReadAsync(either.Token) is not { } frame) return;
                if (idleTimeout is not null) idle.CancelAfter(Timeout.InfiniteTimeSpan);
                await feed.AddAsync(frame, context, cancellation);
            }
        }
        catch (OperationCanceledException) when (idle.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            SyslogLog.Idle(logger, Transport, context);
        }
    }
}
