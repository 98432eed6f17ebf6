using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Domesday.Server.Tests;

namespace Domesday.Sinks.Tests.Webhook;

/// <summary>What people rely on who have events posted to them.</summary>
public class WebhookTests
{
    /// <summary>Only what the tests append: the service records its own doings in the same ledger.</summary>
    private static void OrdersAlone(JsonObject sink) => sink["filter"] = "resource_type=order";

    private static long[] SequencesOf(IEnumerable<ReceivedRequest> requests) =>
        [.. requests.SelectMany(request => JsonNode.Parse(request.Body)!.AsArray().Select(one => one!["sequence"]!.GetValue<long>()))];

    [Fact]
    public async Task Every_event_arrives_once_and_in_order_and_the_counters_say_so()
    {
        await using var receiver = await TestReceiver.StartAsync();
        await using var service = await SinkCalls.ServiceAsync();
        var id = await service.SinkAsync("webhook", new() { ["url"] = receiver.Url }, OrdersAlone);
        await service.AppendAsync(1_200);
        var state = await service.SinkDoneAsync(id, 1_200);
        Assert.Equal((1_200, 1_200, 0, 0), (state.Number("sent"), state.Number("accepted"), state.Number("rejected"), state.Number("retried")));
        Assert.Null(state["oldest_unsent"]);
        var sequences = SequencesOf(receiver.Requests);
        Assert.Equal(1_200, sequences.Length);
        Assert.Equal(sequences.Order(), sequences);
        Assert.Distinct(sequences);
    }

