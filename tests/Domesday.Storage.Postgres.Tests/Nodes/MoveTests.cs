using System.Diagnostics;
using System.Net;
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

    [Fact]
    public async Task A_move_that_is_killed_midway_goes_on_where_it_was_and_ends_with_the_same_bytes()
    {
        Assert.SkipUnless(File.Exists(ServiceNode.Binary), "The service is not built.");
        var server = await SharedServer.Server;
        var database = await server.NewDatabaseAsync();
        var name = new Npgsql.NpgsqlConnectionStringBuilder(database).Database!;
        var data = Directory.CreateTempSubdirectory("domesday-move-").FullName;
        string before;
        await using (var embedded = await ServiceNode.StartAsync(null, data, keep: true))
        {
            for (var i = 0; i < 10; i++) (await embedded.Http.PostAsync("/audit/v1/events", Batch(i, large: false, count: 500), Cancellation)).EnsureSuccessStatusCode();
            while ((await embedded.CheckpointAsync(Cancellation)).Size < 5_000) await Task.Delay(50, Cancellation);
            before = await ExportAsync(embedded);
            await embedded.StopAsync();
        }
        // The second batch of 2,000 hangs in its transaction, and there the move is killed.
        await KillMidwayAsync(server, data, database, "new.size > 2500");
        Assert.Equal(2_000L, await server.ExecuteAsync(name, "select size from ledger where name = 'default'"));
        var (code, told) = await MoveAsync(data, database, "embedded", "postgres");
        Assert.True(code == 0, told);
        await using var node = await ServiceNode.StartAsync(database, data);
        Assert.Equal(before, await ExportAsync(node));
    }

    [Fact]
    public async Task A_ledger_that_retention_has_shortened_moves_there_and_back_though_killed_midway_and_its_first_checkpoint_still_holds()
    {
        Assert.SkipUnless(File.Exists(ServiceNode.Binary), "The service is not built.");
        var server = await SharedServer.Server;
        var database = await server.NewDatabaseAsync();
        var data = Directory.CreateTempSubdirectory("domesday-move-").FullName;
        var (notes, before, dropped) = await ShortenAsync(data);
        await KillMidwayAsync(server, data, database, $"new.size > {dropped} + 2500");
        var (there, told) = await MoveAsync(data, database, "embedded", "postgres");
        Assert.True(there == 0, told);
        await using (var node = await ServiceNode.StartAsync(database, data, keep: true))
        {
            Assert.Equal(before, await ExportAsync(node));
            Assert.Equal(HttpStatusCode.Gone, (await node.Http.GetAsync("/audit/v1/events/0", Cancellation)).StatusCode);
            (await node.Http.PostAsync("/audit/v1/events", Batch(100, large: false), Cancellation)).EnsureSuccessStatusCode();
            await NodeTests.CheckAsync(node, new Dictionary<string, long>(), notes);
            await node.StopAsync();
        }
        Directory.Delete(Path.Combine(data, "store"), recursive: true);
        (var back, told) = await MoveAsync(data, database, "postgres", "embedded");
        Assert.True(back == 0, told);
        await using var again = await ServiceNode.StartAsync(null, data);
        Assert.StartsWith(before, await ExportAsync(again), StringComparison.Ordinal);
        await NodeTests.CheckAsync(again, new Dictionary<string, long>(), notes);
        Assert.Equal(dropped, (await again.GetAsync("/audit/v1/retention", Cancellation)).GetProperty("status").GetProperty("dropped_events").GetInt64());
    }

    /// <summary>Fills an embedded store, lets retention drop the older part of it, and stops.</summary>
    /// <returns>Checkpoints from before and after; what is left; how many events were dropped.</returns>
    private static async Task<(string[] Notes, string Export, long Dropped)> ShortenAsync(string data)
    {
        string note;
        await using (var first = await ServiceNode.StartAsync(null, data, keep: true))
        {
            var old = string.Join('\n', Enumerable.Range(0, 600).Select(index => $$"""{"id":"old-{{index}}","time":"2020-01-01T00:00:00Z","action":"create","service":"load"}"""));
            (await first.Http.PostAsync("/audit/v1/events", new StringContent(old, System.Text.Encoding.UTF8, "application/x-ndjson"), Cancellation)).EnsureSuccessStatusCode();
            while ((await first.CheckpointAsync(Cancellation)).Size < 600) await Task.Delay(50, Cancellation);
            note = (await first.CheckpointAsync(Cancellation)).Note;
            await first.StopAsync();
        }
        // A start makes a segment of what was in the log: it can be dropped as a whole.
        await using var second = await ServiceNode.StartAsync(null, data, keep: true);
        for (var i = 0; i < 10; i++) (await second.Http.PostAsync("/audit/v1/events", Batch(i, large: false, count: 500), Cancellation)).EnsureSuccessStatusCode();
        using var policy = await second.Http.PutAsync("/audit/v1/retention", new StringContent("""{"days":7}""", System.Text.Encoding.UTF8, "application/json"), Cancellation);
        Assert.True(policy.IsSuccessStatusCode, await policy.Content.ReadAsStringAsync(Cancellation));
        long dropped;
        while ((dropped = (await second.GetAsync("/audit/v1/retention", Cancellation)).GetProperty("status").GetProperty("dropped_events").GetInt64()) == 0) await Task.Delay(50, Cancellation);
        while ((await second.CheckpointAsync(Cancellation)).Size < 5_600) await Task.Delay(50, Cancellation);
        var shortened = ((string[])[note, (await second.CheckpointAsync(Cancellation)).Note], await ExportAsync(second), dropped);
        await second.StopAsync();
        return shortened;
    }

    /// <summary>Begins a move to PostgreSQL and kills it while it is within a transaction.</summary>
    /// <param name="condition">When a change of <c>ledger_day</c> hangs.</param>
    private static async Task KillMidwayAsync(PostgresServer server, string data, string database, string condition)
    {
        var name = new Npgsql.NpgsqlConnectionStringBuilder(database).Database!;
        using (var meter = new System.Diagnostics.Metrics.Meter("test"))
        {
            await using var schema = await PostgresStore.OpenAsync(new() { ConnectionString = database }, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, meter, Cancellation);
        }
        await server.ExecuteAsync(name, $"""
            create function hang() returns trigger language plpgsql as $$ begin if {condition} then perform pg_sleep(3600); end if; return new; end $$;
            create trigger hang before insert or update on ledger_day for each row execute function hang()
            """);
        using (var move = Process.Start(Order(data, database, "embedded", "postgres"))!)
        {
            var hanging = $"select pid from pg_stat_activity where datname = '{name}' and wait_event = 'PgSleep'";
            object? backend;
            while ((backend = await server.ExecuteAsync(name, hanging)) is null && !move.HasExited) await Task.Delay(20, Cancellation);
            Assert.False(move.HasExited);
            move.Kill();
            await move.WaitForExitAsync(Cancellation);
            await server.ExecuteAsync(name, $"select pg_terminate_backend({backend}, 60000)");
        }
        await server.ExecuteAsync(name, "drop trigger hang on ledger_day");
    }

    private static async Task<string> ExportAsync(ServiceNode node)
    {
        using var export = await node.Http.GetStreamReaderAsync("/audit/v1/export?format=ndjson&service=load&order=asc", Cancellation);
        var lines = (await export.ReadToEndAsync(Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Join('\n', lines.Where(line => JsonDocument.Parse(line).RootElement.TryGetProperty("sequence", out _)));
    }

    private static StringContent Batch(int number, bool large, int count = 10)
    {
        var body = large ? ",\"request\":{\"body\":{\"text\":\"" + new string('x', 200_000) + "\"}}" : "";
        var lines = Enumerable.Range(0, count).Select(index => $$"""{"id":"b{{number}}-{{index}}","action":"create","service":"load"{{body}} }""");
        return new(string.Join('\n', lines), System.Text.Encoding.UTF8, "application/x-ndjson");
    }

    private static ProcessStartInfo Order(string data, string database, string from, string to) =>
        new(ServiceNode.Binary, ["move", "--from", from, "--to", to, "--data", data, "--postgres", database]) { RedirectStandardOutput = true, RedirectStandardError = true };

    private static async Task<(int Code, string Output)> MoveAsync(string data, string database, string from, string to)
    {
        using var process = Process.Start(Order(data, database, from, to))!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Cancellation), process.StandardError.ReadToEndAsync(Cancellation));
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode, await output + await errors);
    }
}
