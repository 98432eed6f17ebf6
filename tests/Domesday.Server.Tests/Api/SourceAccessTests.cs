using System.Net;
using System.Text;
using Domesday.Ingest;

namespace Domesday.Server.Tests.Api;

/// <summary>Sources and queries within the whole service: who may send, who may ask, and what is recorded of it.</summary>
public class SourceAccessTests
{
    private const string Posted = """{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[{"auditID":"a1","stage":"ResponseComplete","verb":"get"}]}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static StringContent Body(string text, string type = "application/json") => new(text, Encoding.UTF8, type);

    [Fact]
    public async Task A_webhook_signs_in_by_the_key_in_its_path()
    {
        await using var service = await TestService.StartAsync(sources: IngestCatalog.Sources);
        await service.TenantAsync("acme");
        var (write, read) = ((await service.KeyAsync("acme", "write")).Text, (await service.KeyAsync("acme", "read")).Text);
        foreach (var (path, expected) in new[]
        {
            ($"/ingest/kubernetes/{write}", HttpStatusCode.OK),
            ($"/ingest/kubernetes/{write}/prod-1?timeout=30s", HttpStatusCode.OK),
            ($"/ingest/kubernetes/{read}", HttpStatusCode.Forbidden),
            ($"/ingest/kubernetes/{write[..^1]}x", HttpStatusCode.Unauthorized),
            ("/ingest/kubernetes", HttpStatusCode.Unauthorized),
        })
        {
            using var response = await service.Nobody.PostAsync(path, Body(Posted), Cancellation);
            Assert.Equal(expected, response.StatusCode);
        }
        using var bearer = service.Bearer(write);
        using var answer = await bearer.PostAsync("/ingest/kubernetes?cluster=prod-1", Body(Posted), Cancellation);
        Assert.Equal("""{"stored":0,"duplicate":1,"quarantined":0}""", await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Single(await service.EventsAsync("acme"), stored => stored.SourceKind == "kubernetes");
    }

    [Fact]
    public async Task What_is_sent_is_found_by_who_may_read_and_the_reading_is_recorded()
    {
        await using var service = await TestService.StartAsync(sources: IngestCatalog.Sources);
        await service.TenantAsync("acme");
        using var writer = service.Bearer((await service.KeyAsync("acme", "write")).Text);
        using var reader = service.Bearer((await service.KeyAsync("acme", "read")).Text);
        using var sent = await writer.PostAsync("/audit/v1/events", Body("{\"id\":\"e1\",\"action\":\"create\"}\n{\"id\":\"e2\",\"action\":\"delete\"}\n", "application/x-ndjson"), Cancellation);
        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
        var found = await TestService.GetAsync(reader, "/audit/v1/events?action=delete&limit=1");
        Assert.Equal("e2", found["events"]![0]!["id"]!.GetValue<string>());
        var record = await service.EventAsync("acme", stored => stored is { Action: "read", Operation: "events.list" });
        Assert.Equal("action=delete&limit=1", record.Labels!["filter"]);
        Assert.Equal(HttpStatusCode.Forbidden, (await writer.GetAsync("/audit/v1/events", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.PostAsync("/audit/v1/events", Body("{}"), Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.GetAsync("/audit/v1/quarantine", Cancellation)).StatusCode);
    }
}
