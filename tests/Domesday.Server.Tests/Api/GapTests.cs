using System.Text;
using System.Text.Json.Nodes;
using Domesday.Ingest;
using Domesday.TestKit;

namespace Domesday.Server.Tests.Api;

/// <summary>Producers that number their events see what did not arrive, also after a restart.</summary>
public class GapTests
{
    private static async Task SendAsync(TestService service, string producer, params int[] numbers)
    {
        var lines = numbers.Select(number => $$$"""{"action":"create","id":"{{{producer}}}-{{{number}}}","labels":{"producer":"{{{producer}}}","producer_sequence":"{{{number}}}"}}""");
        using var body = new StringContent(string.Join('\n', lines), Encoding.UTF8, "application/x-ndjson");
        using var response = await service.Admin.PostAsync("/audit/v1/events", body, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode);
    }

    /// <summary>Asks until everything that the ledger has was followed.</summary>
    private static async Task<JsonObject> GapsAsync(TestService service, string query = "")
    {
        while (true)
        {
            var answer = await TestService.GetAsync(service.Admin, "/audit/v1/gaps" + query);
            var producers = answer["producers"]!.AsArray();
            if (answer["followed_through"]!.GetValue<long>() > 0 && producers.Count > 0) return answer;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private static string Ranges(JsonNode producer) => string.Join(' ', producer["gaps"]!.AsArray().Select(gap => $"{gap!["first"]}-{gap["last"]}"));

    [Fact]
    public async Task Missing_numbers_are_shown_with_the_first_and_the_last()
    {
        await using var service = await TestService.StartAsync(sources: IngestCatalog.Sources);
        await SendAsync(service, "b", 1, 2, 3);
        await SendAsync(service, "a", 1, 4, 5, 9);
        while ((await GapsAsync(service))["producers"]!.AsArray() is var seen && (seen.Count < 2 || seen[0]!["received"]!.GetValue<int>() < 4)) await Task.Yield();
        var both = (await GapsAsync(service))["producers"]!.AsArray();
        Assert.Equal(["a", "b"], both.Select(one => one!["producer"]!.GetValue<string>()));
        Assert.Equal(("2-3 6-8", 9, 4, 5), (Ranges(both[0]!), both[0]!["last"]!.GetValue<int>(), both[0]!["received"]!.GetValue<int>(), both[0]!["missing"]!.GetValue<int>()));
        Assert.Equal("", Ranges(both[1]!));
        Assert.Equal("a", Assert.Single((await GapsAsync(service, "?missing=true"))["producers"]!.AsArray())!["producer"]!.GetValue<string>());
        Assert.Equal("b", Assert.Single((await GapsAsync(service, "?producer=b"))["producers"]!.AsArray())!["producer"]!.GetValue<string>());
    }

    [Fact]
    public async Task After_a_restart_what_was_missing_is_still_missing_until_it_comes()
    {
        using var data = new TestFolder();
        var store = new MemoryStore(TimeProvider.System);
        await using (var first = await TestService.StartAsync(store, sources: IngestCatalog.Sources, data: data))
        {
            await SendAsync(first, "a", 1, 5);
            Assert.Equal("2-4", Ranges((await GapsAsync(first))["producers"]![0]!));
        }
        Assert.True(File.Exists(Path.Combine(data["data"], "gaps", "default.json")));
        await using var second = await TestService.StartAsync(store, sources: IngestCatalog.Sources, data: data);
        Assert.Equal("2-4", Ranges((await GapsAsync(second))["producers"]![0]!));
        await SendAsync(second, "a", 3, 5);
        while (Ranges((await GapsAsync(second))["producers"]![0]!) != "2-2 4-4") await Task.Yield();
    }

    [Fact]
    public async Task A_damaged_note_of_gaps_is_made_again_from_the_ledger()
    {
        using var data = new TestFolder();
        var store = new MemoryStore(TimeProvider.System);
        await using (var first = await TestService.StartAsync(store, sources: IngestCatalog.Sources, data: data)) await SendAsync(first, "a", 1, 5);
        Directory.CreateDirectory(Path.Combine(data["data"], "gaps"));
        await File.WriteAllTextAsync(Path.Combine(data["data"], "gaps", "default.json"), "{ half", TestContext.Current.CancellationToken);
        await using var second = await TestService.StartAsync(store, sources: IngestCatalog.Sources, data: data);
        Assert.Equal("2-4", Ranges((await GapsAsync(second))["producers"]![0]!));
    }

    [Fact]
    public async Task Labels_that_are_no_numbers_and_other_tenants_streams_are_left_alone()
    {
        await using var service = await TestService.StartAsync(sources: IngestCatalog.Sources);
        await service.TenantAsync("acme");
        using var body = new StringContent("""[{"action":"create","labels":{"producer":"x","producer_sequence":"one"}},{"action":"create","labels":{"producer_sequence":"1"}},{"action":"create","labels":{"producer":"x","producer_sequence":"-1"}},{"action":"create","labels":{"producer":"ok","producer_sequence":"1"}}]""", Encoding.UTF8, "application/json");
        using var response = await service.Admin.PostAsync("/audit/v1/events?tenant=acme", body, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode);
        Assert.Equal("ok", Assert.Single((await GapsAsync(service, "?tenant=acme"))["producers"]!.AsArray())!["producer"]!.GetValue<string>());
        Assert.Empty((await TestService.GetAsync(service.Admin, "/audit/v1/gaps"))["producers"]!.AsArray());
    }
}
