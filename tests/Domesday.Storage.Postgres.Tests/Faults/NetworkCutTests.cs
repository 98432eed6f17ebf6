using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Domesday.Storage.Postgres.Tests.Nodes;

namespace Domesday.Storage.Postgres.Tests.Faults;

/// <summary>A real packet filter between the service and the database: it swallows everything and tells nobody.</summary>
public sealed class NetworkCutTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cut_network_loses_nothing_that_was_acknowledged_is_refused_in_words_meanwhile_and_the_service_comes_back_by_itself()
    {
        Assert.SkipUnless(File.Exists(ServiceNode.Binary), "The service is not built.");
        Assert.SkipWhen(PostgresServer.Programs is null, "PostgreSQL is not installed: apt-get install postgresql-15");
        await using var network = await SeparateNetwork.MakeAsync();
        await using var server = await PostgresServer.StartAsync("listen_addresses=*");
        await File.AppendAllTextAsync(Path.Combine(server.Folder, "pg_hba.conf"), $"host all all {network.Inside}/32 trust\n", Cancellation);
        await server.ExecuteAsync("postgres", "select pg_reload_conf()");
        var database = (await server.NewDatabaseAsync()).Replace("127.0.0.1", network.Outside, StringComparison.Ordinal);
        await using var node = await ServiceNode.StartAsync(database, network: network);
        var key = await node.NewKeyAsync(Cancellation);
        using var load = new NodeLoad(() => [node.Address], key, writers: 8);
        var notes = new List<string>();
        for (var turn = 0; turn < 2; turn++)
        {
            await load.MoreAsync(200, Cancellation);
            notes.Add((await node.CheckpointAsync(Cancellation)).Note);
            await network.CutAsync(server.Port);
            await RefusedAsync(node, turn);
            await network.HealAsync();
            var watch = Stopwatch.StartNew();
            await load.MoreAsync(200, Cancellation);
            TestContext.Current.TestOutputHelper?.WriteLine($"takes events again after {watch.Elapsed.TotalSeconds:f1} s");
        }
        await load.StopAsync();
        while (!(await node.Http.GetAsync("/readyz", Cancellation)).IsSuccessStatusCode) await Task.Delay(50, Cancellation);
        await NodeTests.CheckAsync(node, load.Acknowledged, notes);
    }

    /// <summary>Everything is answered, by a refusal that says why.</summary>
    private static async Task RefusedAsync(ServiceNode node, int turn)
    {
        using var append = await node.Http.PostAsync("/audit/v1/events", NodeTests.Event($"cut-{turn}"), Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, append.StatusCode);
        Assert.NotNull(append.Headers.RetryAfter);
        Assert.Contains("The database", (await JsonDocument.ParseAsync(await append.Content.ReadAsStreamAsync(Cancellation), default, Cancellation)).RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
        using var read = await node.Http.GetAsync("/audit/v1/events?service=load&limit=1", Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, read.StatusCode);
        while ((await node.Http.GetAsync("/readyz", Cancellation)).IsSuccessStatusCode) await Task.Delay(50, Cancellation);
        (await node.Http.GetAsync("/healthz", Cancellation)).EnsureSuccessStatusCode();
    }
}
