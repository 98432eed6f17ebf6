using System.Text.Json.Nodes;
using Domesday.Events.Merkle;

namespace Domesday.Cli.Tests.Commands;

public sealed class ExportVerifyTests : IAsyncLifetime
{
    private CliHost _cli = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cli = await CliHost.StartAsync();
        await _cli.SendAsync([.. Enumerable.Range(0, 300).Select(number => $"{{\"id\":\"x-{number}\",\"service\":\"shop\",\"action\":\"read\"}}")]);
        await SealedAsync(300);
    }

    public ValueTask DisposeAsync() => _cli.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_verifies_as_it_is_and_not_when_it_was_changed(bool compressed)
    {
        string[] export = ["export", "--service", "shop", "-o", _cli["a.ndjson"], .. compressed ? ["--gzip"] : Array.Empty<string>()];
        await _cli.OutputAsync(export);
        Assert.Contains("300 events", await _cli.OutputAsync("verify", "export", _cli["a.ndjson"]), StringComparison.Ordinal);
        Assert.StartsWith("Verified: 300 events", await _cli.OutputAsync("verify", "export", _cli["a.ndjson"], "--offline"), StringComparison.Ordinal);
        var bytes = await File.ReadAllBytesAsync(_cli["a.ndjson"], Cancellation);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(_cli["a.ndjson"], bytes, Cancellation);
        var broken = await _cli.RunAsync("verify", "export", _cli["a.ndjson"]);
        Assert.Equal(3, broken.Code);
        Assert.StartsWith("BROKEN: ", broken.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Standard_output_has_no_manifest_unless_it_is_asked_for()
    {
        Assert.Equal(300, (await _cli.RunAsync("export", "--service", "shop")).Lines.Length);
        Assert.Contains("domesday_manifest", (await _cli.RunAsync("export", "--service", "shop", "--manifest")).Lines[^1], StringComparison.Ordinal);
        Assert.Equal(301, (await _cli.RunAsync("export", "--service", "shop", "--format", "csv")).Lines.Length);
        Assert.Equal(2, (await _cli.RunAsync("export", "--format", "csv", "--manifest")).Code);
    }

    [Fact]
    public async Task A_refused_export_leaves_the_old_file_alone()
    {
        await File.WriteAllTextAsync(_cli["old.ndjson"], "old", Cancellation);
        Assert.Equal(1, (await _cli.RunAsync("export", "--format", "xls", "-o", _cli["old.ndjson"])).Code);
        Assert.Equal("old", await File.ReadAllTextAsync(_cli["old.ndjson"], Cancellation));
        Assert.False(File.Exists(_cli["old.ndjson.part"]));
    }

    [Fact]
    public async Task A_ledger_verifies_entry_by_entry_and_is_remembered()
    {
        var first = JsonNode.Parse(await _cli.OutputAsync("verify", "--full", "--json", "--save", _cli["checkpoint"]))!;
        Assert.Equal("verified", first["outcome"]!.GetValue<string>());
        Assert.True(first["entries_verified"]!.GetValue<long>() >= 300);
        await _cli.SendAsync("""{"action":"read"}""");
        var again = await _cli.OutputAsync("verify", "--since", _cli["checkpoint"]);
        Assert.Contains("it continues the one of size", again, StringComparison.Ordinal);
        Assert.DoesNotContain("first time", again, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_by_another_key_is_a_broken_ledger()
    {
        var stranger = new NoteKey("domesday/default", new byte[32]).ToString();
        var result = await _cli.RunAsync("verify", "--trust", stranger);
        Assert.Equal(3, result.Code);
        Assert.StartsWith("BROKEN: ", result.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await _cli.RunAsync("verify", "--trust", "nonsense")).Code);
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_not_a_broken_ledger()
    {
        var result = await _cli.RunAsync("verify", "--server", "http://127.0.0.1:1");
        Assert.Equal(1, result.Code);
        Assert.StartsWith("Not verified: ", result.Error, StringComparison.Ordinal);
    }

    private async Task SealedAsync(long size)
    {
        while (true)
        {
            var report = await _cli.RunAsync("verify", "--json");
            if (report.Code == 0 && JsonNode.Parse(report.Out)!["size"]!.GetValue<long>() >= size) return;
            await Task.Delay(20, Cancellation);
        }
    }
}
