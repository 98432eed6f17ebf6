using System.Text.Json.Nodes;

namespace Domesday.Cli.Tests.Commands;

/// <summary>Sinks and alerts are made, watched and taken away from a terminal.</summary>
public sealed class ForwardingTests : IAsyncLifetime
{
    private CliHost _cli = null!;

    public async ValueTask InitializeAsync() => _cli = await CliHost.StartAsync();

    public ValueTask DisposeAsync() => _cli.DisposeAsync();

    private static JsonObject Json(string line) => JsonNode.Parse(line)!.AsObject();

    [Fact]
    public async Task A_sink_is_made_changed_paused_and_deleted_and_its_secret_is_never_shown()
    {
        await File.WriteAllTextAsync(_cli["secret"], "very secret word\n", TestContext.Current.CancellationToken);
        var made = await _cli.OutputAsync("sink", "create", "chat", "--type", "webhook", "--set", "url=http://127.0.0.1:1/hook", "--set", "secret=@" + _cli["secret"], "--filter", "result=failure", "--paused");
        Assert.Matches("state +paused", made);
        Assert.DoesNotContain("very secret", made, StringComparison.Ordinal);
        Assert.Matches("chat +webhook +paused", await _cli.OutputAsync("sink", "list"));
        Assert.Contains("settings.secret must be given again", (await _cli.RunAsync("sink", "change", "chat", "--set", "url=http://127.0.0.1:1/other")).Error, StringComparison.Ordinal);
        var changed = Json(await _cli.OutputAsync("sink", "change", "chat", "--set", "url=http://127.0.0.1:1/other", "--set", "secret=@" + _cli["secret"], "--filter", "", "--fields", "action,actor", "--json"));
        Assert.Equal(("http://127.0.0.1:1/other", null, """["action","actor"]"""), (changed["settings"]!["url"]!.GetValue<string>(), changed["filter"], changed["fields"]!.ToJsonString()));
        Assert.NotEmpty(changed["settings"]!["secret"]!.GetValue<string>());
        Assert.DoesNotContain("very secret", changed.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotMatch("state +paused", await _cli.OutputAsync("sink", "resume", "chat"));
        Assert.Matches("state +paused", await _cli.OutputAsync("sink", "pause", "chat"));
        await _cli.OutputAsync("sink", "delete", "chat");
        Assert.Equal(1, (await _cli.RunAsync("sink", "get", "chat")).Code);
    }

    [Fact]
    public async Task A_test_that_no_receiver_takes_fails_and_says_why()
    {
        await _cli.OutputAsync("sink", "create", "chat", "--type", "webhook", "--set", "url=http://127.0.0.1:1/hook", "--paused");
        var tested = await _cli.RunAsync("sink", "test", "chat");
        Assert.Equal(1, tested.Code);
        Assert.StartsWith("not accepted: ", tested.Out, StringComparison.Ordinal);
        Assert.False(Json((await _cli.RunAsync("sink", "test", "chat", "--json")).Out)["accepted"]!.GetValue<bool>());
    }

    [Fact]
    public async Task What_a_file_got_is_sent_again_only_when_somebody_says_yes()
    {
        await _cli.SendAsync("""{"action":"attach"}""", """{"action":"detach"}""");
        await _cli.OutputAsync("sink", "create", "copy", "--type", "file", "--set", "name=copy", "--filter", "action=attach,detach", "--start", "beginning");
        JsonObject sink;
        do sink = Json(await _cli.OutputAsync("sink", "get", "copy", "--json"));
        while (sink["accepted"]!.GetValue<long>() < 2);
        Assert.Equal("2 events would be sent again: add --yes.\n", await _cli.OutputAsync("sink", "replay", "copy", "--from-sequence", "0"));
        Assert.Equal("2 events are sent again.\n", await _cli.OutputAsync("sink", "replay", "copy", "--from-sequence", "0", "--yes"));
        do sink = Json(await _cli.OutputAsync("sink", "get", "copy", "--json"));
        while (sink["accepted"]!.GetValue<long>() < 4);
        Assert.Equal(2, (await _cli.RunAsync("sink", "replay", "copy")).Code);
        Assert.Equal(2, (await _cli.RunAsync("sink", "replay", "copy", "--from-time", "yesterday")).Code);
        Assert.Equal("", await _cli.OutputAsync("sink", "rejected", "copy", "--json"));
        Assert.Equal("0 events would be forgotten: add --yes.\n", await _cli.OutputAsync("sink", "discard", "copy"));
        Assert.Equal("0 events were forgotten.\n", await _cli.OutputAsync("sink", "discard", "copy", "--yes"));
    }

    [Fact]
    public async Task What_is_wrong_with_a_sink_is_told_by_its_setting()
    {
        var wrong = await _cli.RunAsync("sink", "create", "chat", "--type", "webhook", "--set", "colour=blue");
        Assert.Equal(1, wrong.Code);
        Assert.Contains("colour", wrong.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await _cli.RunAsync("sink", "create", "chat", "--type", "webhook", "--set", "url")).Code);
    }

