namespace Domesday.Storage.Postgres.Tests.Nodes;

/// <summary>A primary that dies takes nothing along that was acknowledged: the standby has it, and the nodes find the standby.</summary>
public sealed class StandbyTests
{
    private const int Writers = 64;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_primary_is_killed_under_64_writers_and_the_promoted_standby_has_every_acknowledged_event_once()
    {
        Assert.SkipWhen(PostgresServer.Programs is null, "PostgreSQL is not installed: apt-get install postgresql-15");
        Assert.SkipUnless(File.Exists(ServiceNode.Binary), "The service is not built.");
        await using var primary = await PostgresServer.StartAsync("synchronous_commit=on");
        await primary.ExecuteAsync("postgres", "create database ledgers");
        await using var standby = await primary.StandbyAsync("standby");
        await primary.ExecuteAsync("postgres", "alter system set synchronous_standby_names = 'standby'");
        await primary.ExecuteAsync("postgres", "select pg_reload_conf()");
        while (await primary.ExecuteAsync("postgres", "select sync_state from pg_stat_replication") as string != "sync") await Task.Delay(50, Cancellation);
        var both = $"Host=127.0.0.1:{primary.Port},127.0.0.1:{standby.Port};Username=postgres;Database=ledgers;Target Session Attributes=read-write";
        await using var first = await ServiceNode.StartAsync(both);
        await using var second = await ServiceNode.StartAsync(both);
        var key = await first.NewKeyAsync(Cancellation);
        await NodeTests.WaitForKeyAsync([first, second], key);
        using var load = new NodeLoad(() => [first.Address, second.Address], key, Writers);
        await load.MoreAsync(2_000, Cancellation);
        var note = (await first.CheckpointAsync(Cancellation)).Note;
        primary.Kill();
        await standby.ExecuteAsync("postgres", "alter system set synchronous_standby_names = ''");
        await standby.PromoteAsync();
        await load.MoreAsync(2_000, Cancellation);
        await load.StopAsync();
        await NodeTests.CheckAsync(second, load.Acknowledged, [note]);
        var stored = (long)(await standby.ExecuteAsync("ledgers", "select count(*) from event_id join ledger on ledger.id = ledger and name = 'default'"))!;
        Assert.Equal((long)(await standby.ExecuteAsync("ledgers", "select size from ledger where name = 'default'"))!, stored);
    }
}
