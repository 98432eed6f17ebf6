using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Bench;

/// <summary>Reads whole exports, and throws them away.</summary>
internal sealed class ExportBench(DomesdayClient client, CliConsole console, int connections)
{
    private const int BufferBytes = 256 * 1024;

    public async Task<BenchReport> RunAsync(ExportRequest export, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(console, "lines read");
        var parts = Enumerable.Range(0, connections).Select(_ => new Latencies()).ToList();
        long lines = 0;
        var start = console.Time.GetTimestamp();
        await Task.WhenAll(parts.Select(part => Task.Run(async () =>
        {
            await using var download = await client.ExportAsync(EventSelection.All, export, cancellation);
            var buffer = new byte[BufferBytes];
            while (await download.Content.ReadAsync(buffer, cancellation) is > 0 and var read)
            {
                progress.Report(Interlocked.Add(ref lines, buffer.AsSpan(0, read).Count((byte)'\n')));
            }
            part.Add(console.Time.GetElapsedTime(start));
        }, cancellation)));
        var seconds = console.Time.GetElapsedTime(start).TotalSeconds;
        return new($"export, {export.Format}", connections, seconds, lines / seconds, "lines", Latencies.Summary(parts));
    }
}
