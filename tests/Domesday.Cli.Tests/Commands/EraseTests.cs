using System.Text.Json.Nodes;

namespace Domesday.Cli.Tests.Commands;

/// <summary>Erasing from the command line: seen first, and asked.</summary>
public sealed class EraseTests
{
    private static async Task<CliHost> HostAsync()
    {
        var host = await CliHost.StartAsync();
        await host.SendAsync("""{"id":"j1","action":"create","actor":{"name":"jane"}}""", """{"id":"o1","action":"create","actor":{"name":"otto"}}""", """{"id":"j2","action":"delete","actor":{"name":"jane"}}""");
        return host;
    }

    private static string[] Erase(params string[] more) => ["erase", "--tenant", "default", "--reason", "a request of March", "--case", "GDPR-118", .. more];

    [Fact]
    public async Task Nothing_is_erased_where_nobody_can_be_asked_and_it_says_what_would_be()
    {
        await using var host = await HostAsync();
        var said = await host.OutputAsync(Erase("--filter", "actor_name=jane"));
        Assert.Contains("2 events match. Nothing was erased: add --yes.", said, StringComparison.Ordinal);
        Assert.Contains("delete", said, StringComparison.Ordinal);
        Assert.Equal(0, (await host.RunAsync("get", "j1")).Code);
    }

    [Fact]
    public async Task Who_types_the_number_erases_and_who_types_anything_else_does_not()
    {
        await using var host = await HostAsync();
        var kept = await host.TypedAsync("y\n", Erase("--filter", "actor_name=jane"));
        Assert.Equal(0, kept.Code);
        Assert.Contains("Type 2 to erase them: Nothing was erased.", kept.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await host.RunAsync("get", "j1")).Code);
        var erased = await host.TypedAsync("2\n", Erase("--filter", "actor_name=jane"));
        Assert.True(erased.Code == 0, erased.Error);
        Assert.Contains("era_", erased.Out, StringComparison.Ordinal);
        var gone = await host.RunAsync("get", "j1");
        Assert.Equal(1, gone.Code);
        Assert.Contains("erased", gone.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await host.RunAsync("get", "o1")).Code);
    }

    [Fact]
    public async Task Erasures_are_listed_and_shown_with_who_why_and_where()
    {
        await using var host = await HostAsync();
        var made = JsonNode.Parse(await host.OutputAsync(Erase("--id", "j1", "--id", "j2", "--yes", "--json")))!;
        var id = made["id"]!.GetValue<string>();
        Assert.Equal(("erased", 2), (made["state"]!.GetValue<string>(), made["events"]!.GetValue<int>()));
        var row = Assert.Single((await host.OutputAsync("erase", "list")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1));
        foreach (var part in (string[])[id, "admin", "GDPR-118", "a request of March"]) Assert.Contains(part, row, StringComparison.Ordinal);
        var shown = await host.OutputAsync("erase", "show", id);
        Assert.Contains(made["sequences"]!.GetValue<string>(), shown, StringComparison.Ordinal);
        Assert.DoesNotContain("jane", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_hold_keeps_is_refused_with_the_hold_s_case()
    {
        await using var host = await HostAsync();
        await host.OutputAsync("hold", "place", "--case", "2 HKR 17/26", "--reason", "order of the court");
        var refused = await host.RunAsync(Erase("--sequence", "0", "--yes"));
        Assert.Equal(1, refused.Code);
        Assert.Contains("2 HKR 17/26", refused.Error, StringComparison.Ordinal);
    }
}
