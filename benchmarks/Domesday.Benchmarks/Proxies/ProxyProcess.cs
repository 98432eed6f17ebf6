using System.Diagnostics;

namespace Domesday.Benchmarks.Proxies;

/// <summary><c>domesday proxy</c> as its users run it.</summary>
public sealed class ProxyProcess : IDisposable
{
    private const string Listens = "Domesday proxy listens on ";

    private const string Waiting = "domesday_proxy_spool_waiting ";

    private readonly Process _process;
    private readonly HttpClient _metrics;

    private ProxyProcess(Process process, Uri address, Uri metrics) => (_process, Address, _metrics) = (process, address, new() { BaseAddress = metrics });

    public Uri Address { get; }

    public int ProcessId => _process.Id;

    /// <param name="policy">As <c>--policy</c> takes it.</param>
    /// <param name="folder">Of its own.</param>
    public static async Task<ProxyProcess> StartAsync(Uri upstream, string policy, string folder, Uri server, string key)
    {
        var binary = Path.Combine(AppContext.BaseDirectory, "../../Domesday.Cli/release/domesday");
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "own-policy.json");
        await File.WriteAllTextAsync(file, policy);
        string[] arguments =
        [
            "proxy", "--listen", "http://127.0.0.1:0", "--upstream", upstream.ToString(), "--kind", "docker", "--policy", file, "--own-policy", "--spool", folder, "--metrics", "http://127.0.0.1:0",
        ];
        var start = new ProcessStartInfo(binary, arguments) { RedirectStandardOutput = true };
        (start.Environment["DOMESDAY_SERVER"], start.Environment["DOMESDAY_KEY"]) = (server.ToString(), key);
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(Listens, StringComparison.Ordinal)) return new(process, new(line[Listens.Length..].Split(',')[0]), await MetricsAsync(process));
        }
        throw new InvalidOperationException("The proxy did not start.");
    }

    /// <summary>Waits until the service has all events.</summary>
    public async Task DrainAsync()
    {
        while (!(await _metrics.GetStringAsync("/metrics")).Contains(Waiting + "0\n", StringComparison.Ordinal)) await Task.Delay(20);
    }

    public void Dispose()
    {
        _metrics.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
        _process.Dispose();
    }

    /// <summary>Told in the line behind the one that says where it listens.</summary>
    private static async Task<Uri> MetricsAsync(Process process) =>
        new((await process.StandardOutput.ReadLineAsync())?.Split(' ')[1] ?? throw new InvalidOperationException("The proxy serves no counters."));
}
