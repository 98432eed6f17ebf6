using System.Text.Json.Nodes;

namespace Domesday.Cli.Tests.Commands;

public sealed class ReadTests : IAsyncLifetime
{
    private CliHost _cli = null!;

    public async ValueTask InitializeAsync()
    {
        _cli = await CliHost.StartAsync();
        await _cli.SendAsync(
            """{"id":"r-0","time":"2026-02-11T22:21:02Z","service":"shop","action":"create","actor":{"name":"alice"},"resource":{"type":"order","id":"4711"},"outcome":{"result":"success","status":201}}""",
            """{"id":"r-1","time":"2026-02-11T23:21:02Z","service":"shop","action":"delete","actor":{"name":"bob"},"resource":{"type":"order","id":"4711"},"outcome":{"result":"failure","status":403,"reason":"not yours"}}""",
            """{"id":"r-2","time":"2026-02-12T01:00:00Z","service":"door","action":"open","actor":{"name":"\u001b[31mred\u202e"}}""");
    }

    public ValueTask DisposeAsync() => _cli.DisposeAsync();

    [Fact]
    public async Task A_table_shows_who_did_what_to_what()
    {
        var lines = (await _cli.OutputAsync("query", "--service", "shop")).Split('\n');
        Assert.Matches("^SEQUENCE +TIME +SERVICE +ACTION +ACTOR +RESOURCE +RESULT +FROM$", lines[0]);
        Assert.Matches("^ +1 +2026-02-11 23:21:02Z +shop +delete +bob +order 4711 +failure 403$", lines[1]);
    }

    [Fact]
    public async Task What_stands_in_an_event_cannot_steer_the_terminal()
    {
        foreach (var shown in new[] { await _cli.OutputAsync("query", "--service", "door"), await _cli.OutputAsync("get", "r-2"), await _cli.OutputAsync("tail", "--after", "1", "-n", "1"), await _cli.OutputAsync("facets", "--field", "actor_name") })
        {
            Assert.DoesNotContain('\u001b', shown);
            Assert.DoesNotContain('\u202e', shown);
        }
    }

    [Theory]
    [InlineData("r-0", "--action", "create,open", "--exclude", "service=door")]
    [InlineData("r-1", "--result", "failure")]
    [InlineData("r-1", "--q", "bob")]
    [InlineData("r-2", "--from", "2026-02-12")]
    [InlineData("r-0", "--from-sequence", "0", "--to-sequence", "1")]
    [InlineData("r-1", "-q", "ORDE", "--substring", "--limit", "1")]
    [InlineData("r-0", "--sort", "time", "--order", "asc", "--limit", "1")]
    public async Task Filters_are_options(string id, params string[] options)
    {
        string[] arguments = ["query", "--json", "--source-kind", "native", .. options.Select(option => option == "--q" ? "--search" : option)];
        var lines = (await _cli.OutputAsync(arguments)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(id, JsonNode.Parse(Assert.Single(lines))!["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task Json_is_the_very_bytes_of_the_ledger()
    {
        using var client = _cli.Service.Admin();
        var stored = await client.GetAsync("r-1", TestContext.Current.CancellationToken);
        Assert.Equal(System.Text.Encoding.UTF8.GetString(stored.Event.Bytes.Span) + "\n", await _cli.OutputAsync("query", "--resource-id", "4711", "--action", "delete", "--json"));
    }

    [Fact]
    public async Task An_event_shows_its_notes()
    {
        await _cli.OutputAsync("note", "1", "seen and approved");
        var shown = await _cli.OutputAsync("get", "r-1");
        Assert.Contains("\"reason\": \"not yours\"", shown, StringComparison.Ordinal);
        Assert.Contains("admin: seen and approved", shown, StringComparison.Ordinal);
        Assert.Equal(2, (await _cli.OutputAsync("get", "1", "--json")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task A_large_body_is_read_from_beside_its_event()
    {
        var body = $"{{\"text\":\"{new string('x', 100_000)}\"}}";
        await _cli.SendAsync($"{{\"id\":\"large\",\"action\":\"create\",\"request\":{{\"body\":{body}}}}}");
        Assert.Equal(body + "\n", await _cli.OutputAsync("get", "large", "--attachment", "request.body"));
        var absent = await _cli.RunAsync("get", "large", "--attachment", "response.body");
        Assert.Equal(2, absent.Code);
        Assert.Contains("it has request.body", absent.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Facets_and_histogram_count_what_matches()
    {
        Assert.Matches("action +create +1", await _cli.OutputAsync("facets", "--field", "action,actor-name", "--service", "shop"));
        var bars = (await _cli.OutputAsync("histogram", "--service", "shop", "--interval", "hour")).Split('\n');
        Assert.Matches("^2026-02-11 22:00  1  #+$", bars[0]);
        Assert.Matches("^2026-02-11 23:00  1  x+$", bars[1]);
    }

    [Fact]
    public async Task A_tail_shows_a_line_for_each_event() =>
        Assert.Equal("1 2026-02-11 23:21:02Z shop: bob delete order 4711 FAILED 403 not yours\n", await _cli.OutputAsync("tail", "--after", "0", "-n", "1"));

    [Fact]
    public async Task Every_fault_of_a_filter_is_told_at_once_and_nothing_else()
    {
        var result = await _cli.RunAsync("query", "--from", "yesterday", "--result", "bad");
        Assert.Equal((1, ""), (result.Code, result.Out));
        Assert.Equal(3, result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("  result must be one of", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Totals_go_to_standard_error_so_that_results_stay_clean()
    {
        var result = await _cli.RunAsync("query", "--service", "shop", "--limit", "1", "--total", "--json");
        Assert.Single(result.Lines);
        Assert.Equal("1 of 2 events\n", result.Error);
    }
}
