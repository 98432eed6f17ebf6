using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Domesday.Storage.Postgres.Tests.Nodes;

/// <summary>What runs on one node at a time goes on elsewhere when that node dies, leaves nothing out and does nothing twice.</summary>
public sealed class MovedWorkTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static async Task<string> DatabaseAsync()
    {
        Assert.SkipUnless(File.Exists(ServiceNode.Binary), "The service is not built.");
        return await (await SharedServer.Server).NewDatabaseAsync();
    }

    [Fact]
    public async Task A_sink_goes_on_at_another_node_when_the_one_that_forwards_is_killed_and_the_receiver_has_every_event_in_order()
    {
        const int Events = 1_200;
        var database = await DatabaseAsync();
        using var receiver = new EventReceiver();
        await using var first = await ServiceNode.StartAsync(database);
        var sink = await MakeSinkAsync(first, receiver.Url, channel: false);
        await WaitForWorkAsync(first, "forwarding");
        await using var second = await ServiceNode.StartAsync(database);
        await AppendAsync(second, 0, Events / 2);
        await receiver.WaitAsync(100, Cancellation);
        first.Kill();
        var (watch, before) = (Stopwatch.StartNew(), receiver.Taken.Count);
        await AppendAsync(second, Events / 2, Events / 2);
        while (receiver.Taken.Count == before) await Task.Delay(20, Cancellation);
        TestContext.Current.TestOutputHelper?.WriteLine($"moved after {watch.Elapsed.TotalSeconds:f1} s");
        await receiver.WaitAsync(Events, Cancellation);
        var end = await SinkWhenAsync(second, sink, state => state.GetProperty("accepted").GetInt64() >= Events);
        Assert.Equal((Events, 0L, 0L), (end.GetProperty("accepted").GetInt64(), end.GetProperty("rejected").GetInt64(), end.GetProperty("missed").GetInt64()));
        var taken = receiver.Taken.Select(one => one.Sequence).Distinct().ToList();
        Assert.Equal(taken.Order(), taken);
        Assert.Equal(Enumerable.Range(0, Events).Select(number => $"e{number}"), receiver.Taken.DistinctBy(one => one.Sequence).Select(one => one.Id));
        Assert.Contains("does the forwarding from now on", second.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_does_not_forward_tells_how_a_sink_stands_and_has_it_replayed()
    {
        var database = await DatabaseAsync();
        using var receiver = new EventReceiver();
        await using var first = await ServiceNode.StartAsync(database);
        var sink = await MakeSinkAsync(first, receiver.Url, channel: false);
        await WaitForWorkAsync(first, "forwarding");
        await using var second = await ServiceNode.StartAsync(database);
        await AppendAsync(second, 0, 40);
        await receiver.WaitAsync(40, Cancellation);
        var told = await SinkWhenAsync(second, sink, state => state.GetProperty("accepted").GetInt64() == 40);
        Assert.Equal("running", told.GetProperty("state").GetString());
        using var asked = await second.Http.PostAsync($"/audit/v1/sinks/{sink}/replay", Json("""{"from_sequence":0}"""), Cancellation);
        Assert.True(asked.IsSuccessStatusCode, await asked.Content.ReadAsStringAsync(Cancellation));
        await SinkWhenAsync(second, sink, state => state.GetProperty("replayed").GetInt64() == 40);
        Assert.Equal(80, receiver.Taken.Count);
        Assert.DoesNotContain("does the forwarding from now on", second.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alerts_go_on_at_another_node_once_for_each_event_and_not_for_events_from_before_a_change_of_the_rule()
    {
        var database = await DatabaseAsync();
        await using var first = await ServiceNode.StartAsync(database);
        using var made = await first.Http.PostAsync("/audit/v1/alerts", Json("""{"name":"watched","filter":"service=load&action=delete","condition":"each","cooldown_seconds":0}"""), Cancellation);
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync(Cancellation));
        var rule = (await made.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("id").GetString()!;
        await WaitForWorkAsync(first, "alerts");
        await using var second = await ServiceNode.StartAsync(database);
        await AppendAsync(first, 0, 50);
        await AppendAsync(first, 50, 50, "delete");
        await FiredAsync(first, rule, 50);
        using var change = new HttpRequestMessage(HttpMethod.Patch, $"/audit/v1/alerts/{rule}") { Content = Json("""{"filter":"service=load&action=create"}""") };
        using var changed = await first.Http.SendAsync(change, Cancellation);
        Assert.True(changed.IsSuccessStatusCode, await changed.Content.ReadAsStringAsync(Cancellation));
        await AppendAsync(first, 100, 1);
        await FiredAsync(first, rule, 51);
        await FiredAsync(second, rule, 51);
        first.Kill();
        var watch = Stopwatch.StartNew();
        await AppendAsync(second, 101, 50);
        await FiredAsync(second, rule, 101);
        TestContext.Current.TestOutputHelper?.WriteLine($"moved after {watch.Elapsed.TotalSeconds:f1} s");
        // An alert is counted when its event is looked at, and recorded right after. With the last event's all are there, because events are looked at in order.
        int recorded;
        while ((recorded = (await second.GetAsync($"/audit/v1/events?operation=alert.fired&resource_id={rule}&limit=500", Cancellation)).GetProperty("events").GetArrayLength()) < 101) await Task.Delay(50, Cancellation);
        Assert.Equal(101, recorded);
    }

    [Fact]
    public async Task A_report_is_sent_once_by_the_node_that_is_left_and_not_again_by_the_one_that_comes_after()
    {
        Assert.SkipWhen(ServiceNode.FakeTimeLibrary is null, "faketime is not installed: apt-get install faketime");
        var database = await DatabaseAsync();
        using var receiver = new EventReceiver();
        await using var first = await ServiceNode.StartAsync(database, fakeTime: "@2027-03-01 23:59:20");
        await WaitForWorkAsync(first, "alerts");
        var channel = await MakeSinkAsync(first, receiver.Url, channel: true);
        var reports = new List<string>();
        foreach (var name in (string[])["one", "two"])
        {
            using var made = await first.Http.PostAsync("/audit/v1/reports", Json($$"""{"name":"{{name}}","by":"service","every":"day","hour":0,"channels":["{{channel}}"]}"""), Cancellation);
            Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync(Cancellation));
            reports.Add((await made.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("id").GetString()!);
        }
        reports.Sort(StringComparer.Ordinal);
        // The second of them is not taken at first: when the third node sends it, it has looked at the first one, too.
        receiver.RefusedFile = reports[1];
        await using var second = await ServiceNode.StartAsync(database, fakeTime: "@2027-03-01 23:59:50");
        first.Kill();
        while (receiver.Files.Count == 0) await Task.Delay(50, Cancellation);
        await SentAsync(second, $"report-{reports[0]}-day-2027-03-01");
        await SentAsync(second, $"report-{reports[1]}-day-2027-03-01-failed");
        second.Kill();
        receiver.RefusedFile = null;
        await using var third = await ServiceNode.StartAsync(database, fakeTime: "@2027-03-02 00:10:00");
        await SentAsync(third, $"report-{reports[1]}-day-2027-03-01");
        Assert.Equal([$"report-{reports[0]}-day-2027-03-01", $"report-{reports[1]}-day-2027-03-01"], receiver.Files);
    }

    private static async Task SentAsync(ServiceNode node, string id)
    {
        while (!(await node.Http.GetAsync($"/audit/v1/events/{id}", Cancellation)).IsSuccessStatusCode) await Task.Delay(50, Cancellation);
    }

    private static async Task WaitForWorkAsync(ServiceNode node, string work)
    {
        while (!node.Log.Contains($"does the {work} from now on", StringComparison.Ordinal)) await Task.Delay(20, Cancellation);
    }

    private static async Task<string> MakeSinkAsync(ServiceNode node, string url, bool channel)
    {
        var asks = channel ? "\"channel\":true" : "\"filter\":\"service=load\",\"batch_events\":20";
        using var made = await node.Http.PostAsync("/audit/v1/sinks", Json($$"""{"name":"receiver","type":"webhook","settings":{"url":"{{url}}"},{{asks}} }"""), Cancellation);
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync(Cancellation));
        return (await made.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("id").GetString()!;
    }

    private static async Task AppendAsync(ServiceNode node, int first, int count, string action = "create")
    {
        var lines = string.Join('\n', Enumerable.Range(first, count).Select(number => $$"""{"id":"e{{number}}","action":"{{action}}","service":"load"}"""));
        using var sent = await node.Http.PostAsync("/audit/v1/events", new StringContent(lines, Encoding.UTF8, "application/x-ndjson"), Cancellation);
        Assert.True(sent.IsSuccessStatusCode, await sent.Content.ReadAsStringAsync(Cancellation));
    }

    private static async Task FiredAsync(ServiceNode node, string rule, long alerts)
    {
        long fired;
        while ((fired = (await node.GetAsync($"/audit/v1/alerts/{rule}", Cancellation)).GetProperty("fired").GetInt64()) < alerts) await Task.Delay(50, Cancellation);
        Assert.Equal(alerts, fired);
    }

    private static async Task<JsonElement> SinkWhenAsync(ServiceNode node, string sink, Func<JsonElement, bool> isWanted)
    {
        while (true)
        {
            var state = await node.GetAsync($"/audit/v1/sinks/{sink}", Cancellation);
            if (isWanted(state)) return state;
            await Task.Delay(50, Cancellation);
        }
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
