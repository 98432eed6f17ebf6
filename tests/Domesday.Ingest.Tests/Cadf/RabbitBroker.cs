using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Domesday.Ingest.Tests.Cadf;

/// <summary>A RabbitMQ of Debian's on free ports, with a folder of its own; started once for all tests that need it.</summary>
public sealed class RabbitBroker : IAsyncLifetime
{
    private const string Program = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("domesday-rabbit");
    private readonly int _port = FreePort();
    private readonly int _distribution = FreePort();
    private readonly int _names = FreePort();
    private Process? _process;

    public Uri Address => new($"amqp://guest:guest@127.0.0.1:{_port}/");

    public static bool IsInstalled => File.Exists(Program);

    public async ValueTask InitializeAsync()
    {
        if (IsInstalled) await StartAsync();
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        if (_process is null) return;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _process = null;
    }

    /// <summary>Starts it, and waits until it takes connections.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo(Program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.FullName };
        foreach (var (name, value) in new[]
        {
            ("HOME", _folder.FullName), ("RABBITMQ_NODENAME", $"domesday{_port}@localhost"), ("RABBITMQ_NODE_PORT", _port.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1"), ("RABBITMQ_DIST_PORT", _distribution.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ("RABBITMQ_MNESIA_BASE", _folder.FullName), ("RABBITMQ_LOG_BASE", _folder.FullName), ("RABBITMQ_LOGS", "-"), ("RABBITMQ_ENABLED_PLUGINS_FILE", Path.Combine(_folder.FullName, "plugins")),
            ("RABBITMQ_CONF_ENV_FILE", Path.Combine(_folder.FullName, "none")), ("RABBITMQ_CONFIG_FILE", Path.Combine(_folder.FullName, "none")), ("ERL_EPMD_ADDRESS", "127.0.0.1"), ("ERL_EPMD_PORT", _names.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        })
        {
            start.Environment[name] = value;
        }
        _process = Process.Start(start)!;
        var output = _process.StandardOutput.ReadToEndAsync();
        var errors = _process.StandardError.ReadToEndAsync();
        while (!await AnswersAsync())
        {
            if (_process.HasExited) throw new InvalidOperationException("RabbitMQ did not start: " + await output + await errors);
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await EndNamesAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>Erlang's port mapper daemon puts itself out of reach of its parent: it is asked to end.</summary>
    private async Task EndNamesAsync()
    {
        if (!IsInstalled) return;
        using var asked = Process.Start(new ProcessStartInfo("epmd", ["-port", _names.ToString(System.Globalization.CultureInfo.InvariantCulture), "-kill"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        await asked.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>A protocol header that is wrong is answered with the right one.</summary>
    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, _port);
            await client.GetStream().WriteAsync("AMQP\0\0\0\0"u8.ToArray());
            return await client.GetStream().ReadAsync(new byte[8]) > 0;
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
