using System.Collections.Concurrent;
using System.Diagnostics;

namespace Domesday.EndToEnd.Tests.Proxies;

/// <summary><c>domesday proxy</c> in a process of its own, on a unix socket.</summary>
internal sealed class ProxyProcess : IAsyncDisposable
{
    private const string Listens = "Domesday proxy listens on ";
    private const string Metrics = "Metrics: ";

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource _listens = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ProxyProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => _listens.TrySetException(new InvalidOperationException("The proxy ended: " + string.Join('\n', _lines)));
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>Where it listens, the first of its addresses.</summary>
    public string Address => _lines.First(line => line.StartsWith(Listens, StringComparison.Ordinal))[Listens.Length..].Split(',')[0];

    /// <summary>The value of one of its counters; it must be served.</summary>
    public async Task<long> CounterAsync(string name)
    {
        string? metrics;
        while ((metrics = _lines.FirstOrDefault(line => line.StartsWith(Metrics, StringComparison.Ordinal))) is null) await Task.Delay(10, TestContext.Current.CancellationToken);
        using var client = new HttpClient();
        var text = await client.GetStringAsync(new Uri(metrics[Metrics.Length..]), TestContext.Current.CancellationToken);
        return long.Parse(text.Split('\n').Single(line => line.StartsWith($"domesday_proxy_{name} ", StringComparison.Ordinal)).Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    public static async Task<ProxyProcess> StartAsync(Uri server, string key, params string[] arguments)
    {
        var environment = new Dictionary<string, string> { ["DOMESDAY_SERVER"] = server.ToString(), ["DOMESDAY_KEY"] = key };
        var proxy = new ProxyProcess(Process.Start(Command.StartInfo(Command.Domesday, ["proxy", .. arguments], environment))!);
        try
        {
            await proxy._listens.Task.WaitAsync(TestContext.Current.CancellationToken);
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (_process.HasExited) return;
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null) return;
        _lines.Enqueue(line);
        if (line.StartsWith(Listens, StringComparison.Ordinal)) _listens.TrySetResult();
    }
}
