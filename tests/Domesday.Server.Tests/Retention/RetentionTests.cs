using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Domesday.Client;
using Domesday.Client.Verification;
using Domesday.Core.Access;
using Domesday.Core.Retention;
using Domesday.Ingest;
using Domesday.TestKit;

namespace Domesday.Server.Tests.Retention;

/// <summary>Tenants keep their events as long as they say, and no more of them than they may.</summary>
public sealed class RetentionTests
{
    private const string Path = "/audit/v1/retention";
    private const int MebiByte = 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_policy_is_enforced_at_once_and_what_it_dropped_is_told_to_the_tenant_and_the_service()
    {
        await using var service = await TestService.StartAsync();
        await AppendAsync(service, 5, 10);
        await AppendAsync(service, 3, 1);
        await SealedAsync(service);
        using (await PutAsync(service, """{"days":7}""")) { }
        var told = await service.EventAsync("default", kept => kept.Operation == RetentionSweep.Operation);
        Assert.Equal(("5", "0", "4", "7"), (told.Labels!["events"], told.Labels["first_sequence"], told.Labels["last_sequence"], told.Labels["days"]));
        Assert.Equal("default", (await service.EventAsync(TenantName.System, kept => kept.Operation == RetentionSweep.Operation)).Resource!.Id);
        var answer = await TestService.GetAsync(service.Admin, Path);
        var status = answer["status"]!;
        Assert.Equal((5, 5), (status["dropped_events"]!.GetValue<int>(), status["oldest"]!["sequence"]!.GetValue<int>()));
        Assert.Equal(0, status["due"]!["events"]!.GetValue<int>());
        Assert.NotNull(status["last_sweep"]!["at"]);
        Assert.True(status["disk"]!["free_bytes"]!.GetValue<long>() > 0);
        using var gone = await service.Admin.GetAsync("/audit/v1/events/4", Cancellation);
        Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);
        Assert.Contains("domesday_retention_dropped_events_total 5\n", await service.Admin.GetStringAsync("/metrics", Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_dropped_last_is_known_after_a_restart()
    {
        var store = new TestKit.MemoryStore(TimeProvider.System);
        JsonNode before;
        await using (var service = await TestService.StartAsync(store))
        {
            Assert.Null((await TestService.GetAsync(service.Admin, Path))["status"]!["last_drop"]);
            await AppendAsync(service, 5, 10);
            await AppendAsync(service, 3, 1);
            await SealedAsync(service);
            using (await PutAsync(service, """{"days":7}""")) { }
            await service.EventAsync(TenantName.System, kept => kept.Operation == RetentionSweep.Operation);
            before = (await TestService.GetAsync(service.Admin, Path))["status"]!["last_drop"]!;
            Assert.Equal(5, before["dropped_events"]!.GetValue<int>());
        }
        await using var again = await TestService.StartAsync(store);
        Assert.Equal(before.ToJsonString(), (await TestService.GetAsync(again.Admin, Path))["status"]!["last_drop"]!.ToJsonString());
    }

    [Fact]
    public async Task What_remains_verifies_and_pages_go_on_when_older_events_were_dropped_meanwhile()
    {
        await using var service = await TestService.StartAsync();
        await AppendAsync(service, 256, 10);
        await AppendAsync(service, 6, 1);
        await SealedAsync(service);
        var page = await TestService.GetAsync(service.Admin, "/audit/v1/events?order=asc&limit=2&action=create");
        using (await PutAsync(service, """{"days":7}""")) { }
        await service.EventAsync("default", kept => kept.Operation == RetentionSweep.Operation);
        var next = await TestService.GetAsync(service.Admin, $"/audit/v1/events?order=asc&limit=2&action=create&cursor={Uri.EscapeDataString(page["next_cursor"]!.GetValue<string>())}");
        Assert.Equal([256, 257], next["events"]!.AsArray().Select(found => found!["sequence"]!.GetValue<int>()));
        await SealedAsync(service);
        using var client = new DomesdayClient(new() { Server = service.Url, Credential = ClientCredential.User("admin", TestService.Password) });
        var report = await new LedgerVerifier(client.FetchLogAsync).VerifyAsync(new() { Full = true }, null, Cancellation);
        Assert.Equal(VerificationOutcome.Verified, report.Outcome);
        Assert.True(report.EntriesVerified >= 6, report.Summary);
        Assert.Equal(256, report.EntriesGone);
    }

    [Fact]
    public async Task Near_its_cap_a_tenant_is_warned_and_at_its_cap_new_events_are_refused_and_old_ones_stay()
    {
        var time = new ManualTime();
        await using var service = await TestService.StartAsync(new MemoryStore(time), time, sources: IngestCatalog.Sources);
        using (await PutAsync(service, $$"""{"days":null,"bytes_max":{{MebiByte}}}""")) { }
        Assert.Null((await TestService.GetAsync(service.Admin, Path))["warning"]);
        while ((await TestService.GetAsync(service.Admin, Path))["status"]!["cap_share"]!.GetValue<double>() < 0.8) await PostLargeAsync(service, HttpStatusCode.OK, time);
        Assert.Contains("refused when it is reached", (await TestService.GetAsync(service.Admin, Path))["warning"]!.GetValue<string>(), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Contains("80 % or more of their bytes_max: 1; of these refused new events: 0", await service.Nobody.GetStringAsync("/readyz", Cancellation), StringComparison.Ordinal);
        while ((await TestService.GetAsync(service.Admin, Path))["status"]!["cap_share"]!.GetValue<double>() < 1) await PostLargeAsync(service, HttpStatusCode.OK, time);
        var said = await PostLargeAsync(service, HttpStatusCode.ServiceUnavailable, time);
        Assert.Contains("bytes_max", said["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("/problems/unavailable", said["type"]!.GetValue<string>());
        Assert.Equal(0, service.Store.Usage("default").FirstSequence);
        Assert.Contains("domesday_tenants_at_cap 1\n", await service.Admin.GetStringAsync("/metrics", Cancellation), StringComparison.Ordinal);
        // The service's own records are taken, and with the cap gone so is everything, at once.
        using (await PutAsync(service, """{"days":null}""")) { }
        await service.EventAsync("default", kept => kept.Operation == "control.retention.update");
        await PostLargeAsync(service, HttpStatusCode.OK, time);
    }

    [Fact]
    public async Task One_tenant_at_its_cap_stops_no_other()
    {
        var time = new ManualTime();
        await using var service = await TestService.StartAsync(new MemoryStore(time), time, sources: IngestCatalog.Sources);
        await service.TenantAsync("acme");
        using (await PutAsync(service, $$"""{"days":null,"bytes_max":{{MebiByte}}}""")) { }
        while ((await TestService.GetAsync(service.Admin, Path))["status"]!["cap_share"]!.GetValue<double>() < 1) await PostLargeAsync(service, HttpStatusCode.OK, time);
        await PostLargeAsync(service, HttpStatusCode.OK, time, "acme");
        Assert.False((await TestService.GetAsync(service.Admin, Path + "?tenant=acme"))["status"]!["cap_share"] is JsonValue);
    }

    [Theory]
    [InlineData("{}", "days")]
    [InlineData("""{"bytes_max":2000000}""", "days")]
    [InlineData("""{"days":0}""", "days")]
    [InlineData("""{"days":36501}""", "days")]
    [InlineData("""{"days":1.5}""", "days")]
    [InlineData("""{"days":"7"}""", "days")]
    [InlineData("""{"days":7,"preset":"pcd"}""", "days")]
    [InlineData("""{"preset":"ucp"}""", "preset")]
    [InlineData("""{"preset":7}""", "preset")]
    [InlineData("""{"days":7,"bytes_max":5}""", "bytes_max")]
    [InlineData("""{"days":7,"bytes_max":-1}""", "bytes_max")]
    [InlineData("""{"days":7,"bytes_max":99999999999999999}""", "bytes_max")]
    [InlineData("""{"days":7,"colour":1}""", "colour")]
    public async Task A_wrong_value_is_named_and_changes_nothing(string body, string field)
    {
        await using var service = await TestService.StartAsync();
        using var response = await PutAsync(service, body, HttpStatusCode.BadRequest);
        Assert.Equal(field, Assert.Single((await TestService.JsonAsync(response))["errors"]!.AsArray())!["field"]!.GetValue<string>());
        Assert.Equal(0, (await TestService.GetAsync(service.Admin, Path))["version"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("pcd", 7)]
    [InlineData("runai", 90)]
    [InlineData("upcloud", 180)]
    [InlineData("palette", 365)]
    public async Task A_preset_keeps_events_as_long_as_the_vendor_does(string preset, int days)
    {
        await using var service = await TestService.StartAsync();
        using var set = await PutAsync(service, $$"""{"preset":"{{preset}}"}""");
        Assert.Equal(days, (await TestService.JsonAsync(set))["days"]!.GetValue<int>());
        await TestService.PostAsync(service.Admin, "/audit/v1/tenants", new() { ["name"] = "acme", ["retention_preset"] = preset });
        var acme = await TestService.GetAsync(service.Admin, Path + "?tenant=acme");
        Assert.Equal((preset, days), (acme["preset"]!.GetValue<string>(), acme["days"]!.GetValue<int>()));
    }

    [Fact]
    public async Task New_tenants_get_the_configured_days_and_the_service_itself_keeps_everything()
    {
        await using var service = await TestService.StartAsync(arguments: ["--retention-days", "30"]);
        await service.TenantAsync("acme");
        Assert.Equal(30, (await TestService.GetAsync(service.Admin, Path + "?tenant=acme"))["days"]!.GetValue<int>());
        Assert.Equal(30, (await TestService.GetAsync(service.Admin, Path))["days"]!.GetValue<int>());
        Assert.Null((await TestService.GetAsync(service.Admin, Path + "?tenant=system"))["days"]);
        using var refused = await PutAsync(service, """{"days":1}""", HttpStatusCode.Conflict, "system");
    }

    [Fact]
    public async Task A_change_is_recorded_with_before_and_after_and_two_at_once_do_not_overwrite_each_other()
    {
        await using var service = await TestService.StartAsync();
        using var first = await PutAsync(service, """{"days":90}""", match: "\"0\"");
        using var second = await PutAsync(service, """{"days":30}""", HttpStatusCode.Conflict, match: "\"0\"");
        using var third = await PutAsync(service, """{"days":null}""", match: first.Headers.ETag!.Tag);
        var change = await service.EventAsync("default", kept => kept.Operation == "control.retention.update");
        Assert.Equal(90, change.Change!.Before!.Value.GetProperty("policy").GetProperty("days").GetInt32());
        Assert.Equal("admin", change.Actor!.Name);
    }

    [Fact]
    public async Task How_full_the_disk_is_is_told_to_those_alone_who_run_the_service()
    {
        await using var service = await TestService.StartAsync();
        using var administrator = service.Bearer((await service.KeyAsync("default", "admin")).Text);
        Assert.Null((await TestService.GetAsync(administrator, Path))["status"]!["disk"]);
        Assert.NotNull((await TestService.GetAsync(service.Admin, Path))["status"]!["disk"]);
    }

    private static async Task AppendAsync(TestService service, int count, int daysAgo)
    {
        var time = TimeProvider.System.GetUtcNow().AddDays(-daysAgo).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        var events = Enumerable.Range(0, count).Select(_ => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes($$"""{"action":"create","time":"{{time}}"}"""));
        Assert.True((await service.Service.Core.Pipeline.AppendAsync(new("default", "native", [.. events]), Cancellation)).IsOk);
    }

    /// <summary>Waits until a checkpoint covers all there is now; the test's own time limit ends a vain wait.</summary>
    private static async Task SealedAsync(TestService service)
    {
        var size = service.Store.Size("default");
        while (!(service.Service.Core.Sealer.HeadOf("default") is { IsOk: true } head && head.Value.Size >= size)) await Task.Delay(20, Cancellation);
    }

    private static async Task<JsonObject> PostLargeAsync(TestService service, HttpStatusCode expected, ManualTime time, string tenant = "default")
    {
        // What a tenant keeps is measured once a second.
        time.Advance(TimeSpan.FromSeconds(2));
        using var content = new StringContent("""{"action":"create","change":{"after":{"text":"x"}}}""".Replace("\"x\"", $"\"{new string('x', 30_000)}\"", StringComparison.Ordinal), Encoding.UTF8, "application/json");
        using var response = await service.Admin.PostAsync($"/audit/v1/events?tenant={tenant}", content, Cancellation);
        var answer = await TestService.JsonAsync(response);
        Assert.True(response.StatusCode == expected || (expected == HttpStatusCode.OK && response.IsSuccessStatusCode), answer.ToJsonString());
        return answer;
    }

    private static async Task<HttpResponseMessage> PutAsync(TestService service, string body, HttpStatusCode expected = HttpStatusCode.OK, string tenant = "default", string? match = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{Path}?tenant={tenant}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (match is not null) request.Headers.TryAddWithoutValidation("If-Match", match);
        var response = await service.Admin.SendAsync(request, Cancellation);
        Assert.True(response.StatusCode == expected, await response.Content.ReadAsStringAsync(Cancellation));
        return response;
    }
}
