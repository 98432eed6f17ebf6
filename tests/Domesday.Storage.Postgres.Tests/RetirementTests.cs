using System.Diagnostics.Metrics;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Merkle;
using Domesday.Events.Schema;
using Domesday.Storage.Conformance;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Domesday.Storage.Postgres.Tests;

/// <summary>Retention drops whole days: their tables go, what proofs and repetitions need of them stays.</summary>
public sealed class RetirementTests : IAsyncLifetime
{
    private const int EventsPerDay = 30;

    private readonly Meter _meter = new("test");
    private readonly SettableTime _time = new(new DateTimeOffset(2026, 2, 1, 12, 0, 0, TimeSpan.Zero));
    private PostgresStore _store = null!;
    private string _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await (await SharedServer.Server).NewDatabaseAsync();
        _store = await PostgresStore.OpenAsync(new() { ConnectionString = _database, RollUpAfter = 20 }, _time, NullLogger.Instance, _meter, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _meter.Dispose();
    }

    [Fact]
    public async Task Days_that_are_over_go_with_their_tables_and_their_leaves_stay()
    {
        await FillAsync("acme", days: 5);
        var leaves = await LeavesAsync("acme");
        Assert.Contains("block_20260201", await TablesAsync());
        var dropped = (await _store.DropAsync("acme", Days(3), long.MaxValue, Cancellation)).Value;
        Assert.Equal(3 * EventsPerDay, dropped.Events);
        Assert.True(dropped.Bytes > 0);
        await DroppedAsync("block_20260201");
        Assert.Contains("block_20260204", await TablesAsync());
        Assert.Equal(leaves, await LeavesAsync("acme"));
        Assert.Equal((3L * EventsPerDay, 5L * EventsPerDay), (_store.Usage("acme").FirstSequence, _store.Size("acme")));
        Assert.Equal(ProblemKind.Gone, (await _store.Reader.GetAsync(AccessScope.WholeTenant("acme"), 5, Cancellation)).Problem?.Kind);
    }

    [Fact]
    public async Task A_node_that_has_not_been_asked_since_answers_without_the_days_that_another_dropped()
    {
        await FillAsync("acme", days: 5);
        await using var other = await PostgresStore.OpenAsync(new() { ConnectionString = _database }, _time, NullLogger.Instance, _meter, Cancellation);
        var (scope, query) = (AccessScope.WholeTenant("acme"), new EventQuery { Filter = new() { Conditions = [FieldCondition.Is(EventField.Action, "create")] }, Descending = false, Total = true, Limit = 500 });
        Assert.Equal(5 * EventsPerDay, (await other.Reader.ListAsync(scope, query, Cancellation)).Value.Total);
        await _store.DropAsync("acme", Days(3), long.MaxValue, Cancellation);
        await DroppedAsync("block_20260201");
        var page = (await other.Reader.ListAsync(scope, query, Cancellation)).Value;
        Assert.Equal((2 * EventsPerDay, 2 * EventsPerDay, 3L * EventsPerDay), (page.Total, page.Entries.Count, page.Entries.Min(entry => entry.Sequence)));
    }

    [Fact]
    public async Task An_id_that_was_dropped_is_still_a_duplicate_with_its_first_receipt()
    {
        var first = await FillAsync("acme", days: 3);
        await _store.DropAsync("acme", Days(2), long.MaxValue, Cancellation);
        await _store.TidyAsync(Cancellation);
        var again = (await _store.AppendAsync("acme", PendingBatches.Of("acme", _time.GetUtcNow(), [Event(0, 0)]), Cancellation)).Value;
        Assert.Equal(first[0] with { Duplicate = true }, again[0]);
    }

