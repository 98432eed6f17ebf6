using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Domesday.Storage.Postgres.Tests.Faults;

/// <summary>A network between a node and its database that can lose answers and be cut.</summary>
internal sealed class CuttableRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, bool> _open = new();
    private readonly int _target;
    private readonly Task _loop;
    private volatile bool _losesAnswers;

    public CuttableRelay(int target)
    {
        _target = target;
        _listener.Start();
        _loop = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>From now on what the database answers does not arrive; what it is sent still does.</summary>
    public void LoseAnswers() => _losesAnswers = true;

    /// <summary>Ends every connection; new ones work.</summary>
    public void Cut()
    {
        foreach (var client in _open.Keys) client.Close();
        _losesAnswers = false;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Cut();
        await _loop;
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync();
                _ = RelayAsync(client);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _target);
                (_open[client], _open[server]) = (true, true);
                (client.NoDelay, server.NoDelay) = (true, true);
                await Task.WhenAny(PumpAsync(client, server, isAnswer: false), PumpAsync(server, client, isAnswer: true));
            }
            catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
            {
                // Cut.
            }
            _open.TryRemove(client, out _);
            _open.TryRemove(server, out _);
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, bool isAnswer)
    {
        try
        {
            var buffer = new byte[64 * 1024];
            var (input, output) = (from.GetStream(), to.GetStream());
            while (await input.ReadAsync(buffer) is > 0 and var read)
            {
                if (!isAnswer || !_losesAnswers) await output.WriteAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut.
        }
    }
}
