using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace Domesday.Storage.Postgres.Tests.Nodes;

/// <summary>Several nodes on one database are one service: any of them takes any request, and losing one loses nothing.</summary>
public sealed class NodeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static async Task<string> DatabaseAsync()
    {
        Assert.SkipUnless(File.Exists(ServiceNode.Binary), "The service is not built.");
        return await (await SharedServer.Server).NewDatabaseAsync();
    }

    [Fact]
    public async Task What_one_node_acknowledged_the_other_shows_at_once()
    {
        var database = await DatabaseAsync();
        await using var first = await ServiceNode.StartAsync(database);
        await using var second = await ServiceNode.StartAsync(database);
        for (var i = 0; i < 20; i++)
        {
            var (writer, reader) = i % 2 == 0 ? (first, second) : (second, first);
            using var sent = await writer.Http.PostAsync("/audit/v1/events", Event($"e{i}"), Cancellation);
            sent.EnsureSuccessStatusCode();
            Assert.Equal($"e{i}", (await reader.GetAsync($"/audit/v1/events/e{i}", Cancellation)).GetProperty("event").GetProperty("id").GetString());
        }
    }

    [Fact]
    public async Task A_key_made_on_one_node_opens_the_other_within_two_seconds_and_a_revoked_one_closes_it()
    {
        var database = await DatabaseAsync();
        await using var first = await ServiceNode.StartAsync(database);
        await using var second = await ServiceNode.StartAsync(database);
        var key = await first.NewKeyAsync(Cancellation);
        var made = Stopwatch.StartNew();
        using var client = second.With(key);
        while ((await client.GetAsync("/audit/v1/events", Cancellation)).StatusCode != HttpStatusCode.OK) await Task.Delay(20, Cancellation);
        TestContext.Current.TestOutputHelper?.WriteLine($"seen after {made.ElapsedMilliseconds} ms");
        var id = (await first.GetAsync("/audit/v1/keys", Cancellation)).EnumerateObject().First(member => member.Value.ValueKind == JsonValueKind.Array).Value.EnumerateArray()
            .First(one => one.GetProperty("name").GetString() == "nodes").GetProperty("id").GetString();
        (await first.Http.DeleteAsync($"/audit/v1/keys/{id}", Cancellation)).EnsureSuccessStatusCode();
        while ((await client.GetAsync("/audit/v1/events", Cancellation)).StatusCode == HttpStatusCode.OK) await Task.Delay(20, Cancellation);
    }

    [Fact]
    public async Task Changes_on_both_nodes_at_once_are_decided_one_after_the_other()
    {
        var database = await DatabaseAsync();
        await using var first = await ServiceNode.StartAsync(database);
        await using var second = await ServiceNode.StartAsync(database);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            (i % 2 == 0 ? first : second).Http.PostAsync("/audit/v1/tenants", new StringContent($$"""{"name":"tenant-{{i / 2}}"}""", System.Text.Encoding.UTF8, "application/json"), Cancellation)));
        Assert.Equal(10, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.Equal(10, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task A_node_follows_the_ledger_that_another_one_writes()
    {
        var database = await DatabaseAsync();
        await using var first = await ServiceNode.StartAsync(database);
        await using var second = await ServiceNode.StartAsync(database);
        using var tail = await second.Http.GetStreamReaderAsync("/audit/v1/tail", Cancellation);
        (await first.Http.PostAsync("/audit/v1/events", Event("followed"), Cancellation)).EnsureSuccessStatusCode();
        while (await tail.ReadLineAsync(Cancellation) is { } line)
        {
            if (line.Contains("followed", StringComparison.Ordinal)) return;
        }
        Assert.Fail("The stream ended.");
    }

    [Fact]
    public async Task A_checkpoint_is_signed_by_one_node_and_shown_by_all()
    {
        var database = await DatabaseAsync();
        await using var first = await ServiceNode.StartAsync(database);
        await using var second = await ServiceNode.StartAsync(database);
        (await second.Http.PostAsync("/audit/v1/events", Event("sealed"), Cancellation)).EnsureSuccessStatusCode();
        var size = (await first.GetAsync("/audit/v1/events/sealed", Cancellation)).GetProperty("event").GetProperty("sequence").GetInt64() + 1;
        while ((await first.CheckpointAsync(Cancellation)).Size < size || (await first.CheckpointAsync(Cancellation)).Note != (await second.CheckpointAsync(Cancellation)).Note) await Task.Delay(50, Cancellation);
        Assert.Equal(1, new[] { first, second }.Count(node => node.Log.Contains("does the sealing from now on", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Three_nodes_killed_in_turn_under_load_lose_nothing_store_nothing_twice_and_sign_one_history()
    {
        var database = await DatabaseAsync();
        var nodes = new List<ServiceNode>();
        try
        {
            for (var i = 0; i < 3; i++) nodes.Add(await ServiceNode.StartAsync(database));
            var key = await nodes[0].NewKeyAsync(Cancellation);
            await WaitForKeyAsync(nodes, key);
            var (alive, notes) = ((IReadOnlyList<Uri>)[.. nodes.Select(node => node.Address)], new List<string>());
            using var load = new NodeLoad(() => Volatile.Read(ref alive), key, writers: 16);
            for (var turn = 0; turn < 4; turn++)
            {
                await load.MoreAsync(300, Cancellation);
                // The one that seals, so that its work has to move.
                var victim = nodes.FindIndex(node => node.Log.Contains("does the sealing", StringComparison.Ordinal)) is >= 0 and var found ? found : 0;
                notes.Add((await nodes[victim].CheckpointAsync(Cancellation)).Note);
                nodes[victim].Kill();
                Volatile.Write(ref alive, [.. nodes.Where((_, index) => index != victim).Select(node => node.Address)]);
                await load.MoreAsync(300, Cancellation);
                await nodes[victim].DisposeAsync();
                nodes[victim] = await ServiceNode.StartAsync(database);
                Volatile.Write(ref alive, [.. nodes.Select(node => node.Address)]);
            }
            await load.StopAsync();
            await CheckAsync(nodes[0], load.Acknowledged, notes);
        }
        finally
        {
            foreach (var node in nodes) await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_sealing_moves_to_another_node_when_its_holder_dies_or_hangs_and_the_one_that_comes_back_does_no_harm()
    {
        var database = await DatabaseAsync();
        await using var first = await ServiceNode.StartAsync(database);
        (await first.Http.PostAsync("/audit/v1/events", Event("before"), Cancellation)).EnsureSuccessStatusCode();
        while ((await first.CheckpointAsync(Cancellation)).Size < 1) await Task.Delay(50, Cancellation);
        await using var second = await ServiceNode.StartAsync(database);
        first.Freeze();
        var watch = Stopwatch.StartNew();
        (await second.Http.PostAsync("/audit/v1/events", Event("after"), Cancellation)).EnsureSuccessStatusCode();
        var size = (await second.GetAsync("/audit/v1/events/after", Cancellation)).GetProperty("event").GetProperty("sequence").GetInt64() + 1;
        while ((await second.CheckpointAsync(Cancellation)).Size < size) await Task.Delay(50, Cancellation);
        TestContext.Current.TestOutputHelper?.WriteLine($"moved after {watch.Elapsed.TotalSeconds:f1} s");
        first.Thaw();
        while ((await first.CheckpointAsync(Cancellation)).Size < size) await Task.Delay(50, Cancellation);
        Assert.Equal((await second.CheckpointAsync(Cancellation)).Note, (await first.CheckpointAsync(Cancellation)).Note);
        (await second.Http.GetAsync("/readyz", Cancellation)).EnsureSuccessStatusCode();
        (await first.Http.GetAsync("/readyz", Cancellation)).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task A_node_with_another_signing_key_is_refused()
    {
        var database = await DatabaseAsync();
        await using var first = await ServiceNode.StartAsync(database);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => ServiceNode.StartAsync(database, passphrase: null));
        Assert.Contains("DOMESDAY_KEY_PASSPHRASE", refused.Message, StringComparison.Ordinal);
        refused = await Assert.ThrowsAsync<InvalidOperationException>(() => ServiceNode.StartAsync(database, passphrase: "another passphrase"));
        Assert.Contains("passphrase", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Everything that was acknowledged is there once, and every checkpoint that was ever seen is a beginning of the last one.</summary>
    internal static async Task CheckAsync(ServiceNode node, IReadOnlyDictionary<string, long> acknowledged, IReadOnlyList<string> notes)
    {
        var stored = new Dictionary<string, long>();
        using var export = await node.Http.GetStreamReaderAsync("/audit/v1/export?format=ndjson&service=load", Cancellation);
        while (await export.ReadLineAsync(Cancellation) is { } line)
        {
            var entry = JsonDocument.Parse(line).RootElement;
            if (entry.TryGetProperty("sequence", out var sequence)) Assert.True(stored.TryAdd(entry.GetProperty("id").GetString()!, sequence.GetInt64()), $"{line} is there twice");
        }
        foreach (var (id, sequence) in acknowledged) Assert.True(stored.TryGetValue(id, out var at) && at == sequence, $"{id} was acknowledged as {sequence} and is {(stored.TryGetValue(id, out var found) ? found : "missing")}");
        var last = stored.Values.Max() + 1;
        while ((await node.CheckpointAsync(Cancellation)).Size < last) await Task.Delay(50, Cancellation);
        foreach (var note in notes.Where(note => note.Length > 0))
        {
            var file = Path.GetTempFileName();
            await File.WriteAllTextAsync(file, note, Cancellation);
            var (code, output) = await VerifyAsync(node, "--since", file);
            File.Delete(file);
            Assert.True(code == 0, output);
        }
        var (full, told) = await VerifyAsync(node, "--full");
        Assert.True(full == 0, told);
    }

    private static async Task<(int Code, string Output)> VerifyAsync(ServiceNode node, params string[] arguments)
    {
        var start = new ProcessStartInfo(ServiceNode.Binary, ["verify", "--server", node.Address.ToString(), "--user", "admin", "--password", "nodes-password-1086", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HOME"] = node.Data;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Cancellation), process.StandardError.ReadToEndAsync(Cancellation));
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode, await output + await errors);
    }

    internal static async Task WaitForKeyAsync(IEnumerable<ServiceNode> nodes, string key)
    {
        foreach (var node in nodes)
        {
            using var client = node.With(key);
            while ((await client.GetAsync("/audit/v1/events", Cancellation)).StatusCode != HttpStatusCode.OK) await Task.Delay(20, Cancellation);
        }
    }

    internal static StringContent Event(string id) => new($$"""{"id":"{{id}}","action":"create","service":"load"}""", System.Text.Encoding.UTF8, "application/json");
}