    [Fact]
    public async Task Receiver_can_check_who_sent_a_batch_and_when()
    {
        await using var receiver = await TestReceiver.StartAsync();
        await using var service = await SinkCalls.ServiceAsync();
        var sink = await service.SinkAsync("webhook", new() { ["url"] = receiver.Url, ["secret"] = "shared secret", ["headers"] = "X-Team=audit" }, OrdersAlone);
        await service.AppendAsync(3);
        await receiver.WaitAsync();
        var request = receiver.Requests.First();
        var parts = request.Headers["Domesday-Signature"].Split(',').Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        var signed = Encoding.UTF8.GetBytes(parts["t"] + ".").Concat(request.Body).ToArray();
        Assert.Equal(Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes("shared secret"), signed)), parts["v1"]);
        Assert.InRange(long.Parse(parts["t"]), TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 300, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 5);
        Assert.Equal("audit", request.Headers["X-Team"]);
        // Whoever looks at the sink learns neither: headers carry credentials often enough.
        var shown = (await service.SinkStateAsync(sink))["settings"]!;
        Assert.Equal(("********", "********"), (shown["secret"]!.GetValue<string>(), shown["headers"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Receiver_that_fails_in_every_way_misses_nothing()
    {
        await using var receiver = await TestReceiver.StartAsync();
        var (number, good) = (0, new List<ReceivedRequest>());
        receiver.Answer = async (request, http) =>
        {
            switch (number++)
            {
                case 0: await TestReceiver.StatusAsync(http, 500, "broken"); break;
                case 1: http.Abort(); break;
                case 2: await TestReceiver.StatusAsync(http, 429, "slow down", retryAfter: "1"); break;
                case 3: await TestReceiver.StatusAsync(http, 302, "elsewhere"); break;
                default: good.Add(request); break;
            }
        };
        await using var service = await SinkCalls.ServiceAsync();
        var id = await service.SinkAsync("webhook", new() { ["url"] = receiver.Url }, OrdersAlone);
        await service.AppendAsync(10);
        var state = await service.SinkDoneAsync(id, 10);
        Assert.Equal(10, state.Number("accepted"));
        Assert.Equal(state.Number("sent"), state.Number("accepted") + state.Number("retried"));
        Assert.Contains("302", state["last_error"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(10, SequencesOf(good).Distinct().Count());
    }

    [Fact]
    public async Task Event_that_the_receiver_refuses_is_kept_and_can_be_sent_again_while_the_others_pass()
    {
        await using var receiver = await TestReceiver.StartAsync();
        var isStrict = true;
        var good = new List<ReceivedRequest>();
        receiver.Answer = (request, http) =>
        {
            if (isStrict && request.Text.Contains("\"poison\"", StringComparison.Ordinal)) return TestReceiver.StatusAsync(http, 400, "I do not take poison");
            good.Add(request);
            return Task.CompletedTask;
        };
        await using var service = await SinkCalls.ServiceAsync();
        var id = await service.SinkAsync("webhook", new() { ["url"] = receiver.Url }, OrdersAlone);
        await service.AppendAsync("default", [.. Enumerable.Repeat("create", 20), "poison", .. Enumerable.Repeat("delete", 20)]);
        var state = await service.SinkDoneAsync(id, 41);
        Assert.Equal((40, 1, 1), (state.Number("accepted"), state.Number("rejected"), state.Number("rejected_kept")));
        var kept = Assert.Single((await TestService.GetAsync(service.Admin, $"/audit/v1/sinks/{id}/rejected"))["rejected"]!.AsArray());
        Assert.Contains("I do not take poison", kept!["reason"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(SequencesOf(good).Order(), SequencesOf(good));
        isStrict = false;
        var asked = await service.DoAsync(id, "replay", new() { ["rejected"] = true, ["dry_run"] = true });
        Assert.Equal((1, false), (asked.Number("events"), asked["started"]!.GetValue<bool>()));
        await service.DoAsync(id, "replay", new() { ["rejected"] = true });
        state = await service.SinkWhenAsync(id, sink => sink.Number("replayed") == 1);
        Assert.Equal((41, 0), (state.Number("accepted"), state.Number("rejected_kept")));
        Assert.Equal(41, SequencesOf(good).Distinct().Count());
    }

    [Fact]
    public async Task Sink_gets_only_the_events_and_fields_that_it_is_for()
    {
        await using var receiver = await TestReceiver.StartAsync();
        await using var service = await SinkCalls.ServiceAsync();
        var id = await service.SinkAsync("webhook", new() { ["url"] = receiver.Url }, sink =>
        {
            sink["filter"] = "resource_type=order&action=delete";
            sink["fields"] = new JsonArray("action", "actor.name", "outcome");
        });
        await service.AppendAsync("default", "create", "delete", "update", "delete");
        await service.SinkDoneAsync(id, 2);
        var events = JsonNode.Parse(receiver.Requests.Single().Body)!.AsArray();
        Assert.Equal(2, events.Count);
        Assert.Equal(["action", "actor", "id", "outcome", "sequence", "time"], events[0]!.AsObject().Select(member => member.Key));
        Assert.Equal("""{"name":"alice"}""", events[0]!["actor"]!.ToJsonString());
        Assert.Equal("""{"result":"success","status":200}""", events[0]!["outcome"]!.ToJsonString());
    }

    [Fact]
    public async Task Paused_sink_goes_on_where_it_stood_and_a_replay_repeats_what_was_sent()
    {
        await using var receiver = await TestReceiver.StartAsync();
        await using var service = await SinkCalls.ServiceAsync();
        var id = await service.SinkAsync("webhook", new() { ["url"] = receiver.Url }, OrdersAlone);
        await service.AppendAsync(5);
        await service.SinkDoneAsync(id, 5);
        await service.DoAsync(id, "pause");
        await service.AppendAsync(5);
        var paused = await service.SinkWhenAsync(id, sink => sink["state"]!.GetValue<string>() == "paused");
        Assert.Equal((5, 5), (paused.Number("lag_events"), paused.Number("accepted")));
        Assert.NotNull(paused["oldest_unsent"]);
        await service.DoAsync(id, "resume");
        await service.SinkDoneAsync(id, 10);
        var replay = await service.DoAsync(id, "replay", new() { ["from_sequence"] = 0 });
        Assert.Equal((10, true), (replay.Number("events"), replay["started"]!.GetValue<bool>()));
        var state = await service.SinkWhenAsync(id, sink => sink.Number("replayed") == 10 && sink["replay"] is null);
        Assert.Equal(20, state.Number("accepted"));
        var sequences = SequencesOf(receiver.Requests);
        Assert.Equal(sequences[..10], sequences[10..]);
    }

    [Fact]
    public async Task Sink_goes_on_where_it_was_when_the_service_starts_again()
    {
        await using var receiver = await TestReceiver.StartAsync();
        using var folder = new TestFolder();
        await using var first = await SinkCalls.ServiceAsync(data: folder);
        var id = await first.SinkAsync("webhook", new() { ["url"] = receiver.Url }, OrdersAlone);
        await first.AppendAsync(5);
        await first.SinkDoneAsync(id, 5);
        await first.DisposeAsync();
        await using var second = await SinkCalls.ServiceAsync(first.Store, data: folder);
        await second.AppendAsync(5);
        var state = await second.SinkDoneAsync(id, 10);
        Assert.Equal((10, 10), (state.Number("sent"), state.Number("accepted")));
        Assert.Equal(10, SequencesOf(receiver.Requests).Length);
    }

    [Fact]
    public async Task Secrets_are_shown_to_nobody_and_survive_a_change_that_sends_them_masked()
    {
        await using var receiver = await TestReceiver.StartAsync();
        await using var service = await SinkCalls.ServiceAsync();
        var id = await service.SinkAsync("webhook", new() { ["url"] = receiver.Url, ["secret"] = "hush-hush" }, OrdersAlone);
        var shown = await service.SinkStateAsync(id);
        Assert.Equal("********", shown["settings"]!["secret"]!.GetValue<string>());
        await service.ChangeAsync(id, new() { ["settings"] = shown["settings"]!.DeepClone(), ["filter"] = "action=create" });
        var state = await service.SinkStateAsync(id);
        Assert.Null(state["last_error"]);
        await service.AppendAsync(1);
        await receiver.WaitAsync();
        Assert.True(receiver.Requests.First().Headers.ContainsKey("Domesday-Signature"));
        foreach (var tenant in service.Store.Tenants)
        {
            foreach (var kept in await service.EventsAsync(tenant)) Assert.DoesNotContain("hush-hush", Encoding.UTF8.GetString(Domesday.Events.Json.EventJson.Write(kept)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_secret_is_not_kept_for_another_receiver_than_the_one_it_was_given_for()
    {
        await using var receiver = await TestReceiver.StartAsync();
        await using var elsewhere = await TestReceiver.StartAsync();
        await using var service = await SinkCalls.ServiceAsync();
        var id = await service.SinkAsync("webhook", new() { ["url"] = receiver.Url, ["authorization"] = "Bearer hush-hush" }, OrdersAlone);
        using var refused = await service.Admin.PatchAsJsonAsync($"/audit/v1/sinks/{id}", new JsonObject { ["settings"] = new JsonObject { ["url"] = elsewhere.Url, ["authorization"] = "********" } }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("settings.authorization", (await TestService.JsonAsync(refused)).ToJsonString(), StringComparison.Ordinal);
        await service.ChangeAsync(id, new() { ["settings"] = new JsonObject { ["url"] = elsewhere.Url, ["authorization"] = "Bearer another" } });
        await service.AppendAsync(1);
        await elsewhere.WaitAsync();
        Assert.Equal("Bearer another", elsewhere.Requests.First().Headers["Authorization"]);
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task Test_says_what_the_receiver_answered()
    {
        await using var receiver = await TestReceiver.StartAsync();
        receiver.Answer = (_, http) => TestReceiver.StatusAsync(http, 403, "who are you?");
        await using var service = await SinkCalls.ServiceAsync();
        var id = await service.SinkAsync("webhook", new() { ["url"] = receiver.Url }, OrdersAlone);
        var answer = await service.DoAsync(id, "test");
        Assert.False(answer["accepted"]!.GetValue<bool>());
        Assert.Equal("HTTP 403: who are you?", answer["answer"]!.GetValue<string>());
        receiver.Answer = null;
        Assert.True((await service.DoAsync(id, "test"))["accepted"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Everything_that_is_wrong_with_a_sink_is_said_at_once()
    {
        await using var service = await SinkCalls.ServiceAsync();
        using var answer = await service.Admin.PostAsync("/audit/v1/sinks", new StringContent("""
            {"name":"x","type":"webhook","filter":"acton=delete","fields":["actor.nmae"],"settings":{"url":"ftp://x","colour":"red","template":"smoke"}}
            """, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
        var fields = (await TestService.JsonAsync(answer))["errors"]!.AsArray().Select(error => error!["field"]!.GetValue<string>()).Order();
        Assert.Equal(["fields[0]", "filter.acton", "settings.colour", "settings.template", "settings.url"], fields);
    }

    [Theory]
    [InlineData("slack", "text")]
    [InlineData("pagerduty", "payload")]
    [InlineData("opsgenie", "message")]
    public async Task Chat_and_paging_services_get_messages_in_their_own_form(string template, string member)
    {
        await using var receiver = await TestReceiver.StartAsync();
        await using var service = await SinkCalls.ServiceAsync();
        var settings = new JsonObject { ["url"] = receiver.Url, ["template"] = template };
        if (template != "slack") settings["key"] = "routing-key";
        await service.SinkAsync("webhook", settings, OrdersAlone);
        await service.AppendAsync(2);
        await receiver.WaitAsync();
        var message = JsonNode.Parse(receiver.Requests.First().Body)!.AsObject();
        Assert.Contains("alice: create order an order", message[member]!.ToJsonString(), StringComparison.Ordinal);
        if (template == "pagerduty") Assert.Equal("routing-key", message["routing_key"]!.GetValue<string>());
        if (template == "opsgenie") Assert.Equal("GenieKey routing-key", receiver.Requests.First().Headers["Authorization"]);
    }

    [Fact]
    public async Task Only_those_who_run_the_service_let_events_be_written_to_its_machine()
    {
        await using var service = await SinkCalls.ServiceAsync();
        await service.TenantAsync("acme");
        var (_, key) = await service.KeyAsync("acme", "admin");
        using var client = service.Bearer(key);
        using var answer = await client.PostAsync("/audit/v1/sinks", new StringContent("""{"name":"x","type":"file","settings":{}}""", Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, answer.StatusCode);
    }
}
