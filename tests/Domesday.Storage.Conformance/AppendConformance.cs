using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Merkle;

namespace Domesday.Storage.Conformance;

/// <summary>What a writer is promised.</summary>
public abstract class AppendConformance(IStoreFactory factory) : StoreConformance(factory)
{
    [Fact]
    public async Task Receipts_name_id_sequence_and_the_hash_of_the_bytes_that_are_kept()
    {
        var receipts = await AppendAsync(Event("first"), Event("second \"é\" \\ 😀"), Event("third"));
        Assert.Equal(["first", "second \"é\" \\ 😀", "third"], receipts.Select(receipt => receipt.Id));
        Assert.Equal([0, 1, 2], receipts.Select(receipt => receipt.Sequence));
        foreach (var receipt in receipts)
        {
            var entry = Value(await Reader.GetAsync(Whole, receipt.Sequence, Cancellation));
            Assert.Equal(MerkleHash.OfLeaf(entry.Bytes.Span), receipt.LeafHash);
            Assert.False(receipt.Duplicate);
        }
    }

    [Fact]
    public async Task What_is_kept_is_the_canonical_event_with_its_sequence()
    {
        await AppendManyAsync(3);
        var written = Event("with everything") with
        {
            Time = Second(1),
            Service = "network",
            Labels = new Dictionary<string, string> { ["a"] = "ä\n\"\\" },
            Outcome = new() { Result = OutcomeResult.Failure, Status = 403 },
        };
        var batch = Batch(Tenant, written);
        await AppendAsync(Tenant, batch);
        var expected = new byte[batch.Entries[0].LengthWith(3)];
        batch.Entries[0].Write(batch.Buffer.Span, 3, expected);
        var entry = Value(await Reader.GetAsync(Whole, 3, Cancellation));
        Assert.Equal(expected, entry.Bytes.ToArray());
        Assert.Equal((Tenant, 3L), (entry.Tenant, entry.Sequence));
        Assert.Equal(CanonicalJson.Canonicalize(expected), expected);
        Assert.Equal(3, EventJson.Read(expected).Sequence);
    }

    [Fact]
    public async Task An_event_is_found_as_soon_as_it_is_acknowledged()
    {
        for (var i = 0; i < 50; i++)
        {
            var receipt = (await AppendAsync(Event($"e{i}")))[0];
            Assert.Equal(i, (await ListAsync(new() { Limit = 1 })).Entries[0].Sequence);
            Assert.Equal(receipt.Sequence, Value(await Reader.FindAsync(Whole, $"e{i}", Cancellation)).Sequence);
            Assert.Equal(i + 1, Store.Size(Tenant));
        }
    }

    [Fact]
    public async Task The_same_id_again_is_stored_once_and_gets_its_first_receipt_again()
    {
        var first = (await AppendAsync(Event("same"), Event("other")))[0];
        var again = await AppendAsync(Event("new"), Event("same", "delete"), Event("newer"));
        Assert.Equal(first with { Duplicate = true }, again[1]);
        Assert.Equal([2, 0, 3], again.Select(receipt => receipt.Sequence));
        Assert.Equal(4, Store.Size(Tenant));
        Assert.Equal("create", EventJson.Read(Value(await Reader.GetAsync(Whole, 0, Cancellation)).Bytes.Span).Action);
    }

    [Fact]
    public async Task The_same_id_twice_in_one_batch_is_stored_once()
    {
        var receipts = await AppendAsync(Event("a"), Event("same"), Event("same", "delete"), Event("b"), Event("same"));
        Assert.Equal([0, 1, 1, 2, 1], receipts.Select(receipt => receipt.Sequence));
        Assert.Equal([false, false, true, false, true], receipts.Select(receipt => receipt.Duplicate));
        Assert.Equal(receipts[1] with { Duplicate = true }, receipts[2]);
        Assert.Equal(3, Store.Size(Tenant));
    }

    [Fact]
    public async Task A_batch_of_nothing_but_duplicates_stores_nothing()
    {
        await AppendManyAsync(5);
        var again = await AppendManyAsync(5);
        Assert.All(again, receipt => Assert.True(receipt.Duplicate));
        Assert.Equal(5, Store.Size(Tenant));
    }

