using System.Diagnostics.Metrics;
using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Storage.Conformance;
using Domesday.Storage.Postgres.Distribution;
using Domesday.Storage.Postgres.Schema;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Domesday.Storage.Postgres.Tests;

/// <summary>With Citus the same schema becomes distributed tables.</summary>
public sealed class CitusTests
{
    private const string Variable = "DOMESDAY_TEST_CITUS";

    [Fact]
    public void Every_table_of_a_ledgers_own_is_distributed_and_what_all_share_is_not()
    {
        var tables = CitusServers.Tables(Migrations.All);
        Assert.Equal("event_id", tables[0]);
        Assert.Equal(["attachment", "block", "chunk", "dictionary", "dropped_leaf", "erased", "event_id", "fresh", "ledger_day", "rollup", "tree_node"], tables.Order());
    }

    [Fact]
    public async Task Ledgers_on_Citus_are_written_read_and_dropped()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var database = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(database), $"CITUS IS NOT TESTED: set {Variable} to the connection string of an empty database with the extension citus.");
        using var meter = new Meter("test");
        var time = new SettableTime(new DateTimeOffset(2026, 2, 1, 12, 0, 0, TimeSpan.Zero));
        await using var store = await PostgresStore.OpenAsync(new() { ConnectionString = database, RollUpAfter = 20, BlockEvents = 20, BucketsFrom = 60, BucketStripeEvents = 20 }, time, NullLogger.Instance, meter, cancellation);
        for (var day = 0; day < 3; day++, time.Advance(TimeSpan.FromDays(1)))
        {
            foreach (var tenant in (string[])["one", "two", "three"])
            {
                var batch = PendingBatches.Of(tenant, time.GetUtcNow(), Enumerable.Range(0, 30).Select(index => new Events.AuditEvent { Id = $"{day}/{index}", Action = "create", Service = "s" }));
                Assert.True((await store.AppendAsync(tenant, batch, cancellation)).IsOk);
                Assert.All((await store.AppendAsync(tenant, batch, cancellation)).Value, receipt => Assert.True(receipt.Duplicate));
            }
        }
        await store.JoinAsync(cancellation);
        // Copied into buckets, taken away where they were; both times everything is there once.
        for (var turn = 0; turn < 3; turn++)
        {
            await store.TidyAsync(cancellation);
            foreach (var tenant in (string[])["one", "two", "three"])
                Assert.Equal(90, (await store.Reader.ListAsync(AccessScope.WholeTenant(tenant), new() { Filter = EventFilter.All, Limit = 1_000 }, cancellation)).Value.Entries.Count);
        }
        Assert.Equal(90, (await store.Reader.CountAsync(AccessScope.WholeTenant("two"), EventFilter.All, cancellation)).Value);
        Assert.Equal(30, (await store.DropAsync("two", Events.Timestamp.FromDateTimeOffset(new(2026, 2, 2, 0, 0, 0, TimeSpan.Zero)), long.MaxValue, cancellation)).Value.Events);
        Assert.Equal(60, (await store.Reader.CountAsync(AccessScope.WholeTenant("two"), EventFilter.All, cancellation)).Value);
        Assert.Equal(90, (await store.LeafHashesAsync("two", 0, 90, cancellation)).Value.Length);
        await using var source = NpgsqlDataSource.Create(database!);
        await using (var shards = source.CreateCommand("select min(shards) from (select l.id, count(distinct get_shard_id_for_distribution_column('chunk', n)) as shards from ledger l cross join lateral unnest(l.buckets) as n group by l.id) as s"))
            Assert.True(await shards.ExecuteScalarAsync(cancellation) is > 1L, "All buckets of a ledger lie in one shard.");
        await using var command = source.CreateCommand("select count(*) from pg_dist_partition where logicalrelid in ('block'::regclass, 'chunk'::regclass, 'event_id'::regclass)");
        Assert.Equal(3L, await command.ExecuteScalarAsync(cancellation));
    }
}
