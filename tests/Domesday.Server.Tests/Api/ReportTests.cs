using System.Text;
using System.Text.Json.Nodes;
using Domesday.Core.Control;
using Domesday.Core.Verification;
using Domesday.Events;
using Domesday.Ingest;

namespace Domesday.Server.Tests.Api;

/// <summary>Usage for sharing costs, hours outside of work, and verification on demand.</summary>
public sealed class ReportTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static async Task<TestService> FilledAsync()
    {
        var service = await TestService.StartAsync(sources: IngestCatalog.Sources);
        string[] events =
        [
            Event("1", "2026-02-02T09:00:00Z", "shop", "jane", "r1", "success"), Event("2", "2026-02-02T23:00:00Z", "shop", "joe", "r1", "failure"),
            Event("3", "2026-02-03T10:00:00Z", "web", "jane", "r2", "success"), Event("4", "2026-02-07T10:00:00Z", "=web", "jane", "r3", "success"),
        ];
        using var body = new StringContent(string.Join('\n', events), Encoding.UTF8, "application/x-ndjson");
        using var sent = await service.Admin.PostAsync("/audit/v1/events", body, Cancellation);
        Assert.True(sent.IsSuccessStatusCode, await sent.Content.ReadAsStringAsync(Cancellation));
        return service;
    }

    private static string Event(string id, string time, string project, string actor, string resource, string result) => new JsonObject
    {
        ["id"] = id,
        ["time"] = time,
        ["action"] = "create",
        ["service"] = "compute",
        ["actor"] = new JsonObject { ["name"] = actor },
        ["resource"] = new JsonObject { ["id"] = resource },
        ["scope"] = new JsonObject { ["project"] = new JsonObject { ["name"] = project } },
        ["outcome"] = new JsonObject { ["result"] = result },
    }.ToJsonString();

    private static async Task<IReadOnlyList<string>> RowsAsync(TestService service, string query) =>
        [.. (await TestService.GetAsync(service.Admin, $"/audit/v1/report/usage?from=2026-02-01&to=2026-03-01&{query}"))["rows"]!.AsArray().Select(row => $"{row!["key"]} {row["events"]} {row["failures"]} {row["resources"]}")];

    [Fact]
    public async Task Usage_counts_events_failures_and_different_resources()
    {
        await using var service = await FilledAsync();
        Assert.Equal(["shop 2 1 1", "=web 1 0 1", "web 1 0 1"], await RowsAsync(service, "by=project"));
        Assert.Equal(["jane 3 0 3", "joe 1 1 1"], await RowsAsync(service, "by=actor"));
        Assert.Equal(["compute 4 1 3"], await RowsAsync(service, "by=service"));
        Assert.Equal(["2026-02-02 2 1 1", "2026-02-03 1 0 1", "2026-02-07 1 0 1"], await RowsAsync(service, "by=day"));
        Assert.Equal(["web 1 0 1"], await RowsAsync(service, "by=project&project=web"));
    }

    [Fact]
    public async Task Usage_without_resources_has_the_same_rows_and_comes_without_reading_events()
    {
        await using var service = await FilledAsync();
        // One says the project's id alone, one neither: neither is lost.
        string[] more = ["""{"id":"5","time":"2026-02-08T10:00:00Z","action":"create","scope":{"project":{"id":"p-7"}},"outcome":{"result":"failure"}}""", """{"id":"6","time":"2026-02-08T10:00:00Z","action":"create"}"""];
        using (var body = new StringContent(string.Join('\n', more), Encoding.UTF8, "application/x-ndjson"))
        {
            using var sent = await service.Admin.PostAsync("/audit/v1/events", body, Cancellation);
            Assert.True(sent.IsSuccessStatusCode);
        }
        foreach (var by in (string[])["project", "actor", "service", "day"])
        {
            var query = $"/audit/v1/report/usage?from=2026-02-01&to=2026-03-01&by={by}";
            var (counted, read) = (await TestService.GetAsync(service.Admin, query + "&resources=false"), await TestService.GetAsync(service.Admin, query));
            Assert.All(counted["rows"]!.AsArray(), row => Assert.Null(row!["resources"]));
            foreach (var row in read["rows"]!.AsArray().Append(read["total"])) row!.AsObject().Remove("resources");
            Assert.Equal(read["rows"]!.ToJsonString(), counted["rows"]!.ToJsonString());
            Assert.Equal(read["total"]!.ToJsonString(), counted["total"]!.ToJsonString());
            Assert.Equal(6, counted["total"]!["events"]!.GetValue<int>());
        }
    }

    [Fact]
    public async Task Usage_that_is_watched_says_how_much_there_is_and_ends_with_the_report()
    {
        await using var service = await FilledAsync();
        const string Query = "/audit/v1/report/usage?from=2026-02-01&to=2026-03-01&by=actor";
        var lines = (await service.Admin.GetStringAsync(Query + "&format=ndjson", Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal((0, 4), (lines[0]["read"]!.GetValue<int>(), lines[0]["total"]!.GetValue<int>()));
        Assert.Equal((await TestService.GetAsync(service.Admin, Query))["rows"]!.ToJsonString(), lines[^1]["report"]!["rows"]!.ToJsonString());
        await service.EventAsync("default", stored => stored.Operation == "report.usage" && stored.Actor?.Name == "admin");
    }

    [Fact]
    public async Task Usage_as_csv_cannot_run_as_a_formula()
    {
        await using var service = await FilledAsync();
        var csv = await service.Admin.GetStringAsync("/audit/v1/report/usage?from=2026-02-01&to=2026-03-01&format=csv", Cancellation);
        Assert.Equal("project,events,failures,resources\r\nshop,2,1,1\r\n'=web,1,0,1\r\nweb,1,0,1\r\n", csv);
    }

    [Fact]
    public async Task Outside_office_hours_is_early_late_and_on_weekends()
    {
        await using var service = await FilledAsync();
        var page = await TestService.GetAsync(service.Admin, "/audit/v1/events?from=2026-02-01&to=2026-03-01&outside_hours=8-18&order=asc");
        Assert.Equal(["2", "4"], page["events"]!.AsArray().Select(found => found!["id"]!.GetValue<string>()));
        foreach (var text in (string[])["18-8", "8", "8-18@Nowhere/Land", "8-18@", "8-18@W. Europe Standard Time"])
        {
            using var wrong = await service.Admin.GetAsync("/audit/v1/events?outside_hours=" + Uri.EscapeDataString(text), Cancellation);
            Assert.Equal(System.Net.HttpStatusCode.BadRequest, wrong.StatusCode);
        }
    }

    [Fact]
    public async Task Office_hours_follow_the_clocks_of_a_place_through_summer_time()
    {
        await using var service = await TestService.StartAsync(sources: IngestCatalog.Sources);
        // Berlin is two hours ahead of UTC until 25 October 2026, and one from then on; Kathmandu always five and three quarters.
        string[] times = ["2026-10-22T05:59:59Z", "2026-10-22T06:00:00Z", "2026-10-22T16:00:00Z", "2026-10-24T10:00:00Z", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z", "2026-10-26T06:30:00Z", "2026-10-26T07:00:00Z", "2026-10-26T16:30:00Z"];
        foreach (var time in times) await TestService.PostAsync(service.Admin, "/audit/v1/events", new() { ["id"] = time, ["time"] = time, ["action"] = "read" });
        async Task<string[]> OutsideAsync(string hours)
        {
            var page = await TestService.GetAsync(service.Admin, $"/audit/v1/events?from=2026-10-01&to=2026-11-01&order=asc&sort=time&outside_hours={Uri.EscapeDataString(hours)}");
            return [.. page["events"]!.AsArray().Select(found => found!["id"]!.GetValue<string>())];
        }
        Assert.Equal([times[0], times[2], times[3], times[4], times[5], times[6]], await OutsideAsync("8-18@Europe/Berlin"));
        Assert.Equal([times[3], times[4]], await OutsideAsync("0-24@Europe/Berlin"));
        Assert.Equal([times[0], times[1], times[3], times[4], times[5], times[6], times[7]], await OutsideAsync("8-18"));
        Assert.Equal([times[2], times[3], times[8]], await OutsideAsync("0-20@Asia/Kathmandu"));
    }

    [Fact]
    public async Task Verifying_a_ledger_finds_it_sound_and_records_who_asked()
    {
        await using var service = await FilledAsync();
        await service.EventAsync("default", stored => stored.Sequence >= 3);
        await SealedAsync(service, 4);
        var started = await TestService.PostAsync(service.Admin, "/audit/v1/log/verification", []);
        Assert.InRange(started["size"]!.GetValue<long>(), 4, 100);
        var recorded = await service.EventAsync("default", stored => stored.Operation == "ledger.verify");
        Assert.Equal("admin", recorded.Actor!.Name);
        var ended = await TestService.GetAsync(service.Admin, "/audit/v1/log/verification");
        Assert.Equal("sound", ended["state"]!.GetValue<string>());
        Assert.Equal(ended["size"]!.GetValue<long>(), ended["checked"]!.GetValue<long>());
    }

    [Fact]
    public async Task A_single_bit_that_changed_since_it_was_signed_is_found_with_its_place()
    {
        await using var service = await TestService.StartAsync(sources: IngestCatalog.Sources);
        using var body = new StringContent(string.Join('\n', Enumerable.Range(0, 600).Select(number => $$"""{"id":"{{number}}","action":"create"}""")), Encoding.UTF8, "application/x-ndjson");
        using var sent = await service.Admin.PostAsync("/audit/v1/events", body, Cancellation);
        Assert.True(sent.IsSuccessStatusCode);
        await SealedAsync(service, 600);
        var core = service.Service.Core;
        using var verifier = new LedgerVerifier(service.Store, new ForgingReader(service.Store, 300), core.Sealer, core.Queue, TimeProvider.System);
        Assert.Null(verifier.Start("default", ChangeAuthor.Service).Problem);
        var recorded = await service.EventAsync("default", stored => stored.Operation == LedgerVerifier.Operation);
        Assert.Equal(OutcomeResult.Failure, recorded.Outcome!.Result);
        Assert.Contains("256 to 511", recorded.Outcome.Reason, StringComparison.Ordinal);
        Assert.False(verifier.Of("default")!.IsSound);
    }

    private static async Task SealedAsync(TestService service, long size)
    {
        while (!(service.Service.Core.Sealer.HeadOf("default") is { IsOk: true, Value.Size: var covered } && covered >= size)) await Task.Yield();
    }
}
