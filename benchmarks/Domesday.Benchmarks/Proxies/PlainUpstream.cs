using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Domesday.Benchmarks.Proxies;

/// <summary>An HTTP server that does nothing but answer: what a proxy before it costs is all the more to be seen.</summary>
public sealed class PlainUpstream : IDisposable
{
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"ID\":\"abc123\"}"u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public PlainUpstream()
    {
        _listener.Start(512);
        _ = AcceptAsync();
    }

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}"));

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The run is over.
        }
    }

    private static async Task ServeAsync(Socket client)
    {
        using var socket = client;
        socket.NoDelay = true;
        var buffer = new byte[16 * 1024];
        var filled = 0;
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(filled)) is > 0 and var read)
            {
                filled += read;
                if (!IsWhole(buffer.AsSpan(0, filled))) continue;
                filled = 0;
                await socket.SendAsync(Answer);
            }
        }
        catch (SocketException)
        {
            // The client is through.
        }
    }

    /// <summary>Requests come one at a time.</summary>
    private static bool IsWhole(ReadOnlySpan<byte> request)
    {
        var end = request.IndexOf("\r\n\r\n"u8);
        if (end < 0) return false;
        var at = request[..(end + 2)].IndexOf("Content-Length: "u8);
        if (at < 0) return true;
        var digits = request[(at + 16)..];
        return request.Length >= end + 4 + int.Parse(digits[..digits.IndexOf((byte)'\r')], CultureInfo.InvariantCulture);
    }
}
