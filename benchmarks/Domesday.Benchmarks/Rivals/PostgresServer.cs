using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Domesday.Benchmarks.Rivals;

/// <summary>A PostgreSQL server in a folder of its own, stopped when disposed. Durable: fsync and synchronous_commit are on.</summary>
public sealed class PostgresServer : IDisposable
{
    private static readonly string[] Settings =
    [
        "shared_buffers=2GB", "max_wal_size=8GB", "checkpoint_timeout=15min", "max_connections=120", "synchronous_commit=on", "fsync=on",
        "work_mem=64MB", "maintenance_work_mem=512MB", "jit=off", "effective_cache_size=12GB", "random_page_cost=1.1", "listen_addresses=127.0.0.1",
    ];

    private readonly string _folder;
    private readonly Process _server;

    public PostgresServer(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        Run("chown", "postgres", folder);
        AsPostgres($"{Bin}/initdb", "-D", folder, "-A", "trust", "-E", "UTF8", "--locale=C").WaitForExit();
        var port = FreePort();
        _server = AsPostgres($"{Bin}/postgres", ["-D", folder, "-p", $"{port}", "-k", "", .. Settings.SelectMany(setting => new[] { "-c", setting })]);
        ConnectionString = $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres;Maximum Pool Size=100;No Reset On Close=true";
        WaitUntilReady();
    }

    public string ConnectionString { get; }

    public int ProcessId => _server.Id;

    public static string Bin => Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Last() + "/bin";

    public static bool IsInstalled => Directory.Exists("/usr/lib/postgresql");

    /// <summary>Bytes in the data folder, without the write-ahead log.</summary>
    public long Bytes => new DirectoryInfo(Path.Combine(_folder, "base")).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    public void Dispose()
    {
        Run("kill", "-INT", $"{_server.Id}");
        _server.WaitForExit();
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
    }

    private static Process AsPostgres(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" })!;

    private void WaitUntilReady()
    {
        for (var attempt = 0; attempt < 300; attempt++)
        {
            try
            {
                using var connection = new Npgsql.NpgsqlConnection(ConnectionString);
                connection.Open();
                return;
            }
            catch (Npgsql.NpgsqlException)
            {
                Task.Delay(100).Wait();
            }
        }
        throw new InvalidOperationException("PostgreSQL did not start.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
