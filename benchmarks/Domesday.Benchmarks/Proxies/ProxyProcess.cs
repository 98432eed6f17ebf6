using System.Diagnostics;

namespace Domesday.Benchmarks.Proxies;

/// <summary><c>domesday proxy</c> as its users run it.</summary>
public sealed class ProxyProcess : IDisposable
{
    private const string Listens = "Domesday proxy listens on ";

    private readonly Process _process;

    private ProxyProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public static async Task<ProxyProcess> StartAsync(Uri upstream, string level, string spool, Uri server, string key)
    {
        var binary = Path.Combine(AppContext.BaseDirectory, "../../Domesday.Cli/release/domesday");
        string[] arguments = ["proxy", "--listen", "http://127.0.0.1:0", "--upstream", upstream.ToString(), "--kind", "docker", "--level", level, "--own-policy", "--spool", spool];
        var start = new ProcessStartInfo(binary, arguments) { RedirectStandardOutput = true };
        (start.Environment["DOMESDAY_SERVER"], start.Environment["DOMESDAY_KEY"]) = (server.ToString(), key);
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(Listens, StringComparison.Ordinal)) return new(process, new(line[Listens.Length..].Split(',')[0]));
        }
        throw new InvalidOperationException("The proxy did not start.");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
        _process.Dispose();
    }
}
