using System.Text;
using System.Text.Json.Nodes;
using Domesday.Server.Tests;

namespace Domesday.Sinks.Tests.LocalFile;

/// <summary>What people rely on who collect files.</summary>
public class LocalFileTests
{
    private static string FileOf(TestFolder data) => Path.Combine(data["data"], "forwarded", "default", "copy.ndjson");

    private static void OrdersAlone(JsonObject sink) => sink["filter"] = "resource_type=order";

    /// <summary>Sequences in the order in which the files have them, the oldest file first; a line that was cut is none.</summary>
    private static List<long> Sequences(string file)
    {
        var aside = Directory.GetFiles(Path.GetDirectoryName(file)!, Path.GetFileName(file) + ".*").Where(name => name != file).OrderByDescending(name => int.Parse(name[(name.LastIndexOf('.') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
        return [.. aside.Append(file).SelectMany(File.ReadAllLines).Where(line => line.EndsWith('}')).Select(line => JsonNode.Parse(line)!["sequence"]!.GetValue<long>())];
    }

    [Fact]
    public async Task Files_are_put_aside_when_they_are_large_enough_and_hold_every_event_once_in_order_across_a_restart()
    {
        using var data = new TestFolder();
        await using var first = await SinkCalls.ServiceAsync(data: data);
        var id = await first.SinkAsync("file", new() { ["name"] = "copy.ndjson", ["megabytes_max"] = 1, ["files_max"] = 9 }, OrdersAlone);
        for (var round = 1; round <= 3; round++)
        {
            await first.AppendAsync(3_000);
            await first.SinkDoneAsync(id, round * 3_000);
        }
        Assert.True(File.Exists(FileOf(data) + ".1"));
        await first.DisposeAsync();
        await using var second = await SinkCalls.ServiceAsync(first.Store, data);
        await second.AppendAsync(500);
        await second.SinkDoneAsync(id, 9_500);
        var sequences = Sequences(FileOf(data));
        Assert.Equal(9_500, sequences.Count);
        Assert.Equal(sequences.Order(), sequences);
        Assert.Distinct(sequences);
    }

    [Fact]
    public async Task The_oldest_file_goes_when_there_are_as_many_as_are_kept()
    {
        using var data = new TestFolder();
        await using var service = await SinkCalls.ServiceAsync(data: data);
        var id = await service.SinkAsync("file", new() { ["name"] = "copy.ndjson", ["megabytes_max"] = 1, ["files_max"] = 1 }, OrdersAlone);
        for (var round = 1; round <= 4; round++)
        {
            await service.AppendAsync(3_000);
            await service.SinkDoneAsync(id, round * 3_000);
        }
        Assert.Equal(["copy.ndjson", "copy.ndjson.1"], Directory.GetFiles(Path.GetDirectoryName(FileOf(data))!).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var sequences = Sequences(FileOf(data));
        Assert.Equal(sequences.Order(), sequences);
        Assert.Equal((await service.EventsAsync("default")).Where(one => one.Resource?.Type == "order").Max(one => one.Sequence), sequences[^1]);
    }

    [Fact]
    public async Task A_line_that_a_crash_cut_ends_there_and_the_next_one_is_whole()
    {
        using var data = new TestFolder();
        await using var service = await SinkCalls.ServiceAsync(data: data);
        var id = await service.SinkAsync("file", new() { ["name"] = "copy.ndjson" }, OrdersAlone);
        await service.AppendAsync(1);
        await service.SinkDoneAsync(id, 1);
        await File.AppendAllTextAsync(FileOf(data), "{\"action\":\"cre", Encoding.UTF8, TestContext.Current.CancellationToken);
        await service.AppendAsync(1);
        await service.SinkDoneAsync(id, 2);
        var lines = await File.ReadAllLinesAsync(FileOf(data), TestContext.Current.CancellationToken);
        Assert.Equal("{\"action\":\"cre", lines[1].TrimStart('\uFEFF'));
        Assert.Equal(2, Sequences(FileOf(data)).Count);
    }
}
