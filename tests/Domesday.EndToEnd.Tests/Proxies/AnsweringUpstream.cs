using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Domesday.EndToEnd.Tests.Proxies;

/// <summary>An API that answers every request, and notes before it does what it carried out.</summary>
internal sealed class AnsweringUpstream : IDisposable
{
    private const string IdHeader = "X-Request-Id: ";
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray();

    private readonly Socket _listener;
    private int _requests;

    /// <summary>On a port of this machine.</summary>
    public AnsweringUpstream()
        : this(new IPEndPoint(IPAddress.Loopback, 0))
    {
    }

    /// <summary>On a unix socket.</summary>
    public AnsweringUpstream(string socket)
        : this(new UnixDomainSocketEndPoint(socket))
    {
    }

    private AnsweringUpstream(EndPoint address)
    {
        _listener = new(address.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(address);
        _listener.Listen(64);
        _ = AcceptAsync();
    }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}");

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>How often each request was carried out, by the id that it bears.</summary>
    public ConcurrentDictionary<string, int> Done { get; } = new();

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptAsync());
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
                Interlocked.Increment(ref _requests);
                var id = Encoding.ASCII.GetString(buffer, 0, filled).Split("\r\n").FirstOrDefault(line => line.StartsWith(IdHeader, StringComparison.OrdinalIgnoreCase));
                if (id is not null) Done.AddOrUpdate(id[IdHeader.Length..], 1, (_, times) => times + 1);
                filled = 0;
                await socket.SendAsync(Answer);
            }
        }
        catch (SocketException)
        {
            // The proxy is through, or was killed.
        }
    }
}
