using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Domesday.Benchmarks.Ledger;
using Domesday.Benchmarks.Load;
using Domesday.Benchmarks.Workload;

namespace Domesday.Benchmarks.Sinks;

/// <summary>Whether a sink keeps up with 20,000 events a second while they come in, what it costs, and what sinks cost that have nothing to do.</summary>
/// <remarks>Service, senders and receivers share the machine. HTTP receivers answer after 20 ms; nothing is sent within TLS. A sink keeps up when what it lags behind does not grow, and is gone soon after the last event.</remarks>
public sealed class SinkRun(string folder, int seconds, Report report)
{
    private const int PerSecond = 20_000;
    private const int Writers = 8;
    private const int IdleSinks = 20;

    private static readonly TimeSpan IdleFor = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(60);

    public async Task RunAsync()
    {
        Directory.CreateDirectory(folder);
        try
        {
            // Recent: CloudWatch Logs takes nothing that is older than two weeks.
            var generator = new WorkloadGenerator((long)PerSecond * seconds, TimeProvider.System.GetUtcNow().AddDays(-10).ToUnixTimeMilliseconds() * 1_000);
            var bodies = Enumerable.Range(0, PerSecond / PreparedWorkload.BatchEvents * seconds).AsParallel().AsOrdered()
                .Select(batch => WorkloadJson.Lines(generator, (long)batch * PreparedWorkload.BatchEvents, PreparedWorkload.BatchEvents)).ToArray();
            report.Header($"{PerSecond:#,0} events/s for {seconds} s", "forwarded/s", "largest lag", "gone after", "sent again", "processor µs/event", "acknowledged ms p50 / p99");
            await OneAsync("no sink", bodies, null);
            await OneAsync("cloudwatch", bodies, (http, _) => Aws("cloudwatch", http, ("group", "bench")));
            await OneAsync("cloudwatch, 4 streams", bodies, (http, _) => Aws("cloudwatch", http, ("group", "bench"), ("streams", "4")));
            await OneAsync("syslog over TCP", bodies, (_, lines) => Wish("syslog", ("host", "127.0.0.1"), ("transport", "tcp"), ("port", $"{lines.Port}")));
            await OneAsync("elasticsearch", bodies, (http, _) => Wish("elasticsearch", ("url", http.Address.AbsoluteUri)));
            await OneAsync("s3", bodies, (http, _) => Aws("s3", http, ("bucket", "bench"), ("every_seconds", "1")));
            report.End();
            await IdleAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static JsonObject Aws(string type, HttpSinkReceiver http, params (string Name, string Value)[] settings) =>
        Wish(type, [.. settings, ("region", "us-east-1"), ("access_key", "AKIDEXAMPLE"), ("secret_key", "not a secret"), .. type == "s3" ? [("endpoint", http.Address.AbsoluteUri)] : Array.Empty<(string, string)>()]);

    private static JsonObject Wish(string type, params (string Name, string Value)[] settings) =>
        new() { ["name"] = type, ["type"] = type, ["settings"] = new JsonObject(settings.Select(setting => new KeyValuePair<string, JsonNode?>(setting.Name, setting.Value))) };

    private async Task OneAsync(string name, byte[][] bodies, Func<HttpSinkReceiver, LineReceiver, JsonObject>? wish)
    {
        using var http = new HttpSinkReceiver();
        using var lines = new LineReceiver();
        var data = Path.Combine(folder, "data");
        using (var server = await DomesdayServer.StartAsync(data, arguments: ["--aws-endpoint", http.Address.AbsoluteUri]))
        {
            var sink = wish is null ? null : await MakeAsync(server, wish(http, lines));
            var processor = ProcessFigures.ProcessorSeconds(server.ProcessId);
            var started = Stopwatch.GetTimestamp();
            var writing = IngestBenchmark.PacedAsync(server, bodies, Writers, PerSecond / (double)PreparedWorkload.BatchEvents);
            var largest = 0L;
            while (sink is not null && !writing.IsCompleted)
            {
                largest = Math.Max(largest, (await LookAsync(server, sink)).GetProperty("lag_events").GetInt64());
                await Task.Delay(1_000);
            }
            var acknowledged = await writing;
            var written = Stopwatch.GetTimestamp();
            var last = sink is null ? default(JsonElement?) : await DrainAsync(server, sink, written);
            var drained = Stopwatch.GetElapsedTime(written);
            var cost = (ProcessFigures.ProcessorSeconds(server.ProcessId) - processor) / (bodies.Length * (double)PreparedWorkload.BatchEvents) * 1e6;
            report.Row(name, last is { } state ? Report.Number(state.GetProperty("accepted").GetInt64() / Stopwatch.GetElapsedTime(started).TotalSeconds) : "", sink is null ? "" : Report.Number(largest),
                sink is null ? "" : last!.Value.GetProperty("lag_events").GetInt64() > 0 ? "not at all" : string.Create(CultureInfo.InvariantCulture, $"{drained.TotalSeconds:0.0} s"),
                last is { } end ? Report.Number(end.GetProperty("retried").GetInt64()) : "", cost.ToString("0.0", CultureInfo.InvariantCulture), acknowledged.ToString()!);
        }
        Directory.Delete(data, recursive: true);
    }

    private static async Task<JsonElement> DrainAsync(DomesdayServer server, string sink, long since)
    {
        while (true)
        {
            var state = await LookAsync(server, sink);
            if (state.GetProperty("lag_events").GetInt64() == 0 || Stopwatch.GetElapsedTime(since) > DrainMax) return state;
            await Task.Delay(50);
        }
    }

    /// <summary>What the processor does with nothing to do, without sinks and with some.</summary>
    private async Task IdleAsync()
    {
        using var http = new HttpSinkReceiver();
        using var server = await DomesdayServer.StartAsync(Path.Combine(folder, "idle"));
        await server.SettledAsync();
        var without = await ShareAsync(server);
        for (var number = 0; number < IdleSinks; number++)
        {
            var wish = Wish("webhook", ("url", http.Address.AbsoluteUri));
            (wish["name"], wish["filter"]) = ($"idle-{number}", "action=never");
            await MakeAsync(server, wish);
        }
        await server.SettledAsync();
        var with = await ShareAsync(server);
        report.Text(string.Create(CultureInfo.InvariantCulture, $"A service with nothing to do takes {without:0.00} % of a core; with {IdleSinks} sinks {with:0.00} %. Asked: less than 1 % for the sinks."));
    }

    private static async Task<double> ShareAsync(DomesdayServer server)
    {
        var (processor, started) = (ProcessFigures.ProcessorSeconds(server.ProcessId), Stopwatch.GetTimestamp());
        await Task.Delay(IdleFor);
        return (ProcessFigures.ProcessorSeconds(server.ProcessId) - processor) / Stopwatch.GetElapsedTime(started).TotalSeconds * 100;
    }

    private static async Task<string> MakeAsync(DomesdayServer server, JsonObject wish)
    {
        using var made = await server.Admin.PostAsJsonAsync("/audit/v1/sinks", wish);
        var body = await made.Content.ReadFromJsonAsync<JsonElement>();
        return made.IsSuccessStatusCode ? body.GetProperty("id").GetString()! : throw new InvalidOperationException(body.ToString());
    }

    private static Task<JsonElement> LookAsync(DomesdayServer server, string sink) => server.Admin.GetFromJsonAsync<JsonElement>("/audit/v1/sinks/" + sink);
}
