using System.Text.Json.Nodes;
using Domesday.Events;
using Domesday.Server.Tests;

namespace Domesday.Sinks.Tests.Alerts;

/// <summary>What people rely on who want to be told.</summary>
public class AlertTests
{
    private static Task<JsonObject> RuleAsync(TestService service, JsonObject rule) => TestService.PostAsync(service.Admin, "/audit/v1/alerts", rule);

    private static async Task<List<AuditEvent>> RaisedAsync(TestService service) => [.. (await service.EventsAsync("default")).Where(one => one.Operation == "alert.fired")];

    [Fact]
    public async Task Alert_is_told_on_its_channel_and_recorded_once_across_a_restart()
    {
        await using var receiver = await TestReceiver.StartAsync();
        using var folder = new TestFolder();
        await using var first = await SinkCalls.ServiceAsync(data: folder);
        var channel = await first.SinkAsync("webhook", new() { ["url"] = receiver.Url, ["template"] = "slack" }, sink => sink["channel"] = true);
        await RuleAsync(first, new() { ["name"] = "deletions", ["filter"] = "action=delete", ["condition"] = "each", ["cooldown_seconds"] = 0, ["channels"] = new JsonArray(channel) });
        await first.AppendAsync("default", "create", "delete", "create", "delete");
        await first.SinkWhenAsync(channel, sink => sink.Number("accepted") == 2);
        await first.DisposeAsync();
        // What was remembered is lost: the same events are looked at again.
        Directory.Delete(folder[Path.Combine("data", "alerts")], recursive: true);
        await using var second = await SinkCalls.ServiceAsync(first.Store, folder);
        await second.AppendAsync("default", "delete");
        await second.SinkWhenAsync(channel, sink => sink.Number("accepted") == 3);
        var raised = await RaisedAsync(second);
        Assert.Equal(3, raised.Count);
        Assert.Equal("deletions: alice: delete order an order", raised[0].Reason!.Text);
        Assert.Contains("deletions: alice: delete order an order", receiver.Requests.First().Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_rule_has_counted_outlives_a_restart()
    {
        using var folder = new TestFolder();
        await using var first = await SinkCalls.ServiceAsync(data: folder);
        await RuleAsync(first, new() { ["name"] = "many", ["filter"] = "resource_type=order", ["condition"] = "count", ["count"] = 3, ["window_seconds"] = 3_600, ["cooldown_seconds"] = 3_600 });
        await first.AppendAsync(2);
        var memory = Path.Combine(folder["data"], "alerts", "default.json");
        while (!File.Exists(memory) || JsonNode.Parse(await File.ReadAllTextAsync(memory, TestContext.Current.CancellationToken))!["rules"]!.AsObject().All(rule => rule.Value!["groups"]!.AsObject().All(group => group.Value!["times"]!.AsArray().Count < 2)))
            await Task.Delay(20, TestContext.Current.CancellationToken);
        await first.DisposeAsync();
        await using var second = await SinkCalls.ServiceAsync(first.Store, folder);
        Assert.Empty(await RaisedAsync(second));
        await second.AppendAsync(1);
        var alert = await second.EventAsync("default", one => one.Operation == "alert.fired");
        Assert.StartsWith("many: 3 events within", alert.Reason!.Text, StringComparison.Ordinal);
        await second.DisposeAsync();
        await using var third = await SinkCalls.ServiceAsync(first.Store, folder);
        await third.AppendAsync(6);
        await third.AppendAsync("default", "done");
        var rule = (await TestService.GetAsync(third.Admin, "/audit/v1/alerts"))["alerts"]![0]!;
        Assert.Equal(1, rule["fired"]!.GetValue<long>());
        Assert.Single(await RaisedAsync(third));
    }

    [Fact]
    public async Task Count_within_a_window_raises_one_alert_for_each_group_and_then_cools_down()
    {
        await using var service = await SinkCalls.ServiceAsync();
        await RuleAsync(service, new() { ["name"] = "many", ["filter"] = "resource_type=order", ["condition"] = "count", ["count"] = 3, ["window_seconds"] = 3_600, ["group_by"] = new JsonArray("actor.id"), ["severity"] = "critical" });
        await service.AppendAsync(10);
        var alert = await service.EventAsync("default", one => one.Operation == "alert.fired");
        Assert.Equal(("critical", "u-1"), (alert.Labels!["severity"], alert.Labels["group"]));
        await service.AppendAsync("default", "done");
        await RuleAsync(service, new() { ["name"] = "first", ["filter"] = "resource_type=order", ["condition"] = "first_seen", ["group_by"] = new JsonArray("source_range") });
        await service.AppendAsync(2);
        await service.EventAsync("default", one => one.Operation == "alert.fired" && one.Resource!.Name == "first");
        Assert.Equal(["first", "many"], (await RaisedAsync(service)).Select(one => one.Resource!.Name).Order());
    }

    [Fact]
    public async Task Silence_is_told_and_a_muted_rule_is_not_heard()
    {
        await using var service = await SinkCalls.ServiceAsync();
        var muted = await RuleAsync(service, new() { ["name"] = "muted", ["condition"] = "each", ["filter"] = "resource_type=order" });
        await TestService.PostAsync(service.Admin, $"/audit/v1/alerts/{muted["id"]}/mute", new() { ["seconds"] = 3_600 });
        await RuleAsync(service, new() { ["name"] = "silence", ["condition"] = "absence", ["window_seconds"] = 1, ["filter"] = "action=heartbeat" });
        await service.AppendAsync(3);
        var alert = await service.EventAsync("default", one => one.Operation == "alert.fired");
        Assert.StartsWith("silence: nothing since", alert.Reason!.Text, StringComparison.Ordinal);
        Assert.Equal("silence", Assert.Single(await RaisedAsync(service)).Resource!.Name);
    }

    [Fact]
    public async Task Stock_rules_are_made_by_name_and_can_be_tried()
    {
        await using var service = await SinkCalls.ServiceAsync();
        var stock = (await TestService.GetAsync(service.Admin, "/audit/v1/alerts/stock"))["stock"]!.AsArray();
        foreach (var one in stock) await RuleAsync(service, new() { ["stock"] = one!["name"]!.GetValue<string>() });
        var rules = (await TestService.GetAsync(service.Admin, "/audit/v1/alerts"))["alerts"]!.AsArray();
        Assert.Equal(stock.Count, rules.Count);
        using var tested = await service.Admin.PostAsync($"/audit/v1/alerts/{rules[0]!["id"]}/test", null, TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.NoContent, tested.StatusCode);
        Assert.Contains("a test; nothing happened", (await service.EventAsync("default", one => one.Operation == "alert.fired")).Reason!.Text!, StringComparison.Ordinal);
    }
}
