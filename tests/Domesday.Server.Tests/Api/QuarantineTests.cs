using System.Text;
using System.Text.Json.Nodes;
using Domesday.Core.Access;

namespace Domesday.Server.Tests.Api;

/// <summary>What nobody understood is looked at, and tried again.</summary>
public class QuarantineTests
{
    private static StringContent Body(string text) => new(text, Encoding.UTF8, "application/json");

    private static async Task PostAsync(ApiHost host, string path, string body)
    {
        using var response = await host.Client.PostAsync(path, Body(body), TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode || path.StartsWith("/ingest", StringComparison.Ordinal));
    }

    private static Task<(int Status, JsonNode Body)> ReplayAsync(ApiHost host, int sequence) => host.AskAsync(HttpMethod.Post, $"/quarantine/{sequence}/replay");

    [Fact]
    public async Task Items_are_listed_newest_first_with_their_reasons_and_shown_with_their_bytes()
    {
        await using var host = await ApiHost.StartAsync();
        await PostAsync(host, "/audit/v1/events?quarantine=true", """{"action":"create","nonsense":1}""");
        await PostAsync(host, "/ingest/kubernetes/key/c1", "half a body");
        var list = await host.GetAsync("/quarantine?total=true");
        Assert.Equal(["kubernetes", "native"], list["items"]!.AsArray().Select(item => item!["source_kind"]!.GetValue<string>()));
        Assert.Equal(("c1", 2), (list["items"]![0]!["context"]!.GetValue<string>(), list["total"]!.GetValue<int>()));
        Assert.Equal("nonsense", list["items"]![1]!["errors"]![0]!["field"]!.GetValue<string>());
        Assert.Null(list["items"]![1]!["bytes"]);
        var one = await host.GetAsync("/quarantine/1");
        Assert.Equal("half a body", one["text"]!.GetValue<string>());
        Assert.Equal("half a body", Encoding.UTF8.GetString(Convert.FromBase64String(one["bytes"]!.GetValue<string>())));
        Assert.Equal(404, (await host.AskAsync(HttpMethod.Get, "/quarantine/2")).Status);
        var second = await host.GetAsync($"/quarantine?limit=1&cursor={(await host.GetAsync("/quarantine?limit=1"))["next_cursor"]}");
        Assert.Equal(0, Assert.Single(second["items"]!.AsArray())!["sequence"]!.GetValue<int>());
    }

    [Fact]
    public async Task What_is_still_wrong_stays_in_quarantine()
    {
        await using var host = await ApiHost.StartAsync();
        await PostAsync(host, "/audit/v1/events?quarantine=true", """{"action":"create","nonsense":1}""");
        await PostAsync(host, "/ingest/kubernetes", "half a body");
        var (status, problem) = await ReplayAsync(host, 0);
        Assert.Equal((400, "nonsense"), (status, problem["errors"]![0]!["field"]!.GetValue<string>()));
        Assert.Equal(400, (await ReplayAsync(host, 1)).Status);
        Assert.Equal(404, (await ReplayAsync(host, 2)).Status);
        Assert.Equal(0, host.Store.Size(ApiHost.Tenant));
        Assert.Null((await host.GetAsync("/quarantine/0"))["replayed_at"]);
    }

    /// <summary>As when a newer release understands what an older one did not.</summary>
    [Fact]
    public async Task What_is_understood_now_is_stored_once_and_marked()
    {
        await using var host = await ApiHost.StartAsync();
        var list = """{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[{"auditID":"a1","stage":"ResponseComplete","verb":"get"}]}""";
        await host.QuarantineAsync("kubernetes", list, "c1");
        await host.QuarantineAsync("native", "{\"action\":\"create\",\"id\":\"n1\"}\n{\"action\":\"delete\",\"id\":\"n2\"}\n", null);
        await host.QuarantineAsync("abacus", "1+1", null);
        Assert.Equal(200, (await ReplayAsync(host, 0)).Status);
        var (status, answer) = await ReplayAsync(host, 1);
        Assert.Equal(["n1", "n2"], answer["receipts"]!.AsArray().Select(receipt => receipt!["id"]!.GetValue<string>()));
        Assert.Equal(200, status);
        Assert.Equal(409, (await ReplayAsync(host, 2)).Status);
        Assert.Equal(409, (await ReplayAsync(host, 0)).Status);
        var stored = await host.TextsAsync();
        Assert.Equal(3, stored.Count);
        Assert.Contains("\"cluster\":{\"name\":\"c1\"}", stored[0], StringComparison.Ordinal);
        Assert.Contains("\"source_kind\":\"kubernetes\"", stored[0], StringComparison.Ordinal);
        Assert.NotNull((await host.GetAsync("/quarantine/0"))["replayed_at"]);
        Assert.Equal([null, "yes", "yes"], (await host.GetAsync("/quarantine"))["items"]!.AsArray().Select(item => item!["replayed_at"] is null ? null : "yes"));
        var mark = (await host.TextsAsync(TenantName.QuarantineOf(ApiHost.Tenant)))[^1];
        Assert.Contains("\"name\":\"Alice\"", mark, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_cut_cannot_be_replayed()
    {
        await using var host = await ApiHost.StartAsync();
        await host.QuarantineAsync("native", $"{{\"action\":\"create\",\"operation\":\"{new string('x', 3_000_000)}\"}}", null);
        var (status, problem) = await ReplayAsync(host, 0);
        Assert.Equal(409, status);
        Assert.Contains("2097152", problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quarantine_is_no_part_of_what_is_searched()
    {
        await using var host = await ApiHost.StartAsync();
        await PostAsync(host, "/ingest/kubernetes", "half a body");
        Assert.Empty((await host.GetAsync("/events"))["events"]!.AsArray());
        Assert.Empty((await host.GetAsync("/events", tenant: "*"))["events"]!.AsArray());
        Assert.Equal(400, (await host.AskAsync(HttpMethod.Get, "/quarantine?limit=101")).Status);
    }
}
