using Domesday.Cli.Commands.Demo;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Bench;

/// <summary>Stores demo events that are not there yet, each batch acknowledged on disk.</summary>
internal sealed class IngestBench(DomesdayClient client, CliConsole console, int connections, int batchEvents)
{
    private static readonly AppendOptions Append = new() { Receipts = false };

    private readonly Lock _lock = new();

    public async Task<BenchReport> RunAsync(DemoMonth month, long events, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(console, "events acknowledged");
        using var batches = month.Batches(batchEvents).GetEnumerator();
        var parts = Enumerable.Range(0, connections).Select(_ => new Latencies()).ToList();
        long sent = 0;
        var start = console.Time.GetTimestamp();
        await Task.WhenAll(parts.Select(part => Task.Run(async () =>
        {
            while (Next(batches) is { } batch)
            {
                using (batch)
                {
                    var begin = console.Time.GetTimestamp();
                    await client.AppendAsync(batch.Body, Append, cancellation);
                    part.Add(console.Time.GetElapsedTime(begin));
                    progress.Report(Interlocked.Add(ref sent, batch.Count), events);
                }
            }
        }, cancellation)));
        var seconds = console.Time.GetElapsedTime(start).TotalSeconds;
        return new($"ingest, {batchEvents} events a request", connections, seconds, events / seconds, "events", Latencies.Summary(parts));
    }

    private DemoBatch? Next(IEnumerator<DemoBatch> batches)
    {
        lock (_lock) return batches.MoveNext() ? batches.Current : null;
    }
}
