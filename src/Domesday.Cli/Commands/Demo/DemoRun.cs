using System.Threading.Channels;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Demo;

/// <summary>Makes a month in one thread, and sends it in others.</summary>
internal sealed class DemoRun(CliConsole console, DemoMonth month, long events, int batchEvents)
{
    private static readonly AppendOptions Append = new() { Receipts = false, IsRepeatable = true };

    private TimeSpan _generating;
    private long _sent;

    /// <summary>Writes the month, and closes the stream unless it is standard output.</summary>
    public async Task WriteAsync(Stream output, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(console, "events written");
        try
        {
            foreach (var batch in Timed())
            {
                using (batch) await output.WriteAsync(batch.Body, cancellation);
                progress.Report(_sent += batch.Count, events);
            }
            await output.FlushAsync(cancellation);
        }
        finally
        {
            if (output != console.Output) await output.DisposeAsync();
        }
        progress.Dispose();
        await console.Error.WriteLineAsync($"{PlainText.Of(events)} events, {Rate(_generating)} generated.");
    }

    public async Task SendAsync(DomesdayClient client, int connections, CancellationToken cancellation)
    {
        var start = console.Time.GetTimestamp();
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var progress = new ProgressLine(console, "events sent");
        var batches = Channel.CreateBounded<DemoBatch>(new BoundedChannelOptions(connections) { SingleWriter = true });
        var tasks = Enumerable.Range(0, connections).Select(_ => SendAsync(client, batches.Reader, progress, failed)).ToList();
        tasks.Add(Task.Run(() => GenerateAsync(batches.Writer, failed.Token), CancellationToken.None));
        await FirstFailureAsync(tasks);
        progress.Dispose();
        console.Out.WriteLine($"{PlainText.Of(events)} events sent, {Rate(console.Time.GetElapsedTime(start))}; generating them alone: {Rate(_generating)}.");
    }

    /// <summary>Waits for all, and tells the failure that made the others stop.</summary>
    private static async Task FirstFailureAsync(List<Task> tasks)
    {
        await Task.WhenAll(tasks).ContinueWith(_ => { }, TaskScheduler.Default);
        if (tasks.Find(task => task.IsFaulted) is { } faulted) await faulted;
        foreach (var task in tasks) await task;
    }

    private async Task GenerateAsync(ChannelWriter<DemoBatch> batches, CancellationToken cancellation)
    {
        try
        {
            foreach (var batch in Timed()) await batches.WriteAsync(batch, cancellation);
        }
        finally
        {
            batches.Complete();
        }
    }

    private async Task SendAsync(DomesdayClient client, ChannelReader<DemoBatch> batches, ProgressLine progress, CancellationTokenSource failed)
    {
        try
        {
            await foreach (var batch in batches.ReadAllAsync(failed.Token))
            {
                using (batch) await client.AppendAsync(batch.Body, Append, failed.Token);
                progress.Report(Interlocked.Add(ref _sent, batch.Count), events);
            }
        }
        catch
        {
            await failed.CancelAsync();
            throw;
        }
    }

    /// <summary>The batches, while the time is taken that making them needs.</summary>
    private IEnumerable<DemoBatch> Timed()
    {
        var start = console.Time.GetTimestamp();
        foreach (var batch in month.Batches(batchEvents))
        {
            _generating += console.Time.GetElapsedTime(start);
            yield return batch;
            start = console.Time.GetTimestamp();
        }
    }

    private string Rate(TimeSpan time) => $"{PlainText.Of((long)(events / Math.Max(time.TotalSeconds, 1e-6)))}/s";
}
