using System.Diagnostics;
using System.Text.Json;

namespace Domesday.Storage.Postgres.Tests.Nodes;

/// <summary>Ledgers go from one engine to the other and back, with the same bytes, proofs and checkpoints.</summary>
public sealed class MoveTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_ledger_moves_to_PostgreSQL_and_back_and_its_first_checkpoint_still_holds()
    {
        Assert.SkipUnless(File.Exists(ServiceNode.Binary), "The service is not built.");
        var database = await (await SharedServer.Server).NewDatabaseAsync();
        var data = Directory.CreateTempSubdirectory("domesday-move-").FullName;
        string note, before;
        await using (var embedded = await ServiceNode.StartAsync(null, data, keep: true))
        {
            for (var i = 0; i < 30; i++) (await embedded.Http.PostAsync("/audit/v1/events", Batch(i, large: i == 7), Cancellation)).EnsureSuccessStatusCode();
            while ((await embedded.CheckpointAsync(Cancellation)).Size < 300) await Task.Delay(50, Cancellation);
            (note, before) = ((await embedded.CheckpointAsync(Cancellation)).Note, await ExportAsync(embedded));
            var (refused, reason) = await MoveAsync(data, database, "embedded", "postgres");
            Assert.True(refused == 1, reason);
            await embedded.StopAsync();
        }
        Assert.Equal((0, ""), (await MoveAsync(data, database, "embedded", "postgres")) is (var code, var output) && code == 0 ? (0, "") : (code, output));
        // Again, as after an interruption: nothing is there twice.
        Assert.Equal(0, (await MoveAsync(data, database, "embedded", "postgres")).Code);
        await using (var node = await ServiceNode.StartAsync(database, data, keep: true))
        {
            Assert.Equal(before, await ExportAsync(node));
            (await node.Http.PostAsync("/audit/v1/events", Batch(100, large: false), Cancellation)).EnsureSuccessStatusCode();
            await NodeTests.CheckAsync(node, new Dictionary<string, long>(), [note]);
            Assert.Equal(1, (await MoveAsync(data, database, "postgres", "embedded")).Code);
            await node.StopAsync();
        }
        Directory.Delete(Path.Combine(data, "store"), recursive: true);
        var (back, told) = await MoveAsync(data, database, "postgres", "embedded");
        Assert.True(back == 0, told);
        await using var again = await ServiceNode.StartAsync(null, data);
        Assert.StartsWith(before[..before.IndexOf("b29-9", StringComparison.Ordinal)], await ExportAsync(again), StringComparison.Ordinal);
        await NodeTests.CheckAsync(again, new Dictionary<string, long>(), [note]);
    }

    private static async Task<string> ExportAsync(ServiceNode node)
    {
        using var export = await node.Http.GetStreamReaderAsync("/audit/v1/export?format=ndjson&service=load&order=asc", Cancellation);
        var lines = (await export.ReadToEndAsync(Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Join('\n', lines.Where(line => JsonDocument.Parse(line).RootElement.TryGetProperty("sequence", out _)));
    }

    private static StringContent Batch(int number, bool large)
    {
        var body = large ? ",\"request\":{\"body\":{\"text\":\"" + new string('x', 200_000) + "\"}}" : "";
        var lines = Enumerable.Range(0, 10).Select(index => $$"""{"id":"b{{number}}-{{index}}","action":"create","service":"load"{{body}} }""");
        return new(string.Join('\n', lines), System.Text.Encoding.UTF8, "application/x-ndjson");
    }

    private static async Task<(int Code, string Output)> MoveAsync(string data, string database, string from, string to)
    {
        var start = new ProcessStartInfo(ServiceNode.Binary, ["move", "--from", from, "--to", to, "--data", data, "--postgres", database]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Cancellation), process.StandardError.ReadToEndAsync(Cancellation));
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode, await output + await errors);
    }
}
