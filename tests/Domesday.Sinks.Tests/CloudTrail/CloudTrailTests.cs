using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Domesday.Sinks.Tests.CloudTrail;

/// <summary>What people rely on who have events put into CloudTrail Lake; the receiver answers as AWS documents it.</summary>
public class CloudTrailTests
{
    private const string Channel = "arn:aws:cloudtrail:us-east-1:123456789012:channel/EXAMPLE8-0558-4f7e-a06a-43969EXAMPLE";

    [Fact]
    public async Task Each_event_counts_by_its_own_result_and_batches_keep_the_limit()
    {
        await using var receiver = await TestReceiver.StartAsync();
        receiver.Answer = (request, http) =>
        {
            var (good, bad) = (new JsonArray(), new JsonArray());
            foreach (var one in JsonNode.Parse(request.Body)!["auditEvents"]!.AsArray())
            {
                var data = one!["eventData"]!.GetValue<string>();
                Assert.Equal(Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(data))), one["eventDataChecksum"]!.GetValue<string>());
                var id = one["id"]!.GetValue<string>();
                if (JsonNode.Parse(data)!["eventName"]!.GetValue<string>() == "bad") bad.Add(new JsonObject { ["id"] = id, ["errorCode"] = "FieldNotFound", ["errorMessage"] = "no such field" });
                else good.Add(new JsonObject { ["id"] = id, ["eventID"] = Guid.NewGuid().ToString() });
            }
            return TestReceiver.StatusAsync(http, 200, new JsonObject { ["successful"] = good, ["failed"] = bad }.ToJsonString());
        };
        await using var service = await SinkCalls.ServiceAsync(arguments: ["--aws-endpoint", receiver.Url]);
        var id = await service.SinkAsync("cloudtrail", new() { ["channel_arn"] = Channel, ["region"] = "us-east-1", ["access_key"] = "AKIAIOSFODNN7EXAMPLE", ["secret_key"] = "secret" }, sink => sink["filter"] = "resource_type=order");
        await service.AppendAsync("default", [.. Enumerable.Repeat("create", 130), "bad"]);
        var state = await service.SinkDoneAsync(id, 131);
        Assert.Equal((130, 1), (state.Number("accepted"), state.Number("rejected")));
        Assert.All(receiver.Requests, request => Assert.InRange(JsonNode.Parse(request.Body)!["auditEvents"]!.AsArray().Count, 1, 100));
        var first = receiver.Requests.First();
        Assert.Equal($"/PutAuditEvents?channelArn={Uri.EscapeDataString(Channel)}", first.Path, ignoreCase: true);
        Assert.Contains("/us-east-1/cloudtrail-data/aws4_request", first.Headers["Authorization"], StringComparison.Ordinal);
        var sent = JsonNode.Parse(JsonNode.Parse(first.Body)!["auditEvents"]![0]!["eventData"]!.GetValue<string>())!;
        Assert.Equal(("123456789012", "u-1"), (sent["recipientAccountId"]!.GetValue<string>(), sent["userIdentity"]!["principalId"]!.GetValue<string>()));
    }
}
