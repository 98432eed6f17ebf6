using System.Diagnostics;
using Domesday.Benchmarks.Rivals;
using Domesday.Benchmarks.Workload;
using Domesday.Core.Append;

namespace Domesday.Benchmarks.Ledger;

/// <summary>Sixteen readers (Q1 and Q4 in turn) beside one writer that writes as fast as it can, in the process of the engine.</summary>
public static class ReadersBenchmark
{
    private const int Readers = 16;
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(10);

    public static Task<(double QueriesPerSecond, double EventsPerSecond)> RunAsync(IReadOnlyList<Question> questions, AppendPipeline pipeline, PreparedWorkload lines) =>
        RunAsync(
            (reader, call) => questions[reader % 2 == 0 ? 0 : 3].Ask(call),
            async batch =>
            {
                var appended = await pipeline.AppendAsync(new("default", "native", Split(lines.Batch(batch % lines.Batches))), CancellationToken.None);
                if (!appended.IsOk) throw new InvalidOperationException(appended.Problem.Detail);
            });

    public static Task<(double QueriesPerSecond, double EventsPerSecond)> RunAsync(IReadOnlyList<Question> questions, PostgresLedger ledger, PreparedWorkload copy) =>
        RunAsync((reader, call) => questions[reader % 2 == 0 ? 0 : 3].AskRival(call), batch => ledger.CopyAsync(copy.Batch(batch % copy.Batches)));

    private static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> lines)
    {
        var events = new List<ReadOnlyMemory<byte>>(PreparedWorkload.BatchEvents);
        while (lines.Span.IndexOf((byte)'\n') is var end and >= 0)
        {
            events.Add(lines[..end]);
            lines = lines[(end + 1)..];
        }
        return events;
    }

    private static async Task<(double QueriesPerSecond, double EventsPerSecond)> RunAsync(Func<int, int, Task> ask, Func<int, Task> write)
    {
        var started = Stopwatch.GetTimestamp();
        bool IsOver() => Stopwatch.GetElapsedTime(started) > Span;
        var events = 0L;
        var writer = Task.Run(async () =>
        {
            for (var batch = 0; !IsOver(); batch++)
            {
                await write(batch);
                events += PreparedWorkload.BatchEvents;
            }
        });
        // Threads of their own: answers that need no waiting would else keep the pool from the writer.
        var counts = await Task.WhenAll(Enumerable.Range(0, Readers).Select(reader => Task.Factory.StartNew(async () =>
        {
            var count = 0;
            for (; !IsOver(); count++) await ask(reader, reader * 1_000 + count);
            return count;
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
        await writer;
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return (counts.Sum() / seconds, events / seconds);
    }
}
