using System.Text.Json.Nodes;

namespace Domesday.Sinks.Tests.OtlpOut;

/// <summary>What people rely on who have events sent to an OpenTelemetry collector.</summary>
public class OtlpOutTests
{
    [Fact]
    public async Task Another_service_that_takes_OTLP_stores_each_event_once()
    {
        await using var far = await SinkCalls.ServiceAsync();
        var (_, key) = await far.KeyAsync("default", "write");
        await using var near = await SinkCalls.ServiceAsync();
        var id = await near.SinkAsync("otlp", new() { ["url"] = far.Url.AbsoluteUri, ["headers"] = $"Authorization=Bearer {key}" }, sink => sink["filter"] = "resource_type=order");
        await near.AppendAsync(40);
        await near.SinkDoneAsync(id, 40);
        await near.DoAsync(id, "replay", new() { ["from_sequence"] = 0 });
        await near.SinkWhenAsync(id, sink => sink.Number("replayed") == 40);
        var stored = (await far.EventsAsync("default")).Where(one => one.SourceKind == "otlp").ToList();
        Assert.Equal(40, stored.Count);
    }

    [Fact]
    public async Task Records_that_a_collector_rejects_within_a_success_are_found_and_kept()
    {
        await using var receiver = await TestReceiver.StartAsync();
        receiver.Answer = (request, http) =>
        {
            var records = JsonNode.Parse(request.Body)!["resourceLogs"]![0]!["scopeLogs"]![0]!["logRecords"]!.AsArray();
            var bad = records.Count(record => record!["eventName"]!.GetValue<string>() == "domesday.audit.bad");
            return TestReceiver.StatusAsync(http, 200, bad == 0 ? "{}" : $$$"""{"partialSuccess":{"rejectedLogRecords":"{{{bad}}}","errorMessage":"no bad ones"}}""");
        };
        await using var service = await SinkCalls.ServiceAsync();
        var id = await service.SinkAsync("otlp", new() { ["url"] = receiver.Url }, sink => sink["filter"] = "resource_type=order");
        await service.AppendAsync("default", "create", "create", "bad", "create", "create", "bad", "create");
        var state = await service.SinkDoneAsync(id, 7);
        Assert.Equal((5, 2), (state.Number("accepted"), state.Number("rejected")));
        Assert.Equal("/v1/logs", receiver.Requests.First().Path);
    }
}
