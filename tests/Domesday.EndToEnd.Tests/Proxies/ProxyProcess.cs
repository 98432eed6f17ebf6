using System.Collections.Concurrent;
using System.Diagnostics;

namespace Domesday.EndToEnd.Tests.Proxies;

/// <summary><c>domesday proxy</c> in a process of its own, on a unix socket.</summary>
internal sealed class ProxyProcess : IAsyncDisposable
{
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
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null) return;
        _lines.Enqueue(line);
        if (line.StartsWith("Domesday proxy listens on ", StringComparison.Ordinal)) _listens.TrySetResult();
    }
}