    [Fact]
    public async Task The_same_id_in_another_tenant_is_another_event()
    {
        await AppendToAsync("one", Event("same"));
        var receipt = (await AppendToAsync("two", Event("same")))[0];
        Assert.False(receipt.Duplicate);
        Assert.Equal((1, 1), (Store.Size("one"), Store.Size("two")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Ids_that_came_long_ago_are_known_however_the_store_keeps_them_now(int seed)
    {
        var random = new Random(seed);
        var first = new List<MerkleHash>();
        for (var round = 0; round < 6; round++)
        {
            first.AddRange((await AppendAsync(Enumerable.Range(round * 40, 40).Select(index => Event($"id {index}")))).Select(receipt => receipt.LeafHash));
            await DisturbAsync(random);
        }
        var order = Enumerable.Range(0, first.Count).ToArray();
        random.Shuffle(order);
        var again = await AppendAsync(order.Select(index => Event($"id {index}", "delete")));
        Assert.All(again, receipt => Assert.True(receipt.Duplicate));
        Assert.Equal(order.Select(index => (long)index), again.Select(receipt => receipt.Sequence));
        Assert.Equal(order.Select(index => first[index]), again.Select(receipt => receipt.LeafHash));
        Assert.Equal(first.Count, Store.Size(Tenant));
    }

    [Fact]
    public async Task Sequences_stay_without_gaps_when_many_write_at_once()
    {
        const int writers = 16, batches = 20;
        var receipts = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            var own = new List<long>();
            for (var batch = 0; batch < batches; batch++)
            {
                var stored = await AppendAsync(Enumerable.Range(0, 1 + batch % 4).Select(index => Event($"{writer}/{batch}/{index}")));
                own.AddRange(stored.Select(receipt => receipt.Sequence));
            }
            return own;
        })));
        var all = receipts.SelectMany(own => own).Order().ToList();
        Assert.Equal(Enumerable.Range(0, all.Count).Select(index => (long)index), all);
        Assert.All(receipts, own => Assert.Equal(own.Order(), own));
        Assert.Equal(all.Count, (await ListAsync(new() { Total = true, Limit = 1 })).Total);
    }

    [Fact]
    public async Task One_id_sent_by_many_at_once_is_stored_once_and_all_get_the_same_receipt()
    {
        for (var round = 0; round < 10; round++)
        {
            var id = $"contended {round}";
            var receipts = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () => (await AppendAsync(Event(id)))[0])));
            Assert.Single(receipts, receipt => !receipt.Duplicate);
            Assert.Single(receipts.Select(receipt => receipt with { Duplicate = false }).Distinct());
        }
        Assert.Equal(10, Store.Size(Tenant));
    }

    [Fact]
    public async Task Readers_beside_writers_see_a_ledger_without_holes()
    {
        using var done = new CancellationTokenSource();
        var acknowledged = 0L;
        var writers = Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var batch = 0; batch < 25; batch++)
            {
                var highest = (await AppendAsync(Enumerable.Range(0, 3).Select(index => Event($"{writer}/{batch}/{index}"))))[^1].Sequence;
                InterlockedMax(ref acknowledged, highest + 1);
            }
        })).ToList();
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                var before = Interlocked.Read(ref acknowledged);
                var page = await ListAsync(new() { Limit = 10_000, Descending = false, Total = true });
                Assert.Equal(Enumerable.Range(0, page.Entries.Count).Select(index => (long)index), page.Entries.Select(entry => entry.Sequence));
                Assert.Equal(page.Entries.Count, page.Total);
                Assert.True(page.Entries.Count >= before, $"{page.Entries.Count} events seen after {before} were acknowledged");
            }
        })).ToList();
        await Task.WhenAll(writers);
        await done.CancelAsync();
        await Task.WhenAll(readers);
    }

    [Fact]
    public async Task What_the_size_counts_can_be_read()
    {
        using var done = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var batch = 0; batch < 40; batch++) await AppendAsync(Event($"{writer}/{batch}"), Event($"{writer}/{batch} too"));
        })).ToList();
        var follower = Task.Run(async () =>
        {
            for (var next = 0L; !done.IsCancellationRequested;)
            {
                var size = Store.Size(Tenant);
                var read = await ReadAllAsync(new EventFilter { FromSequence = next, ToSequence = size }, EventOrder.Sequence, descending: false);
                Assert.Equal(size - next, read.Count);
                next = size;
            }
        });
        await Task.WhenAll(writers);
        await done.CancelAsync();
        await follower;
    }

    [Fact]
    public async Task Entries_of_the_largest_size_are_kept_whole()
    {
        var probe = Batch(Tenant, Event("large") with { Operation = "x" });
        var text = new string('x', EventLimits.EntryBytesMax - probe.Entries[0].LengthWith(0) + 1);
        var batch = Batch(Tenant, Event("large") with { Operation = text });
        Assert.Equal(EventLimits.EntryBytesMax, batch.Entries[0].LengthWith(0));
        var receipt = (await AppendAsync(Tenant, batch))[0];
        var entry = Value(await Reader.GetAsync(Whole, 0, Cancellation));
        Assert.Equal(EventLimits.EntryBytesMax, entry.Bytes.Length);
        Assert.Equal(receipt.LeafHash, MerkleHash.OfLeaf(entry.Bytes.Span));
    }

    [Fact]
    public async Task A_large_batch_is_kept_in_its_order()
    {
        const int count = 5_000;
        var receipts = await AppendManyAsync(count);
        Assert.Equal(Enumerable.Range(0, count).Select(index => (long)index), receipts.Select(receipt => receipt.Sequence));
        var entries = await ReadAllAsync(EventFilter.All, EventOrder.Sequence, descending: false);
        Assert.Equal(Enumerable.Range(0, count).Select(index => $"e{index}"), entries.Select(IdOf));
    }

    [Fact]
    public async Task Ledgers_appear_with_their_first_event_and_not_by_being_asked_for()
    {
        Assert.Equal(0, Store.Size("nobody"));
        Assert.Empty((await ListAsync(new(), AccessScope.WholeTenant("nobody"))).Entries);
        await AppendToAsync("acme", Event("e"));
        await AppendToAsync(TenantName.QuarantineOf("acme"), Event("e"));
        Assert.Equal(["acme", TenantName.QuarantineOf("acme")], Store.Tenants.Order());
    }

    [Fact]
    public async Task Leaf_hashes_are_those_of_the_entries_in_every_range()
    {
        var random = new Random(7);
        for (var round = 0; round < 5; round++)
        {
            await AppendAsync(Enumerable.Range(round * 30, 30).Select(index => Event($"e{index}")));
            await DisturbAsync(random);
        }
        var expected = (await ReadAllAsync(EventFilter.All, EventOrder.Sequence, descending: false)).Select(entry => MerkleHash.OfLeaf(entry.Bytes.Span)).ToArray();
        foreach (var (first, count) in new[] { (0, 150), (0, 1), (149, 1), (29, 2), (31, 100), (75, 0) })
        {
            Assert.Equal(expected.AsSpan(first, count).ToArray(), Value(await Store.LeafHashesAsync(Tenant, first, count, Cancellation)));
        }
    }

    [Fact]
    public async Task An_unknown_sequence_or_id_is_not_found()
    {
        await AppendManyAsync(3);
        foreach (var sequence in new[] { 3, 4, long.MaxValue - 1, -1, long.MinValue })
        {
            Assert.Equal(ProblemKind.NotFound, (await Reader.GetAsync(Whole, sequence, Cancellation)).Problem?.Kind);
        }
        Assert.Equal(ProblemKind.NotFound, (await Reader.FindAsync(Whole, "e3", Cancellation)).Problem?.Kind);
        Assert.Equal(ProblemKind.NotFound, (await Reader.FindAsync(Whole, "", Cancellation)).Problem?.Kind);
        Assert.Equal(ProblemKind.NotFound, (await Reader.GetAsync(AccessScope.WholeTenant("nobody"), 0, Cancellation)).Problem?.Kind);
    }

    private static void InterlockedMax(ref long target, long value)
    {
        var seen = Interlocked.Read(ref target);
        while (seen < value && Interlocked.CompareExchange(ref target, value, seen) is var now && now != seen) seen = now;
    }
}
