using System.Diagnostics.Metrics;
using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Merkle;
using Domesday.Storage.Conformance;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Domesday.Storage.Postgres.Tests;

/// <summary>A large ledger lies in buckets, which Citus keeps on several servers; buckets themselves need no Citus.</summary>
public sealed class BucketTests : IAsyncDisposable
{
    private const int Stripe = 50;

    private readonly Meter _meter = new("test");
    private readonly SettableTime _time = new(new DateTimeOffset(2026, 2, 1, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        _meter.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Stripes_of_a_large_ledger_go_round_its_buckets_and_a_small_one_stays_where_it_is()
    {
        var database = await (await SharedServer.Server).NewDatabaseAsync();
        await using var store = await OpenAsync(database, buckets: 3);
        await FillAsync(store, "large", 400);
        await FillAsync(store, "small", 90);
        await SpreadAsync(store);
        var places = await PlacesAsync(database, "chunk", "large");
        Assert.Equal(4, places.Count);
        // Eight stripes: three, three and two in turn, and nothing of them under the ledger's own number.
        Assert.Equal([0, 2 * Stripe, 3 * Stripe, 3 * Stripe], places.Values.Order());
        Assert.Equal(0, places[await NumberAsync(database, "large")]);
        Assert.Equal(places, await PlacesAsync(database, "block", "large"));
        Assert.Single(await PlacesAsync(database, "chunk", "small"));
        await AllThereAsync(store, "large", 400);
        await AllThereAsync(store, "small", 90);
    }

    [Fact]
    public async Task Events_that_are_on_their_way_into_a_bucket_are_seen_once()
    {
        var database = await (await SharedServer.Server).NewDatabaseAsync();
        await using var store = await OpenAsync(database, buckets: 2);
        var leaves = await FillAsync(store, "large", 300);
        await store.JoinAsync(Cancellation);
        await store.TidyAsync(Cancellation);
        // Copied, and not yet taken away: they lie in both places.
        Assert.Equal(600, (await PlacesAsync(database, "chunk", "large")).Values.Sum());
        await AllThereAsync(store, "large", 300);
        await using (var other = await OpenAsync(database, buckets: 2))
        {
            await AllThereAsync(other, "large", 300);
            Assert.Equal(leaves, (await other.LeafHashesAsync("large", 0, 300, Cancellation)).Value);
        }
        await store.TidyAsync(Cancellation);
        Assert.Equal(300, (await PlacesAsync(database, "chunk", "large")).Values.Sum());
        Assert.Equal(leaves, (await store.LeafHashesAsync("large", 0, 300, Cancellation)).Value);
    }

    [Fact]
    public async Task Another_number_of_buckets_is_for_what_is_spread_from_then_on()
    {
        var database = await (await SharedServer.Server).NewDatabaseAsync();
        foreach (var (buckets, numbers) in ((int, int)[])[(2, 3), (4, 5), (1, 5), (0, 5)])
        {
            await using var store = await OpenAsync(database, buckets);
            var size = (int)store.Size("large");
            await FillAsync(store, "large", 200);
            await SpreadAsync(store);
            var places = await PlacesAsync(database, "chunk", "large");
            Assert.Equal((numbers, size + 200), (places.Count, places.Values.Sum()));
            await AllThereAsync(store, "large", size + 200);
        }
        // What came after buckets were given up stays with the ledger.
        Assert.Equal(200, (await PlacesAsync(database, "chunk", "large"))[await NumberAsync(database, "large")]);
    }

    [Fact]
    public async Task Retention_drops_what_lies_in_buckets()
    {
        var database = await (await SharedServer.Server).NewDatabaseAsync();
        await using var store = await OpenAsync(database, buckets: 2);
        await FillAsync(store, "large", 200);
        // Somebody else has the day, too: the partition stays, and rows are deleted.
        _time.Advance(TimeSpan.FromDays(1));
        await FillAsync(store, "large", 200);
        await FillAsync(store, "small", 10, day: 1);
        await SpreadAsync(store);
        Assert.Equal(200, (await store.DropAsync("large", Timestamp.FromDateTimeOffset(new(2026, 2, 2, 0, 0, 0, TimeSpan.Zero)), long.MaxValue, Cancellation)).Value.Events);
        Assert.Equal(200, (await store.Reader.CountAsync(AccessScope.WholeTenant("large"), EventFilter.All, Cancellation)).Value);
        await SpreadAsync(store);
        Assert.Equal(400, (await store.LeafHashesAsync("large", 0, 400, Cancellation)).Value.Length);
    }

    private async ValueTask<PostgresStore> OpenAsync(string database, int buckets) => await PostgresStore.OpenAsync(
        new() { ConnectionString = database, RollUpAfter = 20, BlockEvents = 25, Buckets = buckets, BucketsFrom = 100, BucketStripeEvents = Stripe }, _time, NullLogger.Instance, _meter, Cancellation);

    /// <summary>Fills with single events of a chunk each, so that places can be counted to the event.</summary>
    private async Task<IReadOnlyList<MerkleHash>> FillAsync(PostgresStore store, string tenant, int count, int day = 0)
    {
        var leaves = new List<MerkleHash>();
        for (var from = 0; from < count; from += 10)
        {
            var first = store.Size(tenant);
            var events = Enumerable.Range(0, 10).Select(index => new AuditEvent { Id = $"{tenant}/{day}/{first + index}", Action = "create", Service = "s", Resource = new() { Id = $"r{index}" } });
            var receipts = (await store.AppendAsync(tenant, PendingBatches.Of(tenant, _time.GetUtcNow(), events), Cancellation)).Value;
            leaves.AddRange(receipts.Select(receipt => receipt.LeafHash));
        }
        return leaves;
    }

    private static async Task SpreadAsync(PostgresStore store)
    {
        await store.JoinAsync(Cancellation);
        for (var turn = 0; turn < 4; turn++) await store.TidyAsync(Cancellation);
    }

    private static async Task AllThereAsync(PostgresStore store, string tenant, int count)
    {
        var scope = AccessScope.WholeTenant(tenant);
        Assert.Equal(count, (await store.Reader.CountAsync(scope, EventFilter.All, Cancellation)).Value);
        var page = (await store.Reader.ListAsync(scope, new() { Filter = EventFilter.All, Limit = 1_000, Total = true }, Cancellation)).Value;
        Assert.Equal((count, (long?)count), (page.Entries.Count, page.Total));
        Assert.Equal(Enumerable.Range(0, count).Select(index => (long)index), page.Entries.Select(entry => entry.Sequence).Order());
        // Every tenth, from different chunks.
        var filter = EventFilter.All with { Conditions = [new(Events.Schema.EventField.ResourceId, MatchKind.Equal, ["r7"])] };
        Assert.Equal(count / 10, (await store.Reader.ListAsync(scope, new() { Filter = filter, Limit = 1_000 }, Cancellation)).Value.Entries.Count);
    }

    /// <summary>Events by number.</summary>
    private static async Task<Dictionary<int, long>> PlacesAsync(string database, string table, string tenant)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand($"select n, coalesce(sum(t.count), 0)::bigint from ledger l cross join lateral unnest(l.id || l.buckets) as n left join {table} t on t.ledger = n where l.name = $1 group by n");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = tenant });
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        var places = new Dictionary<int, long>();
        while (await reader.ReadAsync(Cancellation)) places.Add(reader.GetInt32(0), reader.GetInt64(1));
        return places;
    }

    private static async Task<int> NumberAsync(string database, string tenant)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("select id from ledger where name = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = tenant });
        return (int)(await command.ExecuteScalarAsync(Cancellation))!;
    }
}
