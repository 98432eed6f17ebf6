using System.Diagnostics.Metrics;
using Domesday.Benchmarks.Load;
using Domesday.Benchmarks.Rivals;
using Domesday.Benchmarks.Workload;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Storage.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Benchmarks.Ledger;

/// <summary>The workload of a month, taken in, asked and given out by Domesday and by PostgreSQL, one after the other in one run.</summary>
public sealed class LedgerRun : IDisposable
{
    private readonly string _folder;
    private readonly int _events;
    private readonly Report _report;
    private readonly WorkloadGenerator _generator;
    private readonly long _start;
    private readonly PreparedWorkload _lines;
    private readonly PreparedWorkload _copy;

    public LedgerRun(string folder, int events, Report report)
    {
        (_folder, _events, _report) = (folder, events, report);
        Directory.CreateDirectory(folder);
        _start = new Timestamp(1_790_000_000_000_000).Microseconds / 86_400_000_000 * 86_400_000_000;
        _generator = new(events, _start);
        Console.WriteLine($"Writing {Report.Number(events)} events out ahead, as NDJSON and as binary COPY …");
        _lines = PreparedWorkload.Lines(_generator, events, Path.Combine(folder, "lines"));
        _copy = PreparedWorkload.Copy(_generator, events, Path.Combine(folder, "copy"));
    }

    private string Data => Path.Combine(_folder, "data");

    public Task RunAsync(string part) => part switch
    {
        "profile" => ProfileAsync(),
        "questions" => QuestionsAloneAsync(),
        _ => BesideRivalAsync(part == "ingest"),
    };

