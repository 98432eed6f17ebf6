using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Domesday.Ingest;
using Domesday.Server.Tests;
using Domesday.TestKit;

namespace Domesday.Sinks.Tests;

/// <summary>What tests ask of a service about its sinks.</summary>
internal static class SinkCalls
{
    private const string Sinks = "/audit/v1/sinks";

    /// <summary>A service that takes events.</summary>
    public static Task<TestService> ServiceAsync(MemoryStore? store = null, TestFolder? data = null, params string[] arguments) =>
        TestService.StartAsync(store, data: data, sources: IngestCatalog.Sources, arguments: arguments);

    /// <returns>The sink's id.</returns>
    public static async Task<string> SinkAsync(this TestService service, string type, JsonObject settings, Action<JsonObject>? also = null, string tenant = "default")
    {
        var body = new JsonObject { ["name"] = type + "-" + Guid.NewGuid().ToString("N"), ["type"] = type, ["settings"] = settings, ["batch_milliseconds"] = 20 };
        also?.Invoke(body);
        return (await TestService.PostAsync(service.Admin, $"{Sinks}?tenant={tenant}", body))["id"]!.GetValue<string>();
    }

    public static Task<JsonObject> SinkStateAsync(this TestService service, string id) => TestService.GetAsync(service.Admin, $"{Sinks}/{id}");

    /// <summary>Waits until a sink's state is as wanted; the test's own time limit ends a vain wait.</summary>
    public static async Task<JsonObject> SinkWhenAsync(this TestService service, string id, Func<JsonObject, bool> isWanted)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (true)
        {
            var state = await service.SinkStateAsync(id);
            if (isWanted(state)) return state;
            try
            {
                await Task.Delay(20, limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"The sink did not get there: {state.ToJsonString()}");
            }
        }
    }

    public static long Number(this JsonObject json, string name) => json[name]!.GetValue<long>();

    /// <summary>Waits until a sink has dealt with everything.</summary>
    public static Task<JsonObject> SinkDoneAsync(this TestService service, string id, long settled) =>
        service.SinkWhenAsync(id, state => state.Number("accepted") + state.Number("rejected") >= settled && state.Number("lag_events") == 0);

    /// <summary>Appends events a-0, a-1, … with these actions.</summary>
    public static async Task AppendAsync(this TestService service, string tenant, params IEnumerable<string> actions)
    {
        var lines = new StringBuilder();
        var number = 0;
        foreach (var action in actions)
        {
            lines.AppendLine(new JsonObject
            {
                ["id"] = $"{Guid.NewGuid():N}",
                ["action"] = action,
                ["service"] = "shop",
                ["actor"] = new JsonObject { ["id"] = "u-1", ["name"] = "alice", ["type"] = "user" },
                ["resource"] = new JsonObject { ["type"] = "order", ["id"] = $"o-{number++}", ["name"] = "an order" },
                ["outcome"] = new JsonObject { ["result"] = "success", ["status"] = 200 },
                ["source"] = new JsonObject { ["ip"] = "192.0.2.7" },
                ["labels"] = new JsonObject { ["test"] = "yes" },
            }.ToJsonString());
        }
        using var body = new StringContent(lines.ToString(), Encoding.UTF8, "application/x-ndjson");
        using var answer = await service.Admin.PostAsync($"/audit/v1/events?tenant={tenant}", body, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Appends so many events of the action create.</summary>
    public static Task AppendAsync(this TestService service, int count) => service.AppendAsync("default", Enumerable.Repeat("create", count));

    public static async Task<JsonObject> ChangeAsync(this TestService service, string id, JsonObject change)
    {
        using var answer = await service.Admin.PatchAsJsonAsync($"{Sinks}/{id}", change, TestContext.Current.CancellationToken);
        var json = await TestService.JsonAsync(answer);
        Assert.True(answer.IsSuccessStatusCode, json.ToJsonString());
        return json;
    }

    public static Task<JsonObject> DoAsync(this TestService service, string id, string verb, JsonObject? body = null) => TestService.PostAsync(service.Admin, $"{Sinks}/{id}/{verb}", body ?? []);
}
