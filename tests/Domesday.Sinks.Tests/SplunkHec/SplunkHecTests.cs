using System.Text.Json.Nodes;

namespace Domesday.Sinks.Tests.SplunkHec;

/// <summary>What people rely on who have events sent to Splunk.</summary>
public class SplunkHecTests
{
    [Fact]
    public async Task Events_count_only_when_the_indexers_acknowledged_them()
    {
        await using var receiver = await TestReceiver.StartAsync();
        var questions = 0;
        receiver.Answer = (request, http) => request.Path.StartsWith("/services/collector/ack", StringComparison.Ordinal)
            ? TestReceiver.StatusAsync(http, 200, $$$"""{"acks":{"7":{{{(++questions > 1 ? "true" : "false")}}}}}""")
            : TestReceiver.StatusAsync(http, 200, """{"text":"Success","code":0,"ackId":7}""");
        await using var service = await SinkCalls.ServiceAsync();
        var id = await service.SinkAsync("splunk", new() { ["url"] = receiver.Url, ["token"] = "t-1", ["acknowledge"] = true, ["index"] = "audit" }, sink => sink["filter"] = "resource_type=order");
        await service.AppendAsync(3);
        var state = await service.SinkDoneAsync(id, 3);
        Assert.Equal((3, 0), (state.Number("accepted"), state.Number("retried")));
        Assert.Equal(2, questions);
        var request = receiver.Requests.First();
        Assert.Equal("Splunk t-1", request.Headers["Authorization"]);
        Assert.True(Guid.TryParse(request.Headers["X-Splunk-Request-Channel"], out _));
        Assert.Equal(3, request.Text.Split("\"sourcetype\":\"domesday:audit\"").Length - 1);
    }

    [Fact]
    public async Task Event_whose_form_the_collector_refuses_is_kept_and_the_others_pass()
    {
        await using var receiver = await TestReceiver.StartAsync();
        var taken = new List<string>();
        receiver.Answer = (request, http) =>
        {
            var events = request.Text.Replace("}{\"time\"", "}\n{\"time\"", StringComparison.Ordinal).Split('\n');
            var bad = Array.FindIndex(events, one => one.Contains("\"bad\"", StringComparison.Ordinal));
            taken.AddRange(bad < 0 ? events : events[..bad]);
            return bad < 0 ? TestReceiver.StatusAsync(http, 200, """{"text":"Success","code":0}""") : TestReceiver.StatusAsync(http, 400, $$"""{"text":"Invalid data format","code":6,"invalid-event-number":{{bad}}}""");
        };
        await using var service = await SinkCalls.ServiceAsync();
        var id = await service.SinkAsync("splunk", new() { ["url"] = receiver.Url, ["token"] = "t-1" }, sink => sink["filter"] = "resource_type=order");
        await service.AppendAsync("default", "create", "bad", "delete", "update");
        var state = await service.SinkDoneAsync(id, 4);
        Assert.Equal((3, 1), (state.Number("accepted"), state.Number("rejected")));
        Assert.Equal(["create", "delete", "update"], taken.Select(one => JsonNode.Parse(one)!["event"]!["action"]!.GetValue<string>()));
    }
}
