using System.Net;
using System.Net.Sockets;

namespace Domesday.Benchmarks.Sinks;

/// <summary>Takes bytes over TCP and forgets them: a receiver of syslog.</summary>
public sealed class LineReceiver : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public LineReceiver()
    {
        _listener.Start();
        _ = Task.Run(RunAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Stop();

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                _ = Task.Run(async () =>
                {
                    using (client)
                    {
                        var buffer = new byte[256 * 1024];
                        while (await client.GetStream().ReadAsync(buffer) > 0)
                        {
                        }
                    }
                });
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The run is over.
        }
    }
}
