using System.Text;
using System.Text.Json.Nodes;

namespace Domesday.Sinks.Tests.ElasticBulk;

/// <summary>What people rely on who have events indexed.</summary>
public class ElasticBulkTests
{
    [Fact]
    public async Task Each_event_counts_by_its_own_result()
    {
        await using var receiver = await TestReceiver.StartAsync();
        var busy = true;
        var created = new List<string>();
        receiver.Answer = async (request, http) =>
        {
            var items = new JsonArray();
            var lines = request.Text.TrimEnd('\n').Split('\n');
            for (var i = 0; i < lines.Length; i += 2)
            {
                var id = JsonNode.Parse(lines[i])!["create"]!["_id"]!.GetValue<string>();
                var status = lines[i + 1] switch
                {
                    var line when line.Contains("\"bad\"", StringComparison.Ordinal) => 400,
                    var line when line.Contains("\"busy\"", StringComparison.Ordinal) && busy => 429,
                    var line when line.Contains("\"there\"", StringComparison.Ordinal) => 409,
                    _ => 201,
                };
                if (status == 201) created.Add(id);
                var result = new JsonObject { ["_id"] = id, ["status"] = status };
                if (status > 299) result["error"] = new JsonObject { ["type"] = "some_exception", ["reason"] = $"because {status}" };
                items.Add(new JsonObject { ["create"] = result });
            }
            busy = false;
            await TestReceiver.StatusAsync(http, 200, new JsonObject { ["errors"] = true, ["items"] = items }.ToJsonString());
        };
        await using var service = await SinkCalls.ServiceAsync();
        var id = await service.SinkAsync("elasticsearch", new() { ["url"] = receiver.Url, ["api_key"] = "c2VjcmV0" }, sink => sink["filter"] = "resource_type=order");
        await service.AppendAsync("default", "create", "bad", "busy", "there", "delete");
        var state = await service.SinkDoneAsync(id, 5);
        Assert.Equal((4, 1, 1), (state.Number("accepted"), state.Number("rejected"), state.Number("retried")));
        var kept = (await Domesday.Server.Tests.TestService.GetAsync(service.Admin, $"/audit/v1/sinks/{id}/rejected"))["rejected"]![0]!;
        Assert.Equal("some_exception: because 400", kept["reason"]!.GetValue<string>());
        Assert.Equal(3, created.Distinct().Count());
        var first = receiver.Requests.First();
        Assert.Equal(("/_bulk", "ApiKey c2VjcmV0"), (first.Path, first.Headers["Authorization"]));
        var document = JsonNode.Parse(Encoding.UTF8.GetString(first.Body).Split('\n')[1])!;
        Assert.Equal("alice", document["user"]!["name"]!.GetValue<string>());
        Assert.NotNull(document["@timestamp"]);
        Assert.Equal(created.Count, created.Distinct().Count());
    }
}
