using System.Diagnostics.Metrics;
using System.Globalization;
using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Merkle;
using Domesday.Events.Schema;
using Domesday.Storage.Conformance;
using Domesday.Storage.Postgres.Chunks;
using Domesday.Storage.Postgres.Columns;
using Domesday.Storage.Postgres.Ledgers;
using Domesday.Storage.Postgres.Reading;
using Domesday.Storage.Postgres.Schema;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Domesday.Storage.Postgres.Tests.Reading;

/// <summary>A page and its total are right, whatever was asked before and whichever build wrote what they show.</summary>
public sealed class PageTests : IAsyncLifetime
{
    private const string Acme = "acme";
    private const int Events = 400;

    private readonly Meter _meter = new("test");
    private string _database = null!;
    private NpgsqlConnection _connection = null!;
    private PostgresStore _store = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await (await SharedServer.Server).NewDatabaseAsync();
        _connection = new(_database);
        await _connection.OpenAsync(Cancellation);
        _store = await OpenAsync();
        await AppendAsync(Acme, Events);
        await _store.JoinAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _connection.DisposeAsync();
        _meter.Dispose();
    }

    [Fact]
    public async Task Entries_in_the_larger_chunks_of_an_earlier_build_are_shown_proven_and_erased_as_any_other()
    {
        var leaves = (await _store.LeafHashesAsync(Acme, 0, Events, Cancellation)).Value;
        await RebuildAsync(ChunkBuilder.EntriesEverMax);
        Assert.Equal(1L + (Events - 1) / ChunkBuilder.EntriesEverMax, await ScalarAsync("select count(*) from chunk"));
        await using var other = await OpenAsync();
        Assert.Equal(leaves, (await other.LeafHashesAsync(Acme, 0, Events, Cancellation)).Value);
        Assert.Equal(Every(5, 3), (await PageAsync(other, Service(3))).Entries.Select(entry => entry.Sequence));
        Assert.All((await PageAsync(other, Service(3))).Entries, entry => Assert.Equal(leaves[entry.Sequence], MerkleHash.OfLeaf(entry.Bytes.Span)));
        Assert.Equal(3, (await other.EraseAsync(Acme, [3, 63, 64], Cancellation)).Value);
        while (other.Erasures(Acme).Pending > 0) await Task.Delay(20, Cancellation);
        // What was rebuilt without them lies in chunks of today's size, beside the others.
        Assert.InRange((long)(await ScalarAsync("select count(*) from chunk"))!, 2 + Events / ChunkBuilder.EntriesEverMax, Events / ChunkBuilder.EntriesMax);
        Assert.Equal(Every(5, 3).Except([3, 63]), (await PageAsync(other, Service(3))).Entries.Select(entry => entry.Sequence));
        Assert.Equal(leaves, (await other.LeafHashesAsync(Acme, 0, Events, Cancellation)).Value);
    }

    [Fact]
    public async Task A_total_that_was_asked_before_is_counted_anew_where_something_was_erased_or_added()
    {
        await AppendAsync("other", 40);
        for (var round = 0; round < 3; round++) Assert.Equal(Events / 5, (await PageAsync(_store, Service(2))).Total);
        Assert.Equal(40 / 5, (await PageAsync(_store, Service(2), "other")).Total);
        Assert.Equal(3, (await _store.EraseAsync(Acme, [2, 300, 302], Cancellation)).Value);
        Assert.Equal(Events / 5 - 2, (await PageAsync(_store, Service(2))).Total);
        Assert.Equal(Events / 5 - 1, (await PageAsync(_store, Service(0))).Total);
        await AppendAsync(Acme, 10);
        await _store.JoinAsync(Cancellation);
        Assert.Equal(Events / 5, (await PageAsync(_store, Service(2))).Total);
        Assert.Equal(40 / 5, (await PageAsync(_store, Service(2), "other")).Total);
    }

    [Fact]
    public async Task A_total_that_was_asked_before_does_not_answer_another_question()
    {
        var name = (string prefix, bool not) => new EventFilter { Conditions = [new(EventField.ActorName, MatchKind.StartsWith, [prefix]) { Not = not }] };
        (EventFilter Filter, int Total)[] questions =
        [
            (Service(1), 80), (Service(1, not: true), 320), (new() { Conditions = [FieldCondition.Is(EventField.Service, "service 1"), FieldCondition.Is(EventField.Action, "action_1")] }, 20),
            (new() { Conditions = [new(EventField.Service, MatchKind.Equal, ["service 1", "service 2"])] }, 160), (new() { Conditions = [FieldCondition.Is(EventField.ResourceId, "r17")] }, 1),
            (new() { Conditions = [FieldCondition.Is(EventField.ResourceId, "r18")] }, 1), (name("user 1", false), 57), (name("user 1", true), 343), (name("user", false), 400),
            (new() { Conditions = [new(EventField.Level, MatchKind.Present, [])] }, 0), (new() { Conditions = [new(EventField.Action, MatchKind.Present, [])] }, 400),
        ];
        for (var round = 0; round < 2; round++)
        {
            foreach (var (filter, total) in questions) Assert.Equal(total, (await PageAsync(_store, filter)).Total);
            foreach (var (filter, total) in questions) Assert.InRange((await PageAsync(_store, filter with { FromSequence = 30, ToSequence = 390 })).Total ?? -1, Math.Max(0, total - 40), Math.Min(total, 360));
        }
        // Parts of blocks at both ends.
        Assert.Equal(Enumerable.Range(30, 360).Count(index => index % 5 == 1), (await PageAsync(_store, Service(1) with { FromSequence = 30, ToSequence = 390 })).Total);
    }

    [Fact]
    public async Task A_page_shows_what_another_node_has_stored_and_joined_since_with_values_that_this_one_has_never_seen()
    {
        await using var other = await OpenAsync();
        for (var round = 0; round < 4; round++)
        {
            var name = $"newcomer {round}";
            var filter = new EventFilter { Conditions = [new(EventField.ActorName, MatchKind.Equal, ["user 3", name])] };
            var before = (await PageAsync(_store, filter)).Total;
            var batch = PendingBatches.Of(Acme, TimeProvider.System.GetUtcNow(), [.. Enumerable.Range(0, 90).Select(index => new AuditEvent { Id = $"{name} {index}", Action = "create", Actor = new() { Name = name } })]);
            Assert.True((await other.AppendAsync(Acme, batch, Cancellation)).IsOk);
            if (round % 2 == 1) await other.JoinAsync(Cancellation);
            var page = await PageAsync(_store, filter);
            Assert.Equal((before + 90, before + 90), (page.Total, page.Entries.Count));
        }
    }

    [Fact]
    public async Task A_page_leaves_no_transaction_open()
    {
        for (var round = 0; round < 10; round++)
        {
            Assert.NotEmpty((await PageAsync(_store, Service(round % 5))).Entries);
            Assert.Empty((await PageAsync(_store, Service(77))).Entries);
        }
        Assert.Equal(0L, await ScalarAsync("select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'"));
    }

    private static EventFilter Service(int number, bool not = false) => new() { Conditions = [new(EventField.Service, MatchKind.Equal, [string.Create(CultureInfo.InvariantCulture, $"service {number}")]) { Not = not }] };

    private static IEnumerable<long> Every(int step, int from) => Enumerable.Range(0, Events).Select(index => (long)index).Where(index => index % step == from);

    private static async Task<EventPage> PageAsync(PostgresStore store, EventFilter filter, string tenant = Acme) =>
        (await store.Reader.ListAsync(AccessScope.WholeTenant(tenant), new() { Filter = filter, Limit = 200, Descending = false, Order = EventOrder.Sequence, Total = true }, Cancellation)).Value;

    private async Task AppendAsync(string tenant, int count)
    {
        var events = Enumerable.Range(0, count).Select(index => new AuditEvent
        {
            Id = $"{tenant} {_store.Size(tenant)} {index}",
            Action = $"action_{index % 4}",
            Service = $"service {index % 5}",
            Actor = new() { Name = $"user {index % 7}" },
            Resource = new() { Id = $"r{index}" },
        });
        Assert.True((await _store.AppendAsync(tenant, PendingBatches.Of(tenant, TimeProvider.System.GetUtcNow(), [.. events]), Cancellation)).IsOk);
    }

    /// <summary>Puts all entries into chunks of another size.</summary>
    private async Task RebuildAsync(int entries)
    {
        using var cache = new BlockCache(0);
        var ledger = new Ledger(Acme, new(), new(), cache) { Identity = new((int)(await ScalarAsync("select id from ledger"))!, (byte[])(await ScalarAsync("select salt from ledger"))!) };
        await LedgerMap.LoadCodesAsync(_connection, ledger, Cancellation);
        var day = (int)(await ScalarAsync("select day from ledger_day"))!;
        var (builder, row, codes, chunks) = (new ChunkBuilder(entries), new EventRow(), new NewCodes(ledger.Codes), new List<BuiltChunk>());
        builder.Begin(ledger.NameBytes, chunks.Add);
        var firsts = (long[])(await ScalarAsync("select array_agg(first order by first) from chunk"))!;
        foreach (var (chunk, _) in (await ChunkReader.WholeAsync(_connection, ledger, ledger.Identity.Id, day, firsts, Cancellation)).OrderBy(chunk => chunk.Chunk.First))
        {
            for (var sequence = chunk.First; chunk.Holds(sequence); sequence++)
            {
                var entry = chunk.Entry(sequence);
                row.Read(sequence, entry.Span, ledger.Identity.Salt, codes);
                builder.Add(row, entry.Span);
            }
        }
        builder.Finish();
        await ScalarAsync($"delete from {Partitions.NameOf("chunk", day)}");
        foreach (var chunk in chunks)
        {
            await using var command = new NpgsqlCommand($"insert into chunk (first, ledger, day, count, raw_bytes, data) values ({chunk.First}, {ledger.Identity.Id}, {day}, {chunk.Count}, {chunk.RawBytes}, $1)", _connection);
            command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = chunk.Data });
            await command.ExecuteNonQueryAsync(Cancellation);
        }
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        return await command.ExecuteScalarAsync(Cancellation);
    }

    private Task<PostgresStore> OpenAsync() =>
        PostgresStore.OpenAsync(new() { ConnectionString = _database, RollUpAfter = 50, BlockEvents = 40, Lanes = 2 }, TimeProvider.System, NullLogger.Instance, _meter, Cancellation).AsTask();
}
