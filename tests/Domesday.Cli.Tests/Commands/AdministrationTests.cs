using System.Text.Json.Nodes;

namespace Domesday.Cli.Tests.Commands;

public sealed class AdministrationTests : IAsyncLifetime
{
    private CliHost _cli = null!;

    public async ValueTask InitializeAsync() => _cli = await CliHost.StartAsync();

    public ValueTask DisposeAsync() => _cli.DisposeAsync();

    [Fact]
    public async Task A_tenant_is_made_renamed_disabled_and_enabled()
    {
        Assert.Matches("acme +Acme Ltd +0 +.* active", await _cli.OutputAsync("tenant", "create", "acme", "--title", "Acme Ltd"));
        Assert.Contains("Acme and Sons", await _cli.OutputAsync("tenant", "change", "acme", "--title", "Acme and Sons"), StringComparison.Ordinal);
        Assert.Contains("disabled", await _cli.OutputAsync("tenant", "disable", "acme"), StringComparison.Ordinal);
        Assert.Contains("active", await _cli.OutputAsync("tenant", "enable", "acme"), StringComparison.Ordinal);
        Assert.Equal("acme", JsonNode.Parse(await _cli.OutputAsync("tenant", "get", "acme", "--json"))!["name"]!.GetValue<string>());
        Assert.Equal(3, (await _cli.OutputAsync("tenant", "list", "--json")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(1, (await _cli.RunAsync("tenant", "create", "acme")).Code);
        Assert.Equal(2, (await _cli.RunAsync("tenant", "change", "acme")).Code);
    }

    [Fact]
    public async Task A_new_key_stands_alone_on_standard_output_and_works_until_it_is_revoked()
    {
        await _cli.OutputAsync("tenant", "create", "acme");
        var made = await _cli.RunAsync("key", "create", "shop", "--rights", "write,read", "--tenant", "acme");
        var key = Assert.Single(made.Lines);
        Assert.Contains("write", made.Error, StringComparison.Ordinal);
        Assert.Equal("1 events stored\n", (await _cli.RunAsync("{\"action\":\"read\"}"u8.ToArray(), ["send", "--key", key])).Out);
        Assert.Contains("acme", await _cli.OutputAsync("query", "--key", key, "--json"), StringComparison.Ordinal);
        var listed = JsonNode.Parse(await _cli.OutputAsync("key", "list", "--tenant", "acme", "--json"))!;
        Assert.Null(listed["key"]);
        Assert.Contains("shop", await _cli.OutputAsync("key", "get", listed["id"]!.GetValue<string>(), "--tenant", "acme"), StringComparison.Ordinal);
        await _cli.OutputAsync("key", "revoke", listed["id"]!.GetValue<string>(), "--tenant", "acme");
        var refused = await _cli.RunAsync("query", "--key", key);
        Assert.Equal(1, refused.Code);
        Assert.Contains("DOMESDAY_KEY", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(key, refused.Error, StringComparison.Ordinal);
        Assert.Contains("revoked", await _cli.OutputAsync("key", "list", "--tenant", "acme"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_right_or_time_is_explained()
    {
        var wrong = await _cli.RunAsync("key", "create", "x", "--rights", "reed");
        Assert.Equal(1, wrong.Code);
        Assert.Contains("must be one of", wrong.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await _cli.RunAsync("key", "create", "x", "--rights", "read", "--expires", "soon")).Code);
    }

    [Fact]
    public async Task Events_that_a_producer_numbered_and_that_did_not_arrive_are_shown()
    {
        await _cli.SendAsync([.. new[] { 1, 4 }.Select(number => $$$"""{"action":"create","labels":{"producer":"web-1","producer_sequence":"{{{number}}}"}}""")]);
        string shown;
        do shown = await _cli.OutputAsync("gaps", "--missing");
        while (!shown.Contains("web-1", StringComparison.Ordinal));
        Assert.Matches("web-1 +2 +2 +.* 2-3", shown);
        var stream = JsonNode.Parse(await _cli.OutputAsync("gaps", "--producer", "web-1", "--json"))!;
        Assert.Equal(("web-1", 4), (stream["producer"]!.GetValue<string>(), stream["last"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Old_events_go_when_their_retention_is_set_and_the_rest_verifies()
    {
        await _cli.SendAsync([.. Enumerable.Range(0, 3).Select(_ => """{"action":"create","time":"2026-01-01T00:00:00Z"}""")]);
        await _cli.OutputAsync("verify");
        Assert.Matches("kept for +180 days \\(upcloud\\)", await _cli.OutputAsync("retention", "set", "--preset", "upcloud", "--bytes-max", "50000000000"));
        JsonNode shown;
        // Each change is enforced at once, as far as the ledger is sealed by then.
        var days = 7;
        do shown = JsonNode.Parse(await _cli.OutputAsync("retention", "set", "--days", $"{days++}", "--json"))!;
        while (shown["status"]!["dropped_events"]!.GetValue<int>() < 3);
        Assert.Equal(50_000_000_000, shown["bytes_max"]!.GetValue<long>());
        Assert.StartsWith("Verified", await _cli.OutputAsync("verify", "--full"), StringComparison.Ordinal);
        Assert.Matches("kept for +ever", await _cli.OutputAsync("retention", "set", "--days", "forever"));
        Assert.Matches("at most +no cap", await _cli.OutputAsync("retention", "set", "--bytes-max", "none"));
        Assert.Matches("dropped so far +3 events", await _cli.OutputAsync("retention", "get"));
    }

    [Fact]
    public async Task A_wrong_retention_is_explained()
    {
        Assert.Equal(2, (await _cli.RunAsync("retention", "set")).Code);
        Assert.Equal(2, (await _cli.RunAsync("retention", "set", "--days", "soon")).Code);
        Assert.Equal(2, (await _cli.RunAsync("retention", "set", "--days", "7", "--preset", "pcd")).Code);
        var wrong = await _cli.RunAsync("retention", "set", "--preset", "ucp");
        Assert.Equal(1, wrong.Code);
        Assert.Contains("must be one of pcd, runai, upcloud, palette", wrong.Error, StringComparison.Ordinal);
    }
}
