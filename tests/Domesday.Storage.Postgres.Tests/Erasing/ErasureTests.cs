using System.Diagnostics.Metrics;
using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Schema;
using Domesday.Storage.Conformance;
using Domesday.Storage.Postgres.Blocks;
using Domesday.Storage.Postgres.Ledgers;
using Domesday.Storage.Postgres.Reading;
using Domesday.Storage.Postgres.Tests.Faults;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Domesday.Storage.Postgres.Tests.Erasing;

/// <summary>What is erased is gone from every node at once, and soon from every table.</summary>
public sealed class ErasureTests : IAsyncLifetime
{
    private const string Secret = "s3cret0b7e";
    private const string Acme = "acme";

    private readonly Meter _meter = new("test");
    private readonly AccessScope _scope = AccessScope.WholeTenant(Acme);
    private string _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await (await SharedServer.Server).NewDatabaseAsync();

    public ValueTask DisposeAsync()
    {
        _meter.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    public async Task What_an_erased_event_said_is_in_no_table(bool isJoined, int spreads)
    {
        // Spread once it lies in buckets, too; spread twice in nothing else.
        await using var store = await OpenAsync(buckets: spreads == 0 ? 0 : 3);
        var body = Encoding.UTF8.GetBytes($"{Secret} {new string('x', 5_000)}");
        var events = Enumerable.Range(0, 200).Select(index => index % 7 == 3 ? Telling(index) : Plain(index)).ToList();
        await store.AppendAsync(Acme, PendingBatches.Of(Acme, TimeProvider.System.GetUtcNow(), events, (3, body)), Cancellation);
        if (isJoined) await store.JoinAsync(Cancellation);
        for (var spread = 0; spread < spreads; spread++) await store.TidyAsync(Cancellation);
        Assert.Equal(spreads > 0, await ScalarAsync("select cardinality(buckets) > 0 from ledger"));
        var before = await TableScan.FindAsync(_database, Secret, Cancellation);
        Assert.Contains("dictionary", before);
        Assert.Contains(before, table => table.StartsWith("chunk_", StringComparison.Ordinal));
        Assert.Contains(before, table => table.StartsWith("attachment_", StringComparison.Ordinal));
        var told = Enumerable.Range(0, 200).Where(index => index % 7 == 3).Select(index => (long)index).ToArray();
        Assert.Equal(told.Length, await EraseAsync(store, told));
        await DoneAsync(store);
        Assert.Empty(await TableScan.FindAsync(_database, Secret, Cancellation));
        await NothingInBlocksAsync(told);
        Assert.Equal(200 - told.Length, (await ReadAsync(store)).Count);
    }

    [Fact]
    public async Task Another_node_hides_at_once_what_it_holds_in_memory()
    {
        await using var eraser = await OpenAsync();
        await using var other = await OpenAsync();
        var receipts = await AppendAsync(other, Enumerable.Range(0, 100).Select(index => index is 20 or 50 ? Telling(index) : Plain(index)));
        // Entries that it has just committed, columns of blocks and the dictionary are in its memory now.
        Assert.Equal(100, (await ReadAsync(other, 0, 100)).Count);
        Assert.Equal(2, (await other.Reader.CountAsync(_scope, About(Secret), Cancellation)).Value);
        await eraser.WaitBeyondAsync(Acme, 99, Cancellation);
        Assert.Equal(2, await EraseAsync(eraser, 20, 50));
        Assert.Equal(98, (await ReadAsync(other, 0, 100)).Count);
        foreach (var store in (PostgresStore[])[other, eraser])
        {
            Assert.Equal(0, (await store.Reader.CountAsync(_scope, About(Secret), Cancellation)).Value);
            Assert.Equal(98, (await store.Reader.CountAsync(_scope, EventFilter.All, Cancellation)).Value);
            Assert.Equal(ProblemKind.Gone, (await store.Reader.GetAsync(_scope, 50, Cancellation)).Problem?.Kind);
            Assert.Equal(ProblemKind.Gone, (await store.Reader.FindAsync(_scope, "e20", Cancellation)).Problem?.Kind);
            Assert.DoesNotContain((await store.Reader.FacetsAsync(_scope, EventFilter.All, [EventField.ActorName], 100, Cancellation)).Value.Fields[0].Values, value => value.Value.Contains(Secret, StringComparison.Ordinal));
            Assert.Equal(receipts.Select(receipt => receipt.LeafHash), (await store.LeafHashesAsync(Acme, 0, 100, Cancellation)).Value);
        }
    }

    [Fact]
    public async Task An_event_is_erased_by_a_node_that_has_not_heard_of_its_ledger_yet()
    {
        await using var first = await OpenAsync();
        await using var second = await PostgresStore.OpenAsync(new() { ConnectionString = _database, Poll = TimeSpan.FromHours(1) }, TimeProvider.System, NullLogger.Instance, _meter, Cancellation);
        await AppendAsync(first, [Telling(0), Plain(1)]);
        Assert.Equal(1, await EraseAsync(second, 0));
        Assert.Equal(1, Assert.Single(await ReadAsync(second)).Sequence);
    }

    [Fact]
    public async Task A_value_that_was_forgotten_may_come_again_on_every_node()
    {
        await using var first = await OpenAsync();
        await using var second = await OpenAsync();
        var receipts = new List<Receipt>();
        for (var round = 0; round < 4; round++)
        {
            // Both nodes know the value's code when it goes.
            receipts.AddRange(await AppendAsync(round % 2 == 0 ? first : second, [Telling(2 * round), Plain(2 * round + 1)]));
            Assert.Equal(1, (await first.Reader.CountAsync(_scope, About(Secret), Cancellation)).Value);
            Assert.Equal(1, (await second.Reader.CountAsync(_scope, About(Secret), Cancellation)).Value);
            await EraseAsync(round % 2 == 0 ? second : first, 2 * round);
            await DoneAsync(first);
            Assert.DoesNotContain("dictionary", await TableScan.FindAsync(_database, Secret, Cancellation));
        }
        receipts.AddRange(await AppendAsync(second, [Telling(8)]));
        await using var third = await OpenAsync();
        foreach (var store in (PostgresStore[])[first, second, third])
        {
            Assert.Equal([1, 3, 5, 7, 8], (await ReadAsync(store)).Select(entry => entry.Sequence));
            Assert.Equal(8, Assert.Single((await store.Reader.ListAsync(_scope, new() { Filter = About(Secret) }, Cancellation)).Value.Entries).Sequence);
            Assert.Equal(receipts.Select(receipt => receipt.LeafHash), (await store.LeafHashesAsync(Acme, 0, 9, Cancellation)).Value);
        }
    }

    [Fact]
    public async Task A_node_that_dies_over_an_erasure_is_followed_by_another_one()
    {
        const int Events = 6_000;
        var server = await SharedServer.Server;
        var relay = new CuttableRelay(server.Port);
        var dying = await OpenAsync(_database.Replace($"Port={server.Port}", $"Port={relay.Port}", StringComparison.Ordinal));
        var receipts = await AppendAsync(dying, Enumerable.Range(0, Events).Select(index => index % 2 == 0 ? Telling(index) : Plain(index)));
        await dying.JoinAsync(Cancellation);
        // Who takes the bytes out of the last chunk waits for this.
        await using var held = new NpgsqlConnection(_database);
        await held.OpenAsync(Cancellation);
        await using var hold = await held.BeginTransactionAsync(Cancellation);
        await using (var last = new NpgsqlCommand("select first from chunk order by first desc limit 1 for update", held)) Assert.NotNull(await last.ExecuteScalarAsync(Cancellation));
        Assert.Equal(Events / 2, await EraseAsync(dying, [.. Enumerable.Range(0, Events / 2).Select(index => 2L * index)]));
        while (await ScalarAsync("select scrubbed from erased where scrubbed > 0 limit 1") is null) await Task.Delay(10, Cancellation);
        await relay.DisposeAsync();
        Assert.Equal(true, await ScalarAsync("select not done from erased limit 1"));
        await using var heir = await OpenAsync();
        Assert.Equal(Events / 2, (await heir.Reader.CountAsync(_scope, EventFilter.All, Cancellation)).Value);
        await hold.RollbackAsync(Cancellation);
        await DoneAsync(heir);
        Assert.Empty(await TableScan.FindAsync(_database, Secret, Cancellation));
        Assert.Equal(Events / 2, (await ReadAsync(heir)).Count);
        Assert.Equal(receipts.Select(receipt => receipt.LeafHash), (await heir.LeafHashesAsync(Acme, 0, Events, Cancellation)).Value);
        await dying.DisposeAsync();
    }

    [Fact]
    public async Task A_database_of_an_earlier_build_is_opened_and_erased_from()
    {
        await using (var store = await OpenAsync()) await AppendAsync(store, Enumerable.Range(0, 100).Select(Telling));
        // As the step before left it.
        await ScalarAsync("drop table erased");
        await ScalarAsync("alter table ledger drop column erasures, drop column erased, drop column pending, drop column forgotten");
        await ScalarAsync("delete from schema_migration where number >= 5");
        await using var opened = await OpenAsync();
        Assert.Equal(99, await EraseAsync(opened, [.. Enumerable.Range(0, 99).Select(index => (long)index)]));
        await DoneAsync(opened);
        Assert.Equal(99, Assert.Single(await ReadAsync(opened)).Sequence);
        Assert.Equal(new LedgerErasures(99, 0), opened.Erasures(Acme));
    }

    [Fact]
    public async Task A_replica_that_has_not_heard_of_an_erasure_is_not_asked()
    {
        Assert.SkipWhen(PostgresServer.Programs is null, "PostgreSQL is not installed: apt-get install postgresql-15");
        await using var primary = await PostgresServer.StartAsync();
        var database = await primary.NewDatabaseAsync();
        await using var standby = await primary.StandbyAsync("replica");
        var replica = standby.ConnectionString(new NpgsqlConnectionStringBuilder(database).Database!);
        await using var store = await PostgresStore.OpenAsync(new() { ConnectionString = database, ReadConnectionString = replica }, TimeProvider.System, NullLogger.Instance, _meter, Cancellation);
        await AppendAsync(store, [Telling(0), Plain(1)]);
        var name = new NpgsqlConnectionStringBuilder(database).Database!;
        while (await standby.ExecuteAsync(name, "select sum(size) from ledger") is not 2m) await Task.Delay(20, Cancellation);
        await standby.ExecuteAsync(name, "select pg_wal_replay_pause()");
        await EraseAsync(store, 0);
        Assert.Equal(2L, await standby.ExecuteAsync(name, "select size - erased from ledger"));
        for (var attempt = 0; attempt < 2; attempt++)
        {
            Assert.Equal(1, (await store.Reader.CountAsync(_scope, EventFilter.All, Cancellation)).Value);
            Assert.Equal(ProblemKind.Gone, (await store.Reader.GetAsync(_scope, 0, Cancellation)).Problem?.Kind);
            Assert.Equal(1, Assert.Single(await ReadAsync(store)).Sequence);
            await standby.ExecuteAsync(name, "select pg_wal_replay_resume()");
            while (await standby.ExecuteAsync(name, "select sum(pending + abs(erased - 1)) from ledger") is not 0m) await Task.Delay(20, Cancellation);
        }
    }

    [Fact]
    public async Task Events_that_are_stored_while_others_are_erased_read_the_same_on_every_node()
    {
        const int Rounds = 40;
        await using var first = await OpenAsync();
        await using var second = await OpenAsync();
        var (kept, all) = (new SortedDictionary<long, Receipt>(), new SortedDictionary<long, Receipt>());
        async Task WriteAsync(PostgresStore store, PostgresStore eraser, int writer)
        {
            for (var round = 0; round < Rounds; round++)
            {
                // The same few values come, go and come again.
                var receipts = await AppendAsync(store, Enumerable.Range(0, 5).Select(index => Plain(index) with { Id = $"{writer}/{round}/{index}", Actor = new() { Name = $"{Secret} {(round + index) % 4}" } }));
                lock (all)
                {
                    foreach (var receipt in receipts) all.Add(receipt.Sequence, receipt);
                    if (round % 3 == 2) foreach (var receipt in receipts) kept.Add(receipt.Sequence, receipt);
                }
                if (round % 3 != 2) Assert.Equal(5, await EraseAsync(eraser, [.. receipts.Select(receipt => receipt.Sequence)]));
            }
        }
        await Task.WhenAll(WriteAsync(first, second, 0), WriteAsync(first, first, 1), WriteAsync(second, first, 2), WriteAsync(second, second, 3));
        await DoneAsync(first);
        await using var third = await OpenAsync();
        foreach (var store in (PostgresStore[])[first, second, third])
        {
            var read = await ReadAsync(store);
            Assert.Equal(kept.Keys, read.Select(entry => entry.Sequence));
            Assert.Equal(kept.Values.Select(receipt => receipt.LeafHash), read.Select(entry => Events.Merkle.MerkleHash.OfLeaf(entry.Bytes.Span)));
            Assert.Equal(all.Values.Select(receipt => receipt.LeafHash), (await store.LeafHashesAsync(Acme, 0, all.Count, Cancellation)).Value);
            Assert.Equal(kept.Count, (await store.Reader.FacetsAsync(_scope, EventFilter.All, [EventField.ActorName], 100, Cancellation)).Value.Fields[0].Values.Sum(value => value.Count));
        }
    }

    private static AuditEvent Plain(int index) => new() { Id = $"e{index}", Action = "create", Service = $"service {index % 3}", Actor = new() { Name = $"user {index % 5}" }, Resource = new() { Id = $"r{index}" } };

    private static AuditEvent Telling(int index) => Plain(index) with
    {
        Actor = new() { Name = $"{Secret} {index % 2}" },
        Resource = new() { Id = $"{Secret}/{index}", Name = Secret },
        Reason = new() { Text = $"because of {Secret}" },
        Request = new() { Uri = $"/{Secret}/{index}" },
    };

    private static EventFilter About(string text) => new() { Conditions = [new(EventField.ActorName, MatchKind.StartsWith, [text])] };

    private static async Task<IReadOnlyList<Receipt>> AppendAsync(PostgresStore store, IEnumerable<AuditEvent> events) =>
        (await store.AppendAsync(Acme, PendingBatches.Of(Acme, TimeProvider.System.GetUtcNow(), events), Cancellation)).Value;

    private static async Task<long> EraseAsync(PostgresStore store, params long[] sequences) => (await store.EraseAsync(Acme, sequences, Cancellation)).Value;

    /// <summary>Waits until a node knows that the bytes have left the tables, whoever took them out.</summary>
    private async Task DoneAsync(PostgresStore store)
    {
        while (await ScalarAsync("select count(*) from ledger where pending > 0") is not 0L || store.Erasures(Acme).Pending > 0) await Task.Delay(20, Cancellation);
    }

    private async Task<List<StoredEntry>> ReadAsync(PostgresStore store, long? from = null, long? to = null)
    {
        var entries = new List<StoredEntry>();
        await foreach (var batch in store.Reader.ReadAsync(_scope, new() { FromSequence = from, ToSequence = to }, EventOrder.Sequence, false, Cancellation)) entries.AddRange(batch);
        return entries;
    }

    private async Task NothingInBlocksAsync(long[] erased)
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync(Cancellation);
        var looked = 0;
        using var cache = new BlockCache(0);
        var ledger = new Ledger(Acme, new(), new(), cache) { Identity = new(1, []) };
        ledger.LearnBuckets((int[])(await ScalarAsync("select buckets from ledger"))!);
        foreach (var day in await LeafReader.DaysAsync(connection, 1, Cancellation))
        {
            foreach (var (_, block) in await BlockReader.RunAsync(connection, ledger, day.Day, new(0, long.MaxValue, 0, 0), BlockColumns.All, Cancellation))
            {
                foreach (var index in erased.Select(sequence => (int)(sequence - block.First)).Where(index => index >= 0 && index < block.Count))
                {
                    looked++;
                    Assert.All(Enumerable.Range(0, Columns.EventColumns.Coded.Count), place => Assert.Equal(0, block.Code(place, index)));
                    Assert.All(Enumerable.Range(0, Columns.EventColumns.Hashed.Count), place => Assert.Equal(0, block.Hash(place, index)));
                }
            }
        }
        Assert.Equal(erased.Length, looked);
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancellation);
    }

    // So few that there are blocks, roll-ups, and what is in neither yet.
    private Task<PostgresStore> OpenAsync(string? database = null, int buckets = 0) =>
        PostgresStore.OpenAsync(new() { ConnectionString = database ?? _database, RollUpAfter = 50, BlockEvents = 40, Lanes = 2, Buckets = buckets, BucketsFrom = 0, BucketStripeEvents = 40 }, TimeProvider.System, NullLogger.Instance, _meter, Cancellation).AsTask();
}