    [Fact]
    public async Task An_alert_is_made_raised_muted_and_deleted_and_its_history_stays()
    {
        await _cli.OutputAsync("sink", "create", "ops", "--type", "file", "--set", "name=ops", "--channel");
        var made = Json(await _cli.OutputAsync("alert", "create", "deletions", "--filter", "action=delete", "--condition", "count", "--count", "2", "--window", "60", "--group-by", "actor.id", "--channels", "ops", "--severity", "error", "--cooldown", "0", "--json"));
        Assert.Equal(("count", 2, "error"), (made["condition"]!.GetValue<string>(), made["count"]!.GetValue<int>(), made["severity"]!.GetValue<string>()));
        Assert.Single(made["channels"]!.AsArray());
        await _cli.SendAsync("""{"action":"delete","actor":{"id":"jane"}}""", """{"action":"delete","actor":{"id":"jane"}}""");
        string history;
        do history = await _cli.OutputAsync("alert", "history", "deletions");
        while (!history.Contains("2 events within 60 s", StringComparison.Ordinal));
        Assert.Matches("deletions +error +on +2 within 60 s +1 +20", await _cli.OutputAsync("alert", "list"));
        Assert.Matches("state +muted until", await _cli.OutputAsync("alert", "mute", "deletions", "--for", "2h"));
        Assert.Matches("state +on", await _cli.OutputAsync("alert", "unmute", "deletions"));
        await _cli.OutputAsync("alert", "test", "deletions");
        Assert.Contains("a test; nothing happened", await _cli.OutputAsync("alert", "history"), StringComparison.Ordinal);
        Assert.Matches("state +disabled", await _cli.OutputAsync("alert", "change", "deletions", "--disabled", "true"));
        Assert.Matches("severity +info", await _cli.OutputAsync("alert", "change", "deletions", "--disabled", "false", "--severity", "info", "--name", "gone"));
        await _cli.OutputAsync("alert", "delete", "gone");
        Assert.Equal(1, (await _cli.RunAsync("alert", "show", "gone")).Code);
        Assert.Equal(2, (await _cli.OutputAsync("alert", "history", made["id"]!.GetValue<string>(), "--json")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Every_stock_rule_is_made_by_its_name()
    {
        var names = (await _cli.OutputAsync("alert", "stock", "--json")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Json(line)["name"]!.GetValue<string>()).ToList();
        Assert.Equal(["capture-lowered", "failed-logins", "role-granted", "erasure", "new-address-range", "mass-deletion", "sink-behind", "producer-gap", "verification-failed", "witness-failed", "disk-filling"], names);
        foreach (var name in names) await _cli.OutputAsync("alert", "create", "--stock", name);
        Assert.Equal(names.Count, (await _cli.OutputAsync("alert", "list", "--json")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("A producer's numbers have a gap", await _cli.OutputAsync("alert", "list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_time_and_a_rule_without_a_name_are_explained()
    {
        Assert.Equal(2, (await _cli.RunAsync("alert", "mute", "deletions", "--for", "soon")).Code);
        Assert.Equal(2, (await _cli.RunAsync("alert", "create", "--filter", "action=delete")).Code);
        var wrong = await _cli.RunAsync("alert", "create", "x", "--condition", "count");
        Assert.Equal(1, wrong.Code);
        Assert.Contains("window_seconds", wrong.Error, StringComparison.Ordinal);
    }
}
