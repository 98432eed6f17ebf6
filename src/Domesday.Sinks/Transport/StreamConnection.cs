using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Domesday.Sinks.Transport;

/// <summary>A receiver's address for bytes that are not answered.</summary>
/// <param name="Tls">Within TLS; its name there is the host's.</param>
internal sealed record StreamAddress(string Host, int Port, bool Tls, RemoteCertificateValidationCallback? Trust);

/// <summary>A TCP connection, perhaps within TLS, whose receiver never answers: bytes count when the receiver's machine has them all.</summary>
/// <remarks>What its program does with them nobody says: a receiver that ends with bytes unread loses them. Protocols that answer do not have this gap.</remarks>
internal sealed partial class StreamConnection(StreamAddress address, TimeProvider time) : IDisposable
{
    private const int MillisecondsBetweenChecks = 1;

    /// <summary>TIOCOUTQ of Linux: bytes that were sent and not acknowledged yet.</summary>
    private const uint OutgoingQueue = 0x5411;

    private static readonly TimeSpan ConnectMax = TimeSpan.FromSeconds(10);

    private Socket? _socket;
    private Stream? _stream;

    /// <summary>Sends, connecting when it must, and returns when the receiver's machine has acknowledged every byte.</summary>
    /// <exception cref="IOException">The connection broke: nothing is known of these bytes.</exception>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            // A receiver that went away meanwhile is noticed here, and not by bytes that vanish.
            if (_socket is { } known && IsClosed(known)) Close();
            if (_stream is null) await ConnectAsync(cancellation);
            await _stream!.WriteAsync(bytes, cancellation);
            await _stream.FlushAsync(cancellation);
            await DrainAsync(_socket!, cancellation);
        }
        catch
        {
            Close();
            throw;
        }
    }

    public void Dispose() => Close();

    private async ValueTask ConnectAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(ConnectMax, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            _socket = await ReachableSocket.ConnectAsync(address.Host, address.Port, either.Token);
            var stream = new NetworkStream(_socket, ownsSocket: false);
            _stream = address.Tls ? await SecureAsync(stream, either.Token) : stream;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"{address.Host}:{address.Port} did not take the connection within {ConnectMax.TotalSeconds} s.");
        }
    }

    private async ValueTask<Stream> SecureAsync(NetworkStream stream, CancellationToken cancellation)
    {
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.Host, RemoteCertificateValidationCallback = address.Trust }, cancellation);
        return secure;
    }

    private async ValueTask DrainAsync(Socket socket, CancellationToken cancellation)
    {
        while (true)
        {
            if (IsClosed(socket)) throw new IOException("The receiver closed the connection.");
            if (!OperatingSystem.IsLinux()) return;
            if (Ioctl((int)socket.Handle, OutgoingQueue, out var waiting) != 0) throw new IOException($"The connection's queue cannot be read: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
            if (waiting == 0) return;
            await Task.Delay(TimeSpan.FromMilliseconds(MillisecondsBetweenChecks), time, cancellation);
        }
    }

    private static bool IsClosed(Socket socket)
    {
        // Within TLS the receiver's own messages, such as tickets, lie there to be read: only a closed connection counts.
        try
        {
            return socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    private void Close()
    {
        _stream?.Dispose();
        _socket?.Dispose();
        (_stream, _socket) = (null, null);
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(int descriptor, nuint request, out int value);
}
