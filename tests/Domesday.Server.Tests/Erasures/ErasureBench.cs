using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Domesday.Core.Access;
using Domesday.Ingest;

namespace Domesday.Server.Tests.Erasures;

/// <summary>A service with events of Jane, whose name must go, and of others.</summary>
internal static class ErasureBench
{
    public const string Route = "/audit/v1/erasures";

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static Task<TestService> ServiceAsync(params string[] arguments) => TestService.StartAsync(sources: IngestCatalog.Sources, arguments: arguments);

    public static string Event(string id, string actor, string service = "billing", string time = "2026-01-01T00:00:00Z") =>
        $$$"""{"id":"{{{id}}}","time":"{{{time}}}","action":"create","service":"{{{service}}}","actor":{"type":"user","name":"{{{actor}}}"},"scope":{"project":{"id":"p1","name":"shop"} } }""";

    public static async Task SendAsync(this TestService service, params IEnumerable<string> events)
    {
        using var body = new StringContent(string.Join('\n', events), Encoding.UTF8, "application/x-ndjson");
        using var sent = await service.Admin.PostAsync("/audit/v1/events", body, Cancellation);
        Assert.True(sent.IsSuccessStatusCode, await sent.Content.ReadAsStringAsync(Cancellation));
    }

    public static async Task<long> SequenceAsync(this TestService service, string id) => (await service.EventsAsync("default")).Single(kept => kept.Id == id).Sequence!.Value;

    public static async Task<JsonObject> EraseAsync(this TestService service, JsonObject body, HttpStatusCode expected = HttpStatusCode.Created, HttpClient? by = null)
    {
        using var answer = await (by ?? service.Admin).PostAsJsonAsync(Route, body, Cancellation);
        var said = await TestService.JsonAsync(answer);
        Assert.True(answer.StatusCode == expected, $"{answer.StatusCode}: {said.ToJsonString()}");
        return said;
    }

    public static JsonObject Wish(string filter) => new() { ["reason"] = "a request of March", ["case"] = "GDPR-118", ["filter"] = filter };

    public static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path, Cancellation);
        return answer.StatusCode;
    }

    /// <summary>All that both ledgers, the tenant's and the service's, hold.</summary>
    public static async Task<string> EverythingAsync(this TestService service) =>
        string.Join('\n', (await service.EventsAsync("default")).Concat(await service.EventsAsync(TenantName.System)).Select(kept => Encoding.UTF8.GetString(Domesday.Events.Json.EventJson.Write(kept))));
}
