using System.Diagnostics;
using Domesday.Benchmarks.Ledger;
using Domesday.Benchmarks.Load;
using Domesday.Benchmarks.Workload;
using Domesday.Events;

namespace Domesday.Benchmarks.Dialects;

/// <summary>The vendors' APIs over HTTP: pages, totals and filter options as their clients ask for them, and exports beside the native one.</summary>
public sealed class DialectRun : IDisposable
{
    private const int Calls = 200;
    private const int WarmUp = 30;

    private const int Rounds = 3;

    private const string Native = "native, NDJSON";

    private readonly string _folder;
    private readonly int _events;
    private readonly Report _report;
    private readonly PreparedWorkload _lines;
    private readonly (string From, string To) _span;

    public DialectRun(string folder, int events, Report report)
    {
        (_folder, _events, _report) = (folder, events, report);
        Directory.CreateDirectory(folder);
        // A week ago it ended: within what each vendor shows without being asked for a time.
        var start = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow().AddDays(-37)).Microseconds / 86_400_000_000 * 86_400_000_000;
        _span = (new Timestamp(start).ToString(), new Timestamp(start + 31 * 86_400_000_000L).ToString());
        _lines = PreparedWorkload.Lines(new(events, start), events, Path.Combine(folder, "lines"));
    }

    private string Data => Path.Combine(_folder, "data");

    private string Between => $"start={_span.From}&end={_span.To}";

    private IEnumerable<(string Dialect, string What, string Path)> Questions =>
    [
        ("UpCloud", "first page, exact total", "/1.3/audit-logs?limit=50"),
        ("UpCloud", "first page of deletions, exact total", "/1.3/audit-logs?limit=50&actions=delete"),
        ("UpCloud", "filter options", "/1.3/audit-logs/filter-options"),
        ("Spectro Palette", "first page, exact total", "/v1/audits"),
        ("Spectro Palette", "first page of deletions, exact total", "/v1/audits?actionType=delete"),
        ("Run:ai since 2.19", "first page, exact total", $"/api/v1/audit/log?{Between}&numberOfSamples=50&sortOrder=desc"),
        ("Run:ai since 2.19", "first page of deletions, exact total", $"/api/v1/audit/log?{Between}&numberOfSamples=50&sortOrder=desc&filterBy=action==delete"),
        ("Run:ai before", "first page", "/v1/k8s/audit"),
        ("Run:ai before", "first page of deletions", "/v1/k8s/audit?action=Delete"),
        ("Platform9 PCD", "first 50 of a month", $"/resmgr/audit/export?start_time={_span.From}&end_time={_span.To}&limit=50"),
        ("Platform9 PCD", "first 50 deletions of a month", $"/resmgr/audit/export?start_time={_span.From}&end_time={_span.To}&limit=50&action=delete"),
        ("Platform9 PCD", "filter options", "/resmgr/audit/filters"),
        ("Docker UCP", "last 50 lines", "/v1.40/containers/ucp-controller/logs?stdout=1&tail=50"),
    ];

    private IEnumerable<(string Name, string Path)> Exports =>
    [
        (Native, "/audit/v1/export?format=ndjson"),
        ("UpCloud, JSON", "/1.3/audit-logs/export?format=json"),
        ("UpCloud, CSV", "/1.3/audit-logs/export?format=csv"),
        ("Spectro Palette, CSV", "/v1/audits/export"),
        ("Run:ai since 2.19, JSON", $"/api/v1/audit/log/file?{Between}&file_type=JSON"),
        ("Run:ai since 2.19, CSV", $"/api/v1/audit/log/file?{Between}"),
        ("Run:ai before, JSON", $"/v1/k8s/audit?download=true&{Between}"),
        ("Platform9 PCD, NDJSON", $"/resmgr/audit/export?start_time={_span.From}&end_time={_span.To}"),
        ("Docker UCP, frames of lines", "/v1.40/containers/ucp-controller/logs?stdout=1"),
    ];

    public async Task RunAsync()
    {
        using var server = await DomesdayServer.StartAsync(Data);
        await IngestBenchmark.BatchesAsync(server, _lines);
        await server.SettledAsync();
        await AskAsync(server);
        await server.SettledAsync();
        await ExportAsync(server);
    }

    public void Dispose()
    {
        _lines.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task AskAsync(DomesdayServer server)
    {
        _report.Text($"**Questions** as the vendors' clients ask them, {Calls} times over HTTP. Asked: p99 of at most 50 ms at 10,000,000 events.");
        _report.Header("dialect", "question", "p50 / p99 ms");
        foreach (var (dialect, what, path) in Questions)
        {
            // A service that runs has been asked before.
            for (var i = 0; i < WarmUp; i++) await server.Http.GetByteArrayAsync(path);
            var measured = await Measured.RunAsync(Calls, _ => server.Http.GetByteArrayAsync(path));
            _report.Row(dialect, what, measured.ToString());
        }
        _report.End();
    }

    private async Task ExportAsync(DomesdayServer server)
    {
        _report.Text($"**Exports** of all events, in turn, {Rounds} times: medians. Asked: constant memory, and at least 70 % of the rate of the native export.");
        _report.Header("export", "events/s", "share of native", "MB/s", "µs of processor an event", "share of native", "memory above idle, MiB");
        var exported = Exports.ToDictionary(export => export.Name, _ => new List<Exported>());
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (name, path) in Exports) exported[name].Add(await OnceAsync(server, path));
        }
        var native = Exported.Median(exported[Native]);
        foreach (var (name, _) in Exports)
        {
            var export = Exported.Median(exported[name]);
            _report.Row(name, Report.Number(export.EventsPerSecond), Share(export.EventsPerSecond / native.EventsPerSecond), Report.Number(export.BytesPerSecond / 1e6),
                Measured.Text(export.ProcessorMicroseconds), Share(native.ProcessorMicroseconds / export.ProcessorMicroseconds), Report.Number(export.MemoryBytes >> 20));
        }
        _report.End();
    }

    private async Task<Exported> OnceAsync(DomesdayServer server, string path)
    {
        var idle = server.Resident;
        ProcessFigures.ForgetPeak(server.ProcessId);
        var (processor, started) = (ProcessFigures.ProcessorSeconds(server.ProcessId), Stopwatch.GetTimestamp());
        using var answer = await server.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        await using var stream = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[256 * 1024];
        long bytes = 0;
        for (int read; (read = await stream.ReadAsync(buffer)) > 0;) bytes += read;
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new(_events / seconds, bytes / seconds, (ProcessFigures.ProcessorSeconds(server.ProcessId) - processor) / _events * 1e6, ProcessFigures.PeakResident(server.ProcessId) - idle);
    }

    private static string Share(double value) => value.ToString("0 %", System.Globalization.CultureInfo.InvariantCulture);

    private sealed record Exported(double EventsPerSecond, double BytesPerSecond, double ProcessorMicroseconds, long MemoryBytes)
    {
        /// <summary>The median of each figure, and the memory of the greediest.</summary>
        public static Exported Median(List<Exported> exported) =>
            new(Middle(exported, one => one.EventsPerSecond), Middle(exported, one => one.BytesPerSecond), Middle(exported, one => one.ProcessorMicroseconds), exported.Max(one => one.MemoryBytes));

        private static double Middle(List<Exported> exported, Func<Exported, double> figure) => exported.Select(figure).Order().ElementAt(exported.Count / 2);
    }
}
