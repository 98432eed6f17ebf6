using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Domesday.EndToEnd.Tests.Proxies;

/// <summary>An API on a unix socket that notes what it carried out, by the id that each request bears, before it answers.</summary>
internal sealed class RecordingUpstream : IDisposable
{
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray();

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public RecordingUpstream(string socket)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(socket));
        _listener.Listen(64);
        _ = AcceptAsync();
    }

    /// <summary>How often each request was carried out.</summary>
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
                var id = Encoding.ASCII.GetString(buffer, 0, filled).Split("\r\n").First(line => line.StartsWith("X-Request-Id: ", StringComparison.OrdinalIgnoreCase)).Split(' ')[1];
                Done.AddOrUpdate(id, 1, (_, times) => times + 1);
                filled = 0;
                await socket.SendAsync(Answer);
            }
        }
        catch (SocketException)
        {
            // The proxy was killed.
        }
    }
}
