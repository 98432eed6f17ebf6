using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Domesday.Storage.Postgres.Tests;

/// <summary>A PostgreSQL of its own in a folder of its own, ended by its process id.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly string[] Settings =
    [
        "listen_addresses=127.0.0.1", "max_connections=300", "shared_buffers=128MB", "fsync=off", "full_page_writes=off", "jit=off", "autovacuum_naptime=5s", "log_min_messages=fatal",
        "wal_level=replica", "max_wal_senders=8", "hot_standby=on", "wal_keep_size=256MB",
    ];

    private readonly string _folder;
    private readonly string[] _settings;
    private Process? _process;
    private int _databases;

    private PostgresServer(string folder, int port, string[] settings) => (_folder, Port, _settings) = (folder, port, settings);

    public int Port { get; }

    /// <summary>The folder of the cluster's files.</summary>
    public string Folder => _folder;

    /// <summary>Where Debian's programs are; null when PostgreSQL is not installed.</summary>
    public static string? Programs => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Select(folder => Path.Combine(folder, "bin")).LastOrDefault(folder => File.Exists(Path.Combine(folder, "postgres"))) : null;

    /// <param name="settings">Further ones, such as <c>work_mem=1MB</c>.</param>
    public static Task<PostgresServer> StartAsync(params string[] settings) => StartInAsync(NewFolder(), settings);

    /// <param name="parent">A folder that is the server's own and goes with it, or what is in it does.</param>
    public static async Task<PostgresServer> StartInAsync(string parent, params string[] settings)
    {
        var folder = Path.Combine(parent, "data");
        await RunAsync("initdb", "-D", folder, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync");
        var server = new PostgresServer(folder, FreePort(), settings);
        await server.StartAsync();
        return server;
    }

    /// <summary>A standby that streams from this server, under a name of its own.</summary>
    public async Task<PostgresServer> StandbyAsync(string name)
    {
        var folder = Path.Combine(NewFolder(), "data");
        await RunAsync("pg_basebackup", "-D", folder, "-R", "-X", "stream", "-c", "fast", "--no-sync", "-d", $"host=127.0.0.1 port={Port} user=postgres application_name={name}");
        var standby = new PostgresServer(folder, FreePort(), []);
        await standby.StartAsync();
        return standby;
    }

    /// <summary>A connection string to a database.</summary>
    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={Port};Username=postgres;Database={database};Pooling=true";

    /// <summary>Makes an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> NewDatabaseAsync()
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync("postgres", $"create database {name}");
        return ConnectionString(name);
    }

    public async Task<object?> ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database) + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Ends all of it at once, as a power cut does.</summary>
    public void Kill()
    {
        if (_process is not { HasExited: false } process) return;
        // The processes of a cluster are its postmaster's children and end when it is gone; immediate shutdown would tell them.
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    public async Task StartAsync()
    {
        string[] arguments = ["-D", _folder, "-p", $"{Port}", "-k", "", .. Settings.Concat(_settings).SelectMany(setting => new[] { "-c", setting })];
        _process = Start("postgres", arguments);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        for (var attempt = 0; attempt < 600; attempt++)
        {
            try
            {
                await ExecuteAsync("postgres", "select 1");
                return;
            }
            catch (NpgsqlException) when (!_process.HasExited)
            {
                await Task.Delay(50);
            }
        }
        throw new InvalidOperationException("PostgreSQL did not start.");
    }

    public Task PromoteAsync() => ExecuteAsync("postgres", "select pg_promote()");

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false } process)
        {
            // SIGINT: fast shutdown.
            using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
            await kill.WaitForExitAsync();
            await process.WaitForExitAsync();
        }
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
        // A mount point stays to whoever mounted it.
        if (!Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_folder)!).Any()) TryDelete(Path.GetDirectoryName(_folder)!);
    }

    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (IOException)
        {
            // It is in use as a mount point.
        }
    }

    private static string NewFolder()
    {
        var folder = Directory.CreateTempSubdirectory("domesday-postgres-").FullName;
        if (Environment.UserName == "root") using (var chown = Process.Start("chown", ["postgres", folder])) chown.WaitForExit();
        return folder;
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program}: {await output}{await errors}");
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static Process Start(string program, string[] arguments)
    {
        var path = Path.Combine(Programs ?? throw new InvalidOperationException("PostgreSQL is not installed."), program);
        var start = Environment.UserName == "root"
            ? new ProcessStartInfo("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments])
            : new ProcessStartInfo(path, arguments);
        (start.RedirectStandardOutput, start.RedirectStandardError, start.WorkingDirectory) = (true, true, "/");
        return Process.Start(start)!;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
