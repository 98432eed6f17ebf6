using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Storage.Conformance;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Storage.Postgres.Tests.Faults;

/// <summary>What goes wrong in and around the database costs time, never an acknowledged event, and never stores one twice.</summary>
public sealed class FaultTests : IDisposable
{
    private readonly Meter _meter = new("test");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _meter.Dispose();

    [Fact]
    public async Task Connections_that_are_cut_again_and_again_lose_nothing()
    {
        var server = await SharedServer.Server;
        var database = await server.NewDatabaseAsync();
        await using var store = await OpenAsync(database);
        var name = new Npgsql.NpgsqlConnectionStringBuilder(database).Database!;
        using var done = new CancellationTokenSource();
        var cutting = Task.Run(CutAsync, Cancellation);
        async Task CutAsync()
        {
            while (!done.IsCancellationRequested)
            {
                await server.ExecuteAsync("postgres", $"select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = '{name}'");
                await Task.Delay(100, Cancellation);
            }
        }
        var acknowledged = await WriteAsync(store, writers: 8, each: 60);
        await done.CancelAsync();
        await cutting;
        await CheckAsync(store, acknowledged);
    }

    [Fact]
    public async Task A_network_that_loses_the_answers_to_commits_and_is_cut_loses_no_event_and_stores_none_twice()
    {
        var server = await SharedServer.Server;
        var database = await server.NewDatabaseAsync();
        await using var relay = new CuttableRelay(server.Port);
        await using var store = await OpenAsync(database.Replace($"Port={server.Port}", $"Port={relay.Port}", StringComparison.Ordinal));
        using var done = new CancellationTokenSource();
        var cutting = CutAsync();
        async Task CutAsync()
        {
            while (!done.IsCancellationRequested)
            {
                await Task.Delay(150, Cancellation);
                relay.LoseAnswers();
                await Task.Delay(50, Cancellation);
                relay.Cut();
            }
        }
        var acknowledged = await WriteAsync(store, writers: 8, each: 60);
        await done.CancelAsync();
        await cutting;
        await CheckAsync(store, acknowledged);
    }

    [Fact]
    public async Task A_network_that_swallows_everything_makes_an_append_come_back_and_the_same_batch_is_stored_once_later()
    {
        var server = await SharedServer.Server;
        var database = await server.NewDatabaseAsync() + ";Command Timeout=1;Timeout=1;Cancellation Timeout=500";
        await using var relay = new CuttableRelay(server.Port);
        await using var store = await OpenAsync(database.Replace($"Port={server.Port}", $"Port={relay.Port}", StringComparison.Ordinal));
        Assert.Equal(0, (await store.AppendAsync("acme", Batch("before"), Cancellation)).Value[0].Sequence);
        relay.LoseAnswers();
        Assert.Equal(ProblemKind.Unavailable, (await store.AppendAsync("acme", Batch("swallowed"), Cancellation)).Problem?.Kind);
        Assert.Equal(ProblemKind.Unavailable, store.NotAccepting?.Kind);
        relay.Cut();
        var stored = await store.AppendAsync("acme", Batch("swallowed"), Cancellation);
        for (; !stored.IsOk; stored = await store.AppendAsync("acme", Batch("swallowed"), Cancellation)) await Task.Delay(50, Cancellation);
        Assert.Equal(1, stored.Value[0].Sequence);
        await CheckAsync(store, new Dictionary<string, long> { ["before"] = 0, ["swallowed"] = 1 });
    }

    [Fact]
    public async Task A_connection_string_that_says_nothing_of_time_waits_ten_seconds_and_one_that_does_is_obeyed()
    {
        await using var plain = PostgresSource.Create("Host=h");
        await using var own = PostgresSource.Create("Host=h;Command Timeout=60;Max Auto Prepare=7");
        var (chosen, kept) = (new Npgsql.NpgsqlConnectionStringBuilder(plain.ConnectionString), new Npgsql.NpgsqlConnectionStringBuilder(own.ConnectionString));
        Assert.Equal((10, 5, 5, 64), (chosen.CommandTimeout, chosen.Timeout, chosen.TcpKeepAliveTime, chosen.MaxAutoPrepare));
        Assert.Equal((60, 7), (kept.CommandTimeout, kept.MaxAutoPrepare));
    }

