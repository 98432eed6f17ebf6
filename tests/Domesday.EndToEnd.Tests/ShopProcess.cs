using System.Collections.Concurrent;
using System.Diagnostics;

namespace Domesday.EndToEnd.Tests;

/// <summary>The sample application, in a process of its own.</summary>
internal sealed class ShopProcess : IAsyncDisposable
{
    private const string Listens = "Now listening on: ";

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _said = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ShopProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException("The shop ended: " + string.Join('\n', _said)));
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri Address => _address.Task.Result;

    /// <param name="folder">What was not sent yet lies in it.</param>
    public static async Task<ShopProcess> StartAsync(Uri server, string key, TestFolder folder)
    {
        var binary = Path.Combine(Path.GetDirectoryName(Command.Domesday)!.Replace("Domesday.Cli", "Domesday.Samples.Shop", StringComparison.Ordinal), "Domesday.Samples.Shop");
        var environment = new Dictionary<string, string> { ["DOMESDAY_SERVER"] = server.ToString(), ["DOMESDAY_KEY"] = key, ["SHOP_URL"] = "http://127.0.0.1:0", ["SHOP_FOLDER"] = folder["capture"] };
        var shop = new ShopProcess(Process.Start(Command.StartInfo(binary, [], environment, folder["."]))!);
        try
        {
            await shop._address.Task.WaitAsync(TestContext.Current.CancellationToken);
            return shop;
        }
        catch
        {
            await shop.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (_process.HasExited) return;
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null) return;
        _said.Enqueue(line);
        if (line.Contains(Listens, StringComparison.Ordinal)) _address.TrySetResult(new(line[(line.IndexOf(Listens, StringComparison.Ordinal) + Listens.Length)..]));
    }
}
