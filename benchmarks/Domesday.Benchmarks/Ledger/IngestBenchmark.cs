using System.Collections.Concurrent;
using System.Diagnostics;
using Domesday.Benchmarks.Load;
using Domesday.Benchmarks.Rivals;
using Domesday.Benchmarks.Workload;

namespace Domesday.Benchmarks.Ledger;

/// <summary>A rate and what it cost.</summary>
/// <param name="ProcessorMicroseconds">Of the server alone, for one event.</param>
public sealed record Rate(double PerSecond, double ProcessorMicroseconds);

/// <summary>Durable ingest: batches of 1,000 on 8 connections and single events on 64, acknowledged after the fsync on both sides.</summary>
public static class IngestBenchmark
{
    private const int Writers = 8;
    private const int Singles = 64;

    public static Task<Rate> BatchesAsync(DomesdayServer server, PreparedWorkload lines) => TimeAsync(server.ProcessId, lines.Batches * (long)PreparedWorkload.BatchEvents, Writers, lines.Batches, async take =>
    {
        using var connection = new RawConnection(server.Address);
        while (take() is { } index) await PostAsync(connection, server, lines.Batch(index));
    });

    /// <summary>The connections are spread over several nodes.</summary>
    public static Task<Rate> BatchesAsync(IReadOnlyList<DomesdayServer> nodes, PreparedWorkload lines, int batches)
    {
        var connections = -1;
        return TimeAsync(nodes[0].ProcessId, batches * (long)PreparedWorkload.BatchEvents, Writers, batches, async take =>
        {
            var node = nodes[Interlocked.Increment(ref connections) % nodes.Count];
            using var connection = new RawConnection(node.Address);
            while (take() is { } index) await PostAsync(connection, node, lines.Batch(index));
        });
    }

    public static Task<Rate> BatchesAsync(PostgresServer server, PostgresLedger ledger, PreparedWorkload copy) => TimeAsync(server.ProcessId, copy.Batches * (long)PreparedWorkload.BatchEvents, Writers, copy.Batches, async take =>
    {
        while (take() is { } index) await ledger.CopyAsync(copy.Batch(index));
    });

    public static Task<Rate> SinglesAsync(DomesdayServer server, WorkloadGenerator generator, long first, int count) => SinglesAsync([server], generator, first, count);

    public static Task<Rate> SinglesAsync(IReadOnlyList<DomesdayServer> nodes, WorkloadGenerator generator, long first, int count)
    {
        var connections = -1;
        var events = Enumerable.Range(0, count).AsParallel().AsOrdered().Select(i => WorkloadJson.Lines(generator, first + i, 1)).ToArray();
        return TimeAsync(nodes[0].ProcessId, count, Singles, count, async take =>
        {
            var node = nodes[Interlocked.Increment(ref connections) % nodes.Count];
            using var connection = new RawConnection(node.Address);
            while (take() is { } index) await PostAsync(connection, node, events[index]);
        });
    }

    public static Task<Rate> SinglesAsync(PostgresServer server, PostgresLedger ledger, WorkloadGenerator generator, long first, int count)
    {
        var events = Enumerable.Range(0, count).AsParallel().AsOrdered().Select(i => generator.At(first + i)).ToArray();
        return TimeAsync(server.ProcessId, count, Singles, count, take => ledger.InsertAsync(() => take() is { } index ? events[index] : null));
    }

    /// <summary>Latency of acknowledgement at a steady load: the clock of each request starts when it was due, not when it was sent.</summary>
    public static async Task<Measured> PacedAsync(DomesdayServer server, IReadOnlyList<byte[]> bodies, int connections, double perSecond)
    {
        var next = -1;
        var latencies = new ConcurrentBag<double>();
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var connection = new RawConnection(server.Address);
            while (Interlocked.Increment(ref next) is var index && index < bodies.Count)
            {
                var due = TimeSpan.FromSeconds(index / perSecond);
                var early = due - Stopwatch.GetElapsedTime(started);
                if (early > TimeSpan.FromMilliseconds(1)) await Task.Delay(early);
                await PostAsync(connection, server, bodies[index]);
                latencies.Add((Stopwatch.GetElapsedTime(started) - due).TotalMilliseconds);
            }
        })));
        return new(latencies);
    }

    private static ValueTask PostAsync(RawConnection connection, DomesdayServer server, byte[] body) =>
        connection.PostAsync(RawConnection.Head("/audit/v1/events", server.Key, "application/x-ndjson", body.Length), body);

    private static async Task<Rate> TimeAsync(int process, long events, int workers, int calls, Func<Func<int?>, Task> work)
    {
        var next = -1;
        int? Take() => Interlocked.Increment(ref next) is var index && index < calls ? index : null;
        var processor = ProcessFigures.ProcessorSeconds(process);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(() => work(Take))));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new(events / seconds, (ProcessFigures.ProcessorSeconds(process) - processor) / events * 1e6);
    }
}