    [Fact]
    public async Task A_replica_answers_and_never_shows_less_than_was_acknowledged()
    {
        Assert.SkipWhen(PostgresServer.Programs is null, "PostgreSQL is not installed: apt-get install postgresql-15");
        await using var primary = await PostgresServer.StartAsync();
        await primary.ExecuteAsync("postgres", "create database ledgers");
        await using var standby = await primary.StandbyAsync("standby");
        var options = new PostgresOptions { ConnectionString = primary.ConnectionString("ledgers"), ReadConnectionString = standby.ConnectionString("ledgers") };
        await using var store = await PostgresStore.OpenAsync(options, TimeProvider.System, NullLogger.Instance, _meter, Cancellation);
        for (var i = 0; i < 100; i++)
        {
            // The standby stops replaying for some of them.
            if (i % 25 == 10) await standby.ExecuteAsync("ledgers", "select pg_wal_replay_pause()");
            if (i % 25 == 20) await standby.ExecuteAsync("ledgers", "select pg_wal_replay_resume()");
            var receipt = (await store.AppendAsync("acme", Batch($"e{i}"), Cancellation)).Value[0];
            var page = (await store.Reader.ListAsync(AccessScope.WholeTenant("acme"), new() { Limit = 1, Total = true }, Cancellation)).Value;
            Assert.Equal((receipt.Sequence, i + 1L), (page.Entries[0].Sequence, page.Total));
        }
        while ((long)(await standby.ExecuteAsync("ledgers", "select size from ledger"))! < 100) await Task.Delay(20, Cancellation);
        await store.Reader.CountAsync(AccessScope.WholeTenant("acme"), EventFilter.All, Cancellation);
        Assert.True((long)(await standby.ExecuteAsync("ledgers", "select count(*) from pg_stat_activity where application_name = 'domesday'"))! > 0);
    }

