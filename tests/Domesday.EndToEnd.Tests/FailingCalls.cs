using System.Diagnostics;
using System.Globalization;

namespace Domesday.EndToEnd.Tests;

/// <summary>System calls of a process that fail, by strace's injection, until this is disposed of.</summary>
internal sealed class FailingCalls : IAsyncDisposable
{
    private const string Strace = "/usr/bin/strace";

    private readonly Process _strace;

    private FailingCalls(Process strace) => _strace = strace;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Begins; skips the test where that is not to be had.</summary>
    /// <param name="fault">As <c>strace -e inject</c> takes it, such as <c>pwrite64:error=ENOSPC</c>.</param>
    public static async Task<FailingCalls> BeginAsync(int process, string fault)
    {
        Assert.SkipUnless(File.Exists(Strace), "strace is not installed.");
        var calls = fault.Split(':')[0];
        var strace = Process.Start(Command.StartInfo(Strace, ["-f", "-qq", "-o", "/dev/null", "-p", process.ToString(CultureInfo.InvariantCulture), "-e", "trace=" + calls, "-e", "inject=" + fault]))!;
        while (!await IsTracedAsync(process))
        {
            if (strace.HasExited) Assert.Skip($"strace ended with status {strace.ExitCode} before it was attached; what it says stands above.");
            await Task.Delay(10, Cancellation);
        }
        return new(strace);
    }

    public async ValueTask DisposeAsync()
    {
        using var kill = Process.Start("kill", ["-INT", _strace.Id.ToString(CultureInfo.InvariantCulture)]);
        await _strace.WaitForExitAsync(CancellationToken.None);
        _strace.Dispose();
    }

    /// <summary>Every thread of the process: those that are not traced yet would not fail.</summary>
    private static async Task<bool> IsTracedAsync(int process)
    {
        foreach (var thread in Directory.GetDirectories($"/proc/{process}/task"))
        {
            try
            {
                var status = await File.ReadAllLinesAsync(Path.Combine(thread, "status"), Cancellation);
                if (status.Single(line => line.StartsWith("TracerPid:", StringComparison.Ordinal)).EndsWith("\t0", StringComparison.Ordinal)) return false;
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }
        return true;
    }
}
