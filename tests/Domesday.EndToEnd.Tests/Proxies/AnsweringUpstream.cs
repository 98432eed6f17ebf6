using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Domesday.EndToEnd.Tests.Proxies;

/// <summary>An API that answers every request, and counts them.</summary>
internal sealed class AnsweringUpstream : IDisposable
{
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private int _requests;

    public AnsweringUpstream()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public int Requests => Volatile.Read(ref _requests);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    /// <summary>Requests without a body, one at a time.</summary>
    private async Task ServeAsync(Socket client)
    {
        using var socket = client;
        var buffer = new byte[16 * 1024];
        var filled = 0;
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(filled)) is > 0 and var read)
            {
                filled += read;
                if (!buffer.AsSpan(0, filled).EndsWith("\r\n\r\n"u8)) continue;
                filled = 0;
                Interlocked.Increment(ref _requests);
                await socket.SendAsync(Answer);
            }
        }
        catch (SocketException)
        {
            // The proxy is through.
        }
    }
}