    public void Dispose()
    {
        _lines.Dispose();
        _copy.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ProfileAsync()
    {
        using var server = await DomesdayServer.StartAsync(Data);
        var rate = await IngestBenchmark.BatchesAsync(server, _lines);
        Console.WriteLine($"batches: {rate}, {ProcessFigures.PeakResident(server.ProcessId) >> 20} MiB resident at most");
        Console.WriteLine($"single events: {await IngestBenchmark.SinglesAsync(server, _generator, 0, 200_000)}");
    }

    /// <summary>The questions, and readers beside a writer, asked of Domesday alone.</summary>
    private async Task QuestionsAloneAsync()
    {
        using (var server = await DomesdayServer.StartAsync(Data))
        {
            Console.WriteLine(await IngestBenchmark.BatchesAsync(server, _lines));
            await server.SettledAsync();
        }
        using var meter = new Meter(AppendMetrics.MeterName);
        await using var store = EmbeddedStore.Open(Path.Combine(Data, "store"), new EngineOptions(), TimeProvider.System, NullLogger.Instance, meter);
        var questions = new QueryBenchmark(store.Reader, null, _generator, _start, _start + 30 * 86_400_000_000L).Questions;
        foreach (var question in questions)
        {
            var (started, allocated) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
            var asked = await Measured.RunAsync(question.Calls * 5, question.Ask);
            Console.WriteLine($"{question.Name}: {asked} ms (p50 / p99), {(Environment.CpuUsage.TotalTime - started).TotalMicroseconds / asked.Count:n0} µs of processor, {(GC.GetTotalAllocatedBytes() - allocated) / asked.Count >> 10} KiB allocated");
        }
        var before = Environment.CpuUsage.TotalTime;
        Console.WriteLine($"all default facets: {await Measured.RunAsync(200, async _ => await store.Reader.FacetsAsync(AccessScope.WholeTenant("default"), EventFilter.All, Facets.DefaultFields, 100, CancellationToken.None))} ms (p50 / p99)");
        var readers = await ReadersBenchmark.RunAsync(questions, new AppendPipeline(store, EventLimits.Default, TimeProvider.System, new AppendMetrics(meter)), _lines);
        Console.WriteLine($"16 readers beside a writer: {Report.Number(readers.QueriesPerSecond)} queries/s, {Report.Number(readers.EventsPerSecond)} events/s meanwhile, {(Environment.CpuUsage.TotalTime - before).TotalMicroseconds / readers.QueriesPerSecond / 10:n0} µs of processor a query, writing included");
    }

    private async Task BesideRivalAsync(bool ingestAlone)
    {
        using var rival = new PostgresServer(Path.Combine(_folder, "postgres"));
        await using var ledger = new PostgresLedger(rival.ConnectionString);
        await ledger.CreateAsync(_start);
        await IngestAsync(rival, ledger);
        if (ingestAlone) return;
        await ledger.SettleAsync();
        await OverHttpAsync();
        await QueriesAsync(ledger);
    }

    private async Task IngestAsync(PostgresServer rival, PostgresLedger ledger)
    {
        _report.Text($"**Durable ingest** of {Report.Number(_events)} events; both sides acknowledge after the fsync.");
        _report.Header("", "Domesday", "PostgreSQL", "ratio", "asked", "Domesday µs of processor an event", "PostgreSQL's");
        var rivalBatches = await IngestBenchmark.BatchesAsync(rival, ledger, _copy);
        Console.WriteLine($"PostgreSQL: {rivalBatches}");
        using var server = await DomesdayServer.StartAsync(Data);
        ProcessFigures.ForgetPeak(server.ProcessId);
        var batches = await IngestBenchmark.BatchesAsync(server, _lines);
        var peak = ProcessFigures.PeakResident(server.ProcessId);
        Row("batches of 1,000 on 8 connections, events/s", batches, rivalBatches, "1.5×");
        var rivalSingles = await IngestBenchmark.SinglesAsync(rival, ledger, _generator, 0, 40_000);
        Console.WriteLine($"PostgreSQL: {rivalSingles}");
        var singles = await IngestBenchmark.SinglesAsync(server, _generator, 0, 200_000);
        Row("single events on 64 connections, events/s", singles, rivalSingles, "3×");
        _report.End();
        await LatencyAsync(server, batches, singles);
        await server.SettledAsync();
        var size = new DirectoryInfo(Data).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        var stored = _events + 200_000.0 + LatencyEvents(batches, singles);
        _report.Header("", "Domesday", "PostgreSQL", "asked");
        _report.Row("bytes an event on disk, everything included", Report.Number(size / stored), Report.Number(rival.Bytes / (_events + 40_000.0)), "150");
        _report.Row("most resident memory under full load, MiB", Report.Number(peak >> 20), "", "1,024");
        _report.End();
    }

    private async Task LatencyAsync(DomesdayServer server, Rate batches, Rate singles)
    {
        _report.Header("acknowledgement at half of that load, ms", "p50", "p99", "max", "asked");
        var perSecond = batches.PerSecond / 2 / PreparedWorkload.BatchEvents;
        var bodies = Enumerable.Range(0, (int)(perSecond * 10)).Select(i => _lines.Batch(i % _lines.Batches)).ToArray();
        var latency = await IngestBenchmark.PacedAsync(server, bodies, 8, perSecond);
        _report.Row("batches of 1,000", Measured.Text(latency.P50), Measured.Text(latency.P99), Measured.Text(latency.Max), "p99 20");
        bodies = [.. Enumerable.Range(0, (int)(singles.PerSecond / 2 * 10)).AsParallel().AsOrdered().Select(i => WorkloadJson.Lines(_generator, i % _events, 1))];
        latency = await IngestBenchmark.PacedAsync(server, bodies, 64, singles.PerSecond / 2);
        _report.Row("single events", Measured.Text(latency.P50), Measured.Text(latency.P99), Measured.Text(latency.Max), "p99 20");
        _report.End();
    }

    private static double LatencyEvents(Rate batches, Rate singles) => batches.PerSecond * 5 + singles.PerSecond * 5;

    private async Task OverHttpAsync()
    {
        using var server = await DomesdayServer.StartAsync(Data);
        _report.Header("over HTTP", "Domesday", "asked");
        _report.Row("from the start of the process until ready, s", Measured.Text(server.ReadyIn.TotalSeconds), "3");
        var first = await Measured.RunAsync(200, _ => server.Http.GetByteArrayAsync("/audit/v1/events?limit=50&total=true&action=delete"));
        _report.Row("first page of deletions with exact total, p50 / p99 ms", first.ToString(), "");
        var facets = await Measured.RunAsync(200, _ => server.Http.GetByteArrayAsync("/audit/v1/facets"));
        _report.Row("facets, p50 / p99 ms", facets.ToString(), "p99 10");
        var histogram = await Measured.RunAsync(200, _ => server.Http.GetByteArrayAsync("/audit/v1/histogram?interval=hour"));
        _report.Row("histogram, p50 / p99 ms", histogram.ToString(), "p99 10");
        await server.SettledAsync();
        var export = await ExportBenchmark.RunAsync(server, "format=ndjson");
        _report.Row("export as NDJSON, events/s", Report.Number(export.EventsPerSecond), "400,000");
        _report.Row("… MB/s", Report.Number(export.BytesPerSecond / 1e6), "");
        _report.Row("… memory above idle, MiB", Report.Number(export.MemoryBytes >> 20), "64");
        _report.End();
    }

    private async Task QueriesAsync(PostgresLedger ledger)
    {
        using var meter = new Meter(AppendMetrics.MeterName);
        await using var store = EmbeddedStore.Open(Path.Combine(Data, "store"), new EngineOptions(), TimeProvider.System, NullLogger.Instance, meter);
        var questions = new QueryBenchmark(store.Reader, ledger, _generator, _start, _start + 30 * 86_400_000_000L).Questions;
        _report.Text("**Questions**, both sides asked from one C# process; p50 / p99 ms. Asked: at most the best engine's proportion to PostgreSQL, and p99 of at most 10 ms.");
        _report.Header("", "Domesday", "PostgreSQL", "ratio of medians", "asked");
        foreach (var question in questions)
        {
            var rival = await Measured.RunAsync(question.RivalCalls, question.AskRival);
            var own = await Measured.RunAsync(question.Calls, question.Ask);
            _report.Row(question.Name, own.ToString(), rival.ToString(), (own.P50 / rival.P50).ToString("0.00000", System.Globalization.CultureInfo.InvariantCulture), question.BestToRival.ToString("0.00000", System.Globalization.CultureInfo.InvariantCulture));
        }
        _report.End();
        var pipeline = new AppendPipeline(store, EventLimits.Default, TimeProvider.System, new AppendMetrics(meter));
        var readers = await ReadersBenchmark.RunAsync(questions, pipeline, _lines);
        var rivals = await ReadersBenchmark.RunAsync(questions, ledger, _copy);
        _report.Header("16 readers beside a writer at full speed", "Domesday", "PostgreSQL", "asked");
        _report.Row("queries/s (Q1 and Q4 in turn)", Report.Number(readers.QueriesPerSecond), Report.Number(rivals.QueriesPerSecond), "3,000");
        _report.Row("events/s meanwhile", Report.Number(readers.EventsPerSecond), Report.Number(rivals.EventsPerSecond), "");
        _report.End();
    }

    private void Row(string name, Rate own, Rate rival, string asked) => _report.Row(
        name, Report.Number(own.PerSecond), Report.Number(rival.PerSecond), Report.Ratio(own.PerSecond / rival.PerSecond), asked, Measured.Text(own.ProcessorMicroseconds), Measured.Text(rival.ProcessorMicroseconds));
}
