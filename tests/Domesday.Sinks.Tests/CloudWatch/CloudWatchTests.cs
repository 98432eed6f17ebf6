using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Domesday.Server.Tests;
using Domesday.Sinks.Tests.Aws;

namespace Domesday.Sinks.Tests.CloudWatch;

/// <summary>What people rely on who have events put into CloudWatch Logs. Needs moto.</summary>
public class CloudWatchTests
{
    private const string Group = "/audit/shop";

    private static JsonObject Settings(MotoServer aws, string? secret = null) => new()
    {
        ["group"] = Group,
        ["stream"] = "events",
        ["region"] = "us-east-1",
        ["access_key"] = aws.AccessKey,
        ["secret_key"] = secret ?? aws.SecretKey,
    };

    private static void OrdersAlone(JsonObject sink) => sink["filter"] = "resource_type=order";

    private static Task<TestService> ServiceAsync(MotoServer aws) => SinkCalls.ServiceAsync(arguments: ["--aws-endpoint", aws.Url]);

    [Fact]
    public async Task Events_reach_a_stream_that_was_not_there_with_no_more_than_the_documented_permissions()
    {
        await using var aws = await MotoServer.StartAsync(MotoServer.PaletteActions);
        await using var service = await ServiceAsync(aws);
        var id = await service.SinkAsync("cloudwatch", Settings(aws), OrdersAlone);
        await service.AppendAsync(250);
        var state = await service.SinkDoneAsync(id, 250);
        Assert.Equal((250, 0), (state.Number("accepted"), state.Number("rejected")));
        var messages = await aws.MessagesAsync(Group, "events");
        Assert.Equal(Enumerable.Range(0, 250).Select(number => $"o-{number}"), messages.Select(message => message["resource"]!["id"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Events_spread_over_several_streams_are_all_there_once_and_each_stream_has_its_own_in_order()
    {
        await using var aws = await MotoServer.StartAsync(MotoServer.PaletteActions);
        await using var service = await ServiceAsync(aws);
        var settings = Settings(aws);
        settings["streams"] = 3;
        var id = await service.SinkAsync("cloudwatch", settings, OrdersAlone);
        for (var round = 1; round <= 3; round++)
        {
            await service.AppendAsync(200);
            await service.SinkDoneAsync(id, round * 200);
        }
        var all = new List<long>();
        for (var stream = 1; stream <= 3; stream++)
        {
            var sequences = (await aws.MessagesAsync(Group, $"events-0{stream}")).Select(message => message["sequence"]!.GetValue<long>()).ToList();
            Assert.Equal(sequences.Order(), sequences);
            Assert.InRange(sequences.Count, 100, 300);
            all.AddRange(sequences);
        }
        Assert.Equal(600, all.Count);
        Assert.Distinct(all);
    }

    [Fact]
    public async Task Wrong_secret_holds_the_sink_and_the_right_one_lets_it_go_on_without_loss()
    {
        await using var aws = await MotoServer.StartAsync(MotoServer.PaletteActions);
        await using var service = await ServiceAsync(aws);
        var id = await service.SinkAsync("cloudwatch", Settings(aws, "wrong"), OrdersAlone);
        await service.AppendAsync(5);
        var state = await service.SinkWhenAsync(id, sink => sink["last_error"] is not null);
        Assert.Contains("SignatureDoesNotMatch", state["last_error"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal((0, 0, "retrying"), (state.Number("accepted"), state.Number("rejected"), state["state"]!.GetValue<string>()));
        await service.ChangeAsync(id, new() { ["settings"] = Settings(aws) });
        state = await service.SinkDoneAsync(id, 5);
        Assert.Equal(5, state.Number("accepted"));
        Assert.Equal(5, (await aws.MessagesAsync(Group, "events")).Count);
    }

    [Fact]
    public async Task Action_outside_of_the_policy_is_said_and_nothing_is_given_up()
    {
        await using var aws = await MotoServer.StartAsync("logs:CreateLogGroup", "logs:CreateLogStream");
        await using var service = await ServiceAsync(aws);
        var id = await service.SinkAsync("cloudwatch", Settings(aws), OrdersAlone);
        await service.AppendAsync(2);
        var state = await service.SinkWhenAsync(id, sink => sink["last_error"] is not null);
        Assert.Contains("logs:PutLogEvents", state["last_error"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal((0, 0, 2), (state.Number("accepted"), state.Number("rejected"), state.Number("lag_events")));
    }

    [Fact]
    public async Task Events_that_are_too_old_or_too_new_are_rejected_one_by_one_within_a_success()
    {
        await using var aws = await MotoServer.StartAsync(MotoServer.PaletteActions);
        await using var service = await ServiceAsync(aws);
        var id = await service.SinkAsync("cloudwatch", Settings(aws), OrdersAlone);
        var now = TimeProvider.System.GetUtcNow();
        (string Name, TimeSpan Ago)[] events = [("fresh-1", TimeSpan.Zero), ("ahead", TimeSpan.FromHours(-3)), ("old", TimeSpan.FromDays(15)), ("fresh-2", TimeSpan.FromMinutes(1)), ("yesterday", TimeSpan.FromHours(30))];
        var lines = string.Join('\n', events.Select(one => new JsonObject
        {
            ["action"] = "create",
            ["time"] = (now - one.Ago).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["resource"] = new JsonObject { ["type"] = "order", ["name"] = one.Name },
        }.ToJsonString()));
        using var body = new StringContent(lines, Encoding.UTF8, "application/x-ndjson");
        using var appended = await service.Admin.PostAsync("/audit/v1/events", body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, appended.StatusCode);
        var state = await service.SinkDoneAsync(id, 5);
        Assert.Equal((3, 2, 2), (state.Number("accepted"), state.Number("rejected"), state.Number("rejected_kept")));
        var reasons = (await TestService.GetAsync(service.Admin, $"/audit/v1/sinks/{id}/rejected"))["rejected"]!.AsArray().Select(one => one!["reason"]!.GetValue<string>());
        Assert.Equal(["CloudWatch Logs: more than two hours in the future.", "CloudWatch Logs: older than 14 days."], reasons);
        Assert.Equal(["yesterday", "fresh-2", "fresh-1"], (await aws.MessagesAsync(Group, "events")).Select(message => message["resource"]!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Role_is_assumed_and_its_credentials_sign_the_calls()
    {
        await using var aws = await MotoServer.StartAsync("sts:AssumeRole");
        var role = await aws.RoleAsync(MotoServer.PaletteActions);
        await using var service = await ServiceAsync(aws);
        var settings = Settings(aws);
        (settings["credentials"], settings["role_arn"], settings["external_id"]) = ("role", role, "agreed");
        var id = await service.SinkAsync("cloudwatch", settings, OrdersAlone);
        await service.AppendAsync(3);
        await service.SinkDoneAsync(id, 3);
        Assert.Equal(3, (await aws.MessagesAsync(Group, "events")).Count);
    }

    [Fact]
    public async Task Audit_trail_that_a_Palette_client_sets_up_gets_the_events_that_come_then()
    {
        await using var aws = await MotoServer.StartAsync(MotoServer.PaletteActions);
        await using var service = await ServiceAsync(aws);
        var cloudWatch = new JsonObject
        {
            ["group"] = Group,
            ["region"] = "us-east-1",
            ["stream"] = "palette",
            ["credentials"] = new JsonObject { ["credentialType"] = "secret", ["accessKey"] = aws.AccessKey, ["secretKey"] = aws.SecretKey, ["partition"] = "aws" },
        };
        await service.AppendAsync(3);
        Assert.Equal(HttpStatusCode.NoContent, await PaletteAsync(service, "/v1/clouds/aws/cloudwatch/validate", cloudWatch));
        Assert.Equal(HttpStatusCode.NoContent, await PaletteAsync(service, "/v1/datasinks/cloudwatch", new() { ["payload"] = new JsonArray(new JsonObject { ["refUid"] = "r" }), ["spec"] = cloudWatch.DeepClone() }));
        Assert.Equal(HttpStatusCode.Created, await PaletteAsync(service, "/v1/tenants/default/assets/dataSinks",
            new() { ["metadata"] = new JsonObject { ["name"] = "audit" }, ["spec"] = new JsonObject { ["auditDataSinks"] = new JsonArray(new JsonObject { ["type"] = "cloudwatch", ["cloudWatch"] = cloudWatch.DeepClone() }) } }));
        await service.AppendAsync(4);
        var id = (await TestService.GetAsync(service.Admin, "/audit/v1/sinks"))["sinks"]![0]!["id"]!.GetValue<string>();
        await service.SinkWhenAsync(id, sink => sink.Number("lag_events") == 0 && sink.Number("accepted") >= 5);
        var messages = await aws.MessagesAsync(Group, "palette");
        Assert.Equal(["test", null], messages.Take(2).Select(message => message["action"]?.GetValue<string>()));
        Assert.Equal(4, messages.Count(message => message["resource"]?["type"]?.GetValue<string>() == "order"));
        var status = (await TestService.GetAsync(service.Admin, "/v1/tenants/default/assets/dataSinks"))["status"]!;
        Assert.Equal("running", status["state"]!.GetValue<string>());
        cloudWatch["credentials"]!["secretKey"] = "wrong";
        Assert.Equal(HttpStatusCode.BadRequest, await PaletteAsync(service, "/v1/clouds/aws/cloudwatch/validate", cloudWatch));
    }

    private static async Task<HttpStatusCode> PaletteAsync(TestService service, string path, JsonObject body)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await service.Admin.PostAsync(path, content, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