    [Fact]
    public async Task A_pool_without_a_free_connection_makes_callers_wait_or_come_again_and_loses_nothing()
    {
        var database = await (await SharedServer.Server).NewDatabaseAsync() + ";Maximum Pool Size=3;Timeout=2";
        await using var store = await OpenAsync(database);
        var readers = Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++) await store.Reader.CountAsync(AccessScope.WholeTenant("acme"), EventFilter.All, Cancellation);
        })).ToList();
        var acknowledged = await WriteAsync(store, writers: 8, each: 30);
        await Task.WhenAll(readers);
        await CheckAsync(store, acknowledged);
    }

    [Fact]
    public async Task A_transaction_that_the_database_aborts_half_way_leaves_no_gap()
    {
        var server = await SharedServer.Server;
        var database = await server.NewDatabaseAsync();
        await using var store = await OpenAsync(database);
        await store.AppendAsync("acme", Batch("before"), Cancellation);
        var name = new Npgsql.NpgsqlConnectionStringBuilder(database).Database!;
        // Every row but the roll-ups has been sent when this one refuses.
        await server.ExecuteAsync(name, "alter table ledger_day add constraint refuse check (size < 2) not valid");
        var refused = await Record.ExceptionAsync(async () => await store.AppendAsync("acme", Batch("refused"), Cancellation));
        Assert.NotNull(refused);
        await server.ExecuteAsync(name, "alter table ledger_day drop constraint refuse");
        var receipt = (await store.AppendAsync("acme", Batch("after"), Cancellation)).Value[0];
        Assert.Equal(1, receipt.Sequence);
        Assert.Equal(ProblemKind.NotFound, (await store.Reader.FindAsync(AccessScope.WholeTenant("acme"), "refused", Cancellation)).Problem?.Kind);
    }

    [Fact]
    public async Task A_full_disk_refuses_events_says_so_and_takes_them_again_when_there_is_room()
    {
        Assert.SkipWhen(PostgresServer.Programs is null, "PostgreSQL is not installed: apt-get install postgresql-15");
        Assert.SkipUnless(Environment.UserName == "root", "Mounting a small disk needs root.");
        var mount = Directory.CreateTempSubdirectory("domesday-small-").FullName;
        Assert.SkipUnless(await RunAsync("mount", "-t", "tmpfs", "-o", "size=200m,mode=0700,uid=postgres", "tmpfs", mount) == 0, "This machine does not let a small disk be mounted.");
        try
        {
            await using var server = await PostgresServer.StartInAsync(mount, "max_wal_size=48MB", "min_wal_size=32MB", "wal_keep_size=0", "autovacuum=off");
            await server.ExecuteAsync("postgres", "create database small");
            await using var store = await OpenAsync(server.ConnectionString("small"));
            var acknowledged = new ConcurrentDictionary<string, long>();
            var first = (await store.AppendAsync("acme", Batch("first"), Cancellation)).Value[0];
            acknowledged["first"] = first.Sequence;
            var filler = Path.Combine(server.Folder, "filler");
            await RunAsync("sh", "-c", $"cat /dev/zero > {filler} 2>/dev/null");
            Problem? problem = null;
            for (var i = 0; problem is null; i++)
            {
                var stored = await store.AppendAsync("acme", PendingBatches.Of("acme", TimeProvider.System.GetUtcNow(), Enumerable.Range(0, 500).Select(index => new Events.AuditEvent { Id = $"f{i}-{index}", Action = "create", Operation = Guid.NewGuid().ToString() })), Cancellation);
                problem = stored.Problem;
                if (stored.IsOk) foreach (var receipt in stored.Value) acknowledged[receipt.Id] = receipt.Sequence;
            }
            Assert.Equal(ProblemKind.Unavailable, problem.Kind);
            File.Delete(filler);
            while (!(await store.AppendAsync("acme", Batch("room again"), Cancellation)).IsOk) await Task.Delay(100, Cancellation);
            await CheckAsync(store, acknowledged);
        }
        finally
        {
            await RunAsync("umount", "-l", mount);
        }
    }

    [Fact]
    public async Task Nodes_whose_clocks_differ_write_one_ledger_without_gaps()
    {
        var database = await (await SharedServer.Server).NewDatabaseAsync();
        var late = new SettableTime(new DateTimeOffset(2026, 3, 1, 23, 59, 58, TimeSpan.Zero));
        var early = new SettableTime(new DateTimeOffset(2026, 3, 2, 0, 0, 3, TimeSpan.Zero));
        await using var one = await OpenAsync(database, late);
        await using var other = await OpenAsync(database, early);
        for (var i = 0; i < 20; i++)
        {
            var store = i % 2 == 0 ? one : other;
            Assert.Equal(i, (await store.AppendAsync("acme", Batch($"e{i}"), Cancellation)).Value[0].Sequence);
        }
        var page = (await one.Reader.ListAsync(AccessScope.WholeTenant("acme"), new() { Descending = false }, Cancellation)).Value;
        Assert.Equal(Enumerable.Range(0, 20).Select(sequence => (long)sequence), page.Entries.Select(entry => entry.Sequence));
    }

    private static Core.Storage.PendingBatch Batch(params string[] ids) =>
        PendingBatches.Of("acme", TimeProvider.System.GetUtcNow(), ids.Select(id => new Events.AuditEvent { Id = id, Action = "create", Service = "s" }));

    private async Task<PostgresStore> OpenAsync(string database, TimeProvider? time = null) =>
        await PostgresStore.OpenAsync(new() { ConnectionString = database, Lanes = 2, RollUpAfter = 100 }, time ?? TimeProvider.System, NullLogger.Instance, _meter, Cancellation);

    /// <summary>Each event is sent until it is acknowledged.</summary>
    private static async Task<ConcurrentDictionary<string, long>> WriteAsync(PostgresStore store, int writers, int each)
    {
        var acknowledged = new ConcurrentDictionary<string, long>();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
            {
                var batch = Batch([.. Enumerable.Range(0, 3).Select(index => $"{writer}/{i}/{index}")]);
                var stored = await store.AppendAsync("acme", batch, Cancellation);
                while (!stored.IsOk)
                {
                    await Task.Delay(20, Cancellation);
                    stored = await store.AppendAsync("acme", batch, Cancellation);
                }
                foreach (var receipt in stored.Value) acknowledged[receipt.Id] = receipt.Sequence;
            }
        })));
        return acknowledged;
    }

    private static async Task CheckAsync(PostgresStore store, IReadOnlyDictionary<string, long> acknowledged)
    {
        var stored = new Dictionary<string, long>();
        await foreach (var batch in store.Reader.ReadAsync(AccessScope.WholeTenant("acme"), EventFilter.All, EventOrder.Sequence, descending: false, Cancellation))
        {
            foreach (var entry in batch) stored.Add(Events.Json.EventJson.Read(entry.Bytes.Span).Id!, entry.Sequence);
        }
        Assert.Equal(Enumerable.Range(0, stored.Count).Select(sequence => (long)sequence), stored.Values);
        foreach (var (id, sequence) in acknowledged) Assert.Equal(sequence, stored[id]);
        var facet = (await store.Reader.FacetsAsync(AccessScope.WholeTenant("acme"), EventFilter.All, [Events.Schema.EventField.Action], 10, Cancellation)).Value.Fields[0];
        Assert.Equal(stored.Count, facet.Values.Sum(value => value.Count));
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(Cancellation);
        return process.ExitCode;
    }
}
