using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Domesday.Benchmarks.Load;

namespace Domesday.Benchmarks.Ledger;

/// <summary>The built service as its users run it, with a data folder of its own.</summary>
public sealed class DomesdayServer : IDisposable
{
    /// <summary>The administrator's.</summary>
    public const string Password = "bench-password-1086";

    private readonly Process _process;

    private DomesdayServer(Process process, Uri address, TimeSpan ready, string key)
    {
        (_process, Address, ReadyIn, Key) = (process, address, ready, key);
        Http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromHours(1) };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        Admin = new HttpClient { BaseAddress = address };
        Admin.DefaultRequestHeaders.Authorization = Administrator;
    }

    public Uri Address { get; }

    /// <summary>From the start of the process until it could take and answer requests.</summary>
    public TimeSpan ReadyIn { get; }

    public string Key { get; }

    public HttpClient Http { get; }

    /// <summary>Signed in as the administrator.</summary>
    public HttpClient Admin { get; }

    public int ProcessId => _process.Id;

    /// <param name="database">Connection string for the store postgres; null for the embedded one.</param>
    /// <param name="key">A key that another node made.</param>
    /// <param name="arguments">Further settings.</param>
    public static async Task<DomesdayServer> StartAsync(string data, string? database = null, string? key = null, params IEnumerable<string> arguments)
    {
        var binary = Path.Combine(AppContext.BaseDirectory, "../../Domesday.Cli/release/domesday");
        if (!File.Exists(binary)) throw new FileNotFoundException("Build src/Domesday.Cli first: dotnet build -c Release", binary);
        var start = new ProcessStartInfo(binary, ["serve", "--data", data, "--urls", "http://127.0.0.1:0", "--log-level", "warning", .. arguments]) { RedirectStandardOutput = true };
        start.Environment["DOMESDAY_ADMIN_PASSWORD"] = Password;
        if (database is not null)
        {
            start.Environment["DOMESDAY_STORE"] = "postgres";
            start.Environment["DOMESDAY_POSTGRES"] = database;
            start.Environment["DOMESDAY_KEY_PASSPHRASE"] = Password;
        }
        var watch = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        var address = await AddressAsync(process);
        using var admin = new HttpClient { BaseAddress = address };
        admin.DefaultRequestHeaders.Authorization = Administrator;
        using var ready = await admin.GetAsync("/readyz");
        ready.EnsureSuccessStatusCode();
        var readyIn = watch.Elapsed;
        if (key is not null) return new(process, address, readyIn, key);
        using var made = await admin.PostAsync("/audit/v1/keys", new StringContent("""{"name":"bench","rights":["read","write"]}""", Encoding.UTF8, "application/json"));
        var body = await made.Content.ReadFromJsonAsync<JsonElement>();
        return new(process, address, readyIn, body.TryGetProperty("key", out var madeKey) ? madeKey.GetString()! : throw new InvalidOperationException(body.ToString()));
    }

    public long Resident => ProcessFigures.Resident(ProcessId);

    /// <summary>Waits until sealing and merging have nothing left to do.</summary>
    public async Task SettledAsync()
    {
        for (var calm = 0; calm < 5;)
        {
            var before = ProcessFigures.ProcessorSeconds(ProcessId);
            await Task.Delay(1_000);
            calm = ProcessFigures.ProcessorSeconds(ProcessId) - before < 0.1 ? calm + 1 : 0;
        }
    }

    private static AuthenticationHeaderValue Administrator => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"admin:{Password}")));

    /// <summary>Stops it as an operator would.</summary>
    public void Dispose()
    {
        Http.Dispose();
        Admin.Dispose();
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{ProcessId}"]);
            _process.WaitForExit();
        }
        _process.Dispose();
    }

    private static async Task<Uri> AddressAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("Domesday listens on ", StringComparison.Ordinal)) return new(line["Domesday listens on ".Length..]);
        }
        throw new InvalidOperationException("The service did not start.");
    }
}