    [Fact]
    public async Task Facets_counts_and_histograms_forget_what_was_dropped()
    {
        await FillAsync("acme", days: 4);
        await _store.TidyAsync(Cancellation);
        await _store.DropAsync("acme", Days(2), long.MaxValue, Cancellation);
        foreach (var tidied in (bool[])[false, true])
        {
            if (tidied) await _store.TidyAsync(Cancellation);
            var scope = AccessScope.WholeTenant("acme");
            Assert.Equal(2 * EventsPerDay, (await _store.Reader.CountAsync(scope, EventFilter.All, Cancellation)).Value);
            var facet = (await _store.Reader.FacetsAsync(scope, EventFilter.All, [EventField.Action], 10, Cancellation)).Value.Fields[0];
            Assert.Equal([new FacetValue("create", 2 * EventsPerDay)], facet.Values);
            var buckets = (await _store.Reader.HistogramAsync(scope, EventFilter.All, HistogramInterval.Day, Cancellation)).Value.Buckets;
            Assert.Equal(2, buckets.Count);
        }
    }

    [Fact]
    public async Task A_tenant_that_keeps_events_longer_keeps_them_when_another_drops_the_same_day()
    {
        await FillAsync("short", days: 3);
        _time.Advance(TimeSpan.FromDays(-3));
        await FillAsync("long", days: 3);
        await _store.DropAsync("short", Days(2), long.MaxValue, Cancellation);
        await _store.TidyAsync(Cancellation);
        Assert.Equal(EventsPerDay, (await _store.Reader.CountAsync(AccessScope.WholeTenant("short"), EventFilter.All, Cancellation)).Value);
        Assert.Equal(3 * EventsPerDay, (await _store.Reader.CountAsync(AccessScope.WholeTenant("long"), EventFilter.All, Cancellation)).Value);
        Assert.Equal((long)EventsPerDay, await ScalarAsync("select sum(count) from chunk_20260201"));
    }

    [Fact]
    public async Task An_export_that_runs_reads_on_in_days_that_are_dropped_meanwhile()
    {
        await FillAsync("acme", days: 4);
        var read = 0;
        await foreach (var batch in _store.Reader.ReadAsync(AccessScope.WholeTenant("acme"), EventFilter.All, EventOrder.Sequence, descending: true, Cancellation))
        {
            if (read == 0)
            {
                await _store.DropAsync("acme", Days(3), long.MaxValue, Cancellation);
                await _store.TidyAsync(Cancellation);
                Assert.Contains("block_20260201", await TablesAsync());
            }
            read += batch.Count;
        }
        Assert.Equal(4 * EventsPerDay, read);
        await DroppedAsync("block_20260201");
    }

    private static Timestamp Days(int days) => Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero).AddDays(days));

    private static AuditEvent Event(int day, int index) => new() { Id = $"{day}/{index}", Action = "create", Service = "s" };

    private async Task<IReadOnlyList<Core.Storage.Receipt>> FillAsync(string tenant, int days)
    {
        var receipts = new List<Core.Storage.Receipt>();
        for (var day = 0; day < days; day++, _time.Advance(TimeSpan.FromDays(1)))
        {
            var batch = PendingBatches.Of(tenant, _time.GetUtcNow(), Enumerable.Range(0, EventsPerDay).Select(index => Event(day, index)));
            receipts.AddRange((await _store.AppendAsync(tenant, batch, Cancellation)).Value);
        }
        return receipts;
    }

    private async Task<MerkleHash[]> LeavesAsync(string tenant) => (await _store.LeafHashesAsync(tenant, 0, (int)_store.Size(tenant), Cancellation)).Value;

    private async Task<string> TablesAsync() => (string)(await ScalarAsync("select string_agg(relname, ' ') from pg_class where relname like 'block_2%'"))!;

    /// <summary>Tables go when nobody can see them any more, such as a worker of the database's own.</summary>
    private async Task DroppedAsync(string table)
    {
        do
        {
            await _store.TidyAsync(Cancellation);
        }
        while ((await TablesAsync()).Contains(table, StringComparison.Ordinal));
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancellation);
    }
}
