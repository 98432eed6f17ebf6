using System.Net.Http.Json;
using System.Text;
using Domesday.Storage.Postgres.Tests.Erasing;
using Npgsql;

namespace Domesday.Storage.Postgres.Tests.Nodes;

/// <summary>An erasure ends although the node that was asked for it is killed over it, and nobody sees half of it meanwhile.</summary>
public sealed class ErasureNodeTests
{
    private const string Secret = "s3cret0b7e";
    private const int Events = 16_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_that_is_killed_while_bytes_are_taken_out_is_followed_by_another_one_that_shows_nothing_meanwhile()
    {
        Assert.SkipUnless(File.Exists(ServiceNode.Binary), "The service is not built.");
        var database = await (await SharedServer.Server).NewDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(database);
        async Task<object?> AskAsync(string sql)
        {
            await using var command = source.CreateCommand(sql);
            return await command.ExecuteScalarAsync(Cancellation);
        }
        await using var first = await ServiceNode.StartAsync(database);
        await using var second = await ServiceNode.StartAsync(database);
        for (var from = 0; from < Events; from += 2_000) await AppendAsync(from % 4_000 == 0 ? first : second, from, 2_000);
        Assert.Contains("dictionary", await TableScan.FindAsync(database, Secret, Cancellation));
        // Who takes the bytes out of the last chunk waits for this.
        await using var held = await source.OpenConnectionAsync(Cancellation);
        await using var hold = await held.BeginTransactionAsync(Cancellation);
        await using (var last = new NpgsqlCommand("select chunk.first from chunk join ledger on id = ledger where name = 'default' order by chunk.first desc limit 1 for update of chunk", held)) Assert.NotNull(await last.ExecuteScalarAsync(Cancellation));
        var asked = AskForErasureAsync(first);
        while (await AskAsync("select number from erased where scrubbed > 0 and not done limit 1") is null) await Task.Delay(10, Cancellation);
        first.Kill();
        await asked;
        // Hidden at once and as a whole.
        Assert.Equal(Events / 2, (await second.GetAsync("/audit/v1/events?service=load&limit=1&total=true", Cancellation)).GetProperty("total").GetInt64());
        await hold.RollbackAsync(Cancellation);
        while (await AskAsync("select count(*) from ledger where pending > 0") is not 0L) await Task.Delay(20, Cancellation);
        Assert.Equal((long)(Events / 2), await AskAsync("select sum(cardinality(sequences))::bigint from erased"));
        Assert.Empty(await TableScan.FindAsync(database, Secret, Cancellation));
        Assert.Equal(Events / 2, (await second.GetAsync("/audit/v1/events?service=load&limit=1&total=true", Cancellation)).GetProperty("total").GetInt64());
        while ((await second.GetAsync("/audit/v1/erasures", Cancellation)).GetProperty("erasures")[0].GetProperty("state").GetString() != "erased") await Task.Delay(50, Cancellation);
        Assert.Equal((long)(Events / 2), await AskAsync("select sum(erased)::bigint from ledger"));
    }

    private static async Task AppendAsync(ServiceNode node, int first, int count)
    {
        var lines = string.Join('\n', Enumerable.Range(first, count).Select(number =>
            $$$"""{"id":"e{{{number}}}","action":"{{{(number % 2 == 0 ? "delete" : "create")}}}","service":"load","actor":{"name":"{{{(number % 2 == 0 ? $"{Secret} {number % 500}" : $"user {number % 500}")}}}"},"request":{"uri":"/{{{(number % 2 == 0 ? Secret : "items")}}}/{{{number}}}"} }"""));
        using var sent = await node.Http.PostAsync("/audit/v1/events", new StringContent(lines, Encoding.UTF8, "application/x-ndjson"), Cancellation);
        Assert.True(sent.IsSuccessStatusCode, await sent.Content.ReadAsStringAsync(Cancellation));
    }

    private static async Task AskForErasureAsync(ServiceNode node)
    {
        try
        {
            using var answer = await node.Http.PostAsJsonAsync("/audit/v1/erasures", new Dictionary<string, string> { ["reason"] = "a request of March", ["filter"] = "service=load&action=delete" }, Cancellation);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
        }
        catch (HttpRequestException)
        {
            // The node was killed before it answered.
        }
    }
}
