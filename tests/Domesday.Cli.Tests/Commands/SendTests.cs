using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;

namespace Domesday.Cli.Tests.Commands;

public sealed class SendTests : IAsyncLifetime
{
    private CliHost _cli = null!;

    public async ValueTask InitializeAsync() => _cli = await CliHost.StartAsync();

    public ValueTask DisposeAsync() => _cli.DisposeAsync();

    [Theory]
    [InlineData("{\"id\":\"a\",\"action\":\"read\"}\n{\"id\":\"b\",\"action\":\"read\"}\n")]
    [InlineData("\uFEFF{\"id\":\"a\",\"action\":\"read\"}\r\n\r\n{\"id\":\"b\",\"action\":\"read\"}")]
    [InlineData("[{\"id\":\"a\",\"action\":\"read\"},\n {\"id\":\"b\",\n\"action\":\"read\"}]\n")]
    [InlineData("{\n  \"id\": \"a\",\n  \"action\": \"read\"\n}\n{\n  \"id\": \"b\", \"action\": \"read\"\n}\n")]
    public async Task Every_form_of_a_file_is_understood(string text)
    {
        await File.WriteAllTextAsync(_cli["events"], text, TestContext.Current.CancellationToken);
        Assert.Equal("2 events stored\n", await _cli.OutputAsync("send", _cli["events"]));
        Assert.Equal("0 events stored, 2 were there already\n", (await _cli.RunAsync(Compressed(text), ["send", "-"])).Out);
    }

    [Fact]
    public async Task A_large_file_is_sent_in_batches_and_stored_once_and_whole()
    {
        var lines = string.Concat(Enumerable.Range(0, 2_345).Select(number => $"{{\"id\":\"n-{number}\",\"service\":\"bulk\",\"action\":\"read\"}}\n"));
        var sent = await _cli.RunAsync(Encoding.UTF8.GetBytes(lines), ["send", "--batch", "100", "--gzip", "--receipts", _cli["receipts"]]);
        Assert.Equal((0, "2,345 events stored\n"), (sent.Code, sent.Out));
        var receipts = await File.ReadAllLinesAsync(_cli["receipts"], TestContext.Current.CancellationToken);
        Assert.Equal(2_345, receipts.Select(line => JsonNode.Parse(line)!["sequence"]!.GetValue<long>()).Distinct().Count());
        Assert.Equal(2_345, (await _cli.OutputAsync("query", "--service", "bulk", "--all", "--json")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Count());
    }

    [Fact]
    public async Task A_bad_event_is_told_by_its_line_and_how_to_go_on()
    {
        string[] lines = [.. Enumerable.Range(1, 20).Select(number => $"{{\"id\":\"n-{number}\",\"action\":\"read\"}}"), "", "{\"acton\":\"x\",\"service\":7}", "{\"id\":\"last\",\"action\":\"read\"}"];
        var input = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        var failed = await _cli.RunAsync(input, ["send", "--batch", "10", "--connections", "1"]);
        Assert.Equal(1, failed.Code);
        Assert.Contains("line 22: acton is not a member", failed.Error, StringComparison.Ordinal);
        Assert.Contains("line 22: service must be", failed.Error, StringComparison.Ordinal);
        Assert.Contains("--from-line 22", failed.Error, StringComparison.Ordinal);
        Assert.Equal("20 events stored\n", failed.Out);
        var resumed = await _cli.RunAsync(input, ["send", "--from-line", "22", "--partial", "--json"]);
        var report = JsonNode.Parse(resumed.Out)!;
        Assert.Equal((1, 1, 1, 22), (resumed.Code, report["stored"]!.GetValue<int>(), report["rejected"]!.GetValue<int>(), report["lines"]![0]!["line"]!.GetValue<int>()));
    }

    [Fact]
    public async Task What_is_kept_in_quarantine_can_be_listed_and_read()
    {
        await _cli.RunAsync("{\"action\":\"a\"}\n{\"acton\":\"x\"}\n"u8.ToArray(), ["send", "--quarantine"]);
        Assert.Contains("acton is not a member", await _cli.OutputAsync("quarantine", "list"), StringComparison.Ordinal);
        var item = JsonNode.Parse((await _cli.OutputAsync("quarantine", "list", "--json")).Split('\n')[0])!;
        Assert.Equal("{\"acton\":\"x\"}", (await _cli.OutputAsync("quarantine", "get", item["sequence"]!.ToString())).TrimEnd());
        Assert.Equal(1, (await _cli.RunAsync("quarantine", "replay", item["sequence"]!.ToString())).Code);
    }

    [Theory]
    [InlineData("[{\"action\":\"read\"},{\"action\"", "Line 1: it ends within an event")]
    [InlineData("[{\"action\":\"read\"},\n{]", "Line 2: this is not JSON")]
    public async Task A_file_that_is_damaged_names_the_line(string text, string reason)
    {
        var result = await _cli.RunAsync(Encoding.UTF8.GetBytes(text), ["send"]);
        Assert.Equal(1, result.Code);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compressed_file_that_was_cut_off_is_never_taken_for_a_whole_one()
    {
        var random = new Random(1);
        var whole = Compressed(string.Concat(Enumerable.Range(0, 1_000).Select(_ => $"{{\"action\":\"read\",\"service\":\"{random.NextInt64():x}\"}}\n")));
        Assert.Equal(1, (await _cli.RunAsync(whole[..(whole.Length / 2)], ["send"])).Code);
    }

    private static byte[] Compressed(string text)
    {
        var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Optimal)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return bytes.ToArray();
    }
}
