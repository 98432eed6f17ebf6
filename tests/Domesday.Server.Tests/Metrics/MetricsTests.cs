using System.Diagnostics.Metrics;
using System.Net;
using Domesday.Server.Metrics;

namespace Domesday.Server.Tests.Metrics;

public sealed class MetricsTests : IDisposable
{
    private readonly Meter _meter = new("Domesday");
    private readonly MetricsRegistry _registry;

    public MetricsTests() => _registry = new(_meter);

    [Fact]
    public void Counters_add_up_by_label()
    {
        var counter = _meter.CreateCounter<long>("things_total", "{thing}", "Things.");
        counter.Add(2, new KeyValuePair<string, object?>("kind", "a"));
        counter.Add(3, new KeyValuePair<string, object?>("kind", "a"));
        counter.Add(1, new KeyValuePair<string, object?>("kind", "b"), new("ok", true));
        Assert.Equal("""
            # HELP things_total Things.
            # TYPE things_total counter
            things_total{kind="a"} 5
            things_total{kind="b",ok="True"} 1

            """, Exposed("things_total"));
    }

    [Fact]
    public void Histograms_count_what_is_at_most_each_bound()
    {
        var histogram = _meter.CreateHistogram("wait_seconds", "s", "Waits.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (var value in (double[])[0.05, 0.1, 0.5, 7]) histogram.Record(value, new KeyValuePair<string, object?>("step", "x"));
        Assert.Equal("""
            # HELP wait_seconds Waits.
            # TYPE wait_seconds histogram
            wait_seconds_bucket{step="x",le="0.1"} 2
            wait_seconds_bucket{step="x",le="1"} 3
            wait_seconds_bucket{step="x",le="+Inf"} 4
            wait_seconds_sum{step="x"} 7.65
            wait_seconds_count{step="x"} 4

            """, Exposed("wait_seconds"));
    }

    [Fact]
    public void Observed_values_are_those_of_the_moment()
    {
        var depth = 4;
        _meter.CreateObservableGauge("depth", () => depth, null, "Depth.");
        Assert.EndsWith("\ndepth 4\n", Exposed("depth"), StringComparison.Ordinal);
        depth = 9;
        Assert.EndsWith("\ndepth 9\n", Exposed("depth"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_goes_up_and_down_is_a_gauge()
    {
        var running = _meter.CreateUpDownCounter<int>("running");
        running.Add(3);
        running.Add(-1);
        Assert.EndsWith("# TYPE running gauge\nrunning 2\n", Exposed("running"), StringComparison.Ordinal);
    }

    [Fact]
    public void Label_values_are_escaped()
    {
        _meter.CreateCounter<long>("odd_total").Add(1, new KeyValuePair<string, object?>("text.of", "a\"b\\c\nd"));
        Assert.Contains("odd_total{text_of=\"a\\\"b\\\\c\\nd\"} 1\n", Exposed("odd_total"), StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_label_values_are_dropped_and_counted()
    {
        var counter = _meter.CreateCounter<long>("wild_total");
        for (var i = 0; i < 2_500; i++) counter.Add(1, new KeyValuePair<string, object?>("id", i));
        counter.Add(1, new KeyValuePair<string, object?>("id", new string('x', 5_000)));
        Assert.Equal(2_000, Exposed("wild_total").Split('\n').Count(line => line.StartsWith("wild_total{", StringComparison.Ordinal)));
        Assert.EndsWith("\ndomesday_metrics_dropped_total 501\n", Exposed("domesday_metrics_dropped_total"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Concurrent_measurements_all_count()
    {
        var counter = _meter.CreateCounter<long>("busy_total");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++) counter.Add(1, new KeyValuePair<string, object?>("a", "b"));
        })));
        Assert.EndsWith("busy_total{a=\"b\"} 80000\n", Exposed("busy_total"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prometheus_scrapes_with_a_monitor_key_of_the_system_tenant()
    {
        await using var service = await TestService.StartAsync();
        using var prometheus = service.Bearer((await service.KeyAsync("system", "monitor")).Text);
        using var first = await prometheus.GetAsync("/metrics", TestContext.Current.CancellationToken);
        using var second = await prometheus.GetAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", second.Content.Headers.ContentType?.ToString());
        var text = await second.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("domesday_http_request_seconds_count{method=\"GET\",route=\"/metrics\",status=\"200\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("domesday_http_request_seconds_count{method=\"POST\",route=\"/audit/v1/keys\",status=\"201\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("domesday_events_stored_total{source=\"control\"}", text, StringComparison.Ordinal);
        Assert.Contains("domesday_http_requests_running 1\n", text, StringComparison.Ordinal);
        Assert.Contains("dotnet_process_memory_working_set_bytes ", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches("""^(# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .*|[a-zA-Z_:][a-zA-Z0-9_:]*(\{.*\})? -?[0-9.E+-]+)$""", line));
    }

    [Fact]
    public async Task A_monitor_key_of_an_ordinary_tenant_sees_no_metrics_and_no_event()
    {
        await using var service = await TestService.StartAsync();
        using var client = service.Bearer((await service.KeyAsync("default", "monitor")).Text);
        using var response = await client.GetAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    public void Dispose()
    {
        _registry.Dispose();
        _meter.Dispose();
    }

    /// <summary>The part of the exposition that is about one instrument.</summary>
    private string Exposed(string name)
    {
        var lines = _registry.Expose().Split('\n').ToList();
        var start = lines.FindIndex(line => line.StartsWith($"# HELP {name} ", StringComparison.Ordinal));
        Assert.True(start >= 0, name);
        var end = lines.FindIndex(start + 1, line => line.StartsWith("# HELP ", StringComparison.Ordinal));
        return string.Join('\n', lines[start..(end < 0 ? lines.Count - 1 : end)]) + "\n";
    }
}
