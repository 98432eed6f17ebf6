using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Merkle;
using Domesday.Events.Schema;

namespace Domesday.Storage.Conformance;

/// <summary>Retention: old events go from the oldest on, and what proofs need of them stays.</summary>
public abstract class DropConformance(IStoreFactory factory) : StoreConformance(factory)
{
    private const long All = long.MaxValue;

    private Timestamp Now => Timestamp.FromDateTimeOffset(Time.GetUtcNow());

    private IDroppedImport Import => (IDroppedImport)Store;

    private async Task AdoptAsync(long first, MerkleHash[] leaves) => Assert.Null(await Import.AdoptDroppedAsync(Tenant, first, leaves, Cancellation));

    private async Task<MerkleHash[]> LeavesAsync() => Value(await Store.LeafHashesAsync(Tenant, 0, (int)Store.Size(Tenant), Cancellation));

    private async Task AppendInRoundsAsync(int rounds)
    {
        var random = new Random(31);
        for (var round = 0; round < rounds; round++)
        {
            await AppendAsync(Enumerable.Range(round * 40, 40).Select(index => At($"e{index}", index)));
            await DisturbAsync(random);
        }
    }

    [Fact]
    public async Task Nothing_young_is_dropped()
    {
        await AppendInRoundsAsync(4);
        Assert.Equal(0, Value(await Store.DropAsync(Tenant, Second(0), All, Cancellation)).Events);
        Assert.Equal(0, Value(await Store.DropAsync("nobody", Now, All, Cancellation)).Events);
        Assert.Equal(160, (await SequencesAsync(EventFilter.All)).Count);
    }

    [Fact]
    public async Task What_no_checkpoint_covers_stays()
    {
        await AppendInRoundsAsync(4);
        await Store.DropAsync(Tenant, new(Now.Microseconds + 1), 0, Cancellation);
        Assert.Equal(160, (await SequencesAsync(EventFilter.All)).Count);
        await Store.DropAsync(Tenant, new(Now.Microseconds + 1), 100, Cancellation);
        Assert.InRange(Store.Usage(Tenant).FirstSequence, 0, 100);
    }

    [Fact]
    public async Task Old_events_go_from_the_oldest_on_and_their_leaves_stay()
    {
        await AppendInRoundsAsync(6);
        var leaves = await LeavesAsync();
        var due = Store.Due(Tenant, Second(120), All);
        var dropped = Value(await Store.DropAsync(Tenant, Second(120), All, Cancellation));
        // Bytes may become fewer in between, when an engine joins what it keeps.
        Assert.Equal((due.Events, due.Bytes > 0), (dropped.Events, dropped.Bytes > 0));
        Assert.InRange(dropped.Events, 0, 120);
        var usage = Store.Usage(Tenant);
        Assert.Equal((dropped.Events, 240L, 240 - dropped.Events), (usage.FirstSequence, usage.Size, usage.Events));
        Assert.Equal(Enumerable.Range((int)dropped.Events, 240 - (int)dropped.Events).Select(sequence => (long)sequence), await SequencesAsync(EventFilter.All));
        Assert.Equal(leaves, await LeavesAsync());
        Assert.Equal(240, Store.Size(Tenant));
        Assert.Equal(default, Store.Due(Tenant, Second(120), All));
        if (dropped.Events > 0) Assert.Equal(ProblemKind.Gone, (await Reader.GetAsync(Whole, dropped.Events - 1, Cancellation)).Problem?.Kind);
        Assert.Equal(ProblemKind.NotFound, (await Reader.GetAsync(Whole, 240, Cancellation)).Problem?.Kind);
    }

    [Fact]
    public async Task The_ledger_goes_on_behind_what_was_dropped()
    {
        await AppendInRoundsAsync(6);
        var dropped = Value(await Store.DropAsync(Tenant, Second(200), All, Cancellation)).Events;
        await DisturbAsync(new Random(3));
        Assert.Equal(dropped, Store.Usage(Tenant).FirstSequence);
        var receipts = await AppendAsync(At("new", 500));
        Assert.Equal(240, receipts[0].Sequence);
        Assert.Equal(241, (await LeavesAsync()).Length);
        Assert.Equal(241 - dropped, Value(await Reader.CountAsync(Whole, EventFilter.All, Cancellation)));
    }

    [Fact]
    public async Task A_ledger_begins_behind_events_that_were_dropped_elsewhere_and_goes_on_like_any_other()
    {
        var dropped = Enumerable.Range(0, 5_000).Select(index => MerkleHash.OfLeaf(BitConverter.GetBytes(index))).ToArray();
        await AdoptAsync(0, dropped[..1]);
        await AdoptAsync(1, dropped[1..4_990]);
        await DisturbAsync(new Random(5));
        await AdoptAsync(4_990, dropped[4_990..]);
        Assert.Equal((5_000L, 5_000L), (Store.Size(Tenant), Store.Usage(Tenant).FirstSequence));
        Assert.Equal(dropped, await LeavesAsync());
        Assert.Contains(Tenant, Store.Tenants);
        var receipts = new List<Receipt>();
        var random = new Random(7);
        for (var round = 0; round < 4; round++)
        {
            receipts.AddRange(await AppendAsync(Enumerable.Range(round * 40, 40).Select(index => At($"e{index}", index))));
            await DisturbAsync(random);
        }
        Assert.Equal(Enumerable.Range(5_000, 160).Select(sequence => (long)sequence), receipts.Select(receipt => receipt.Sequence));
        MerkleHash[] all = [.. dropped, .. receipts.Select(receipt => receipt.LeafHash)];
        Assert.Equal(all, await LeavesAsync());
        Assert.Equal(160, Value(await Reader.CountAsync(Whole, EventFilter.All, Cancellation)));
        Assert.Equal(160, Value(await Reader.FacetsAsync(Whole, EventFilter.All, [EventField.Action], 10, Cancellation)).Fields[0].Values[0].Count);
        Assert.Equal(receipts.Select(receipt => receipt.Sequence), await SequencesAsync(EventFilter.All));
        Assert.Equal(ProblemKind.Gone, (await Reader.GetAsync(Whole, 17, Cancellation)).Problem?.Kind);
        Assert.True((await AppendAsync(At("e0", 0)))[0].Duplicate);
        Assert.Equal((160, 5_000L), (Store.Usage(Tenant).Events, Store.Usage(Tenant).FirstSequence));
    }

    [Fact]
    public async Task Nothing_is_put_before_events_that_are_there()
    {
        await AppendInRoundsAsync(1);
        var leaves = await LeavesAsync();
        foreach (var first in (long[])[0, 40, 41]) Assert.Equal(ProblemKind.Conflict, (await Import.AdoptDroppedAsync(Tenant, first, leaves, Cancellation))?.Kind);
        Assert.Equal(ProblemKind.Conflict, (await Import.AdoptDroppedAsync("another", 1, leaves, Cancellation))?.Kind);
        Assert.Equal(leaves, await LeavesAsync());
        Assert.Equal(0, Store.Size("another"));
    }

    [Fact]
    public async Task A_page_goes_on_where_it_was_when_older_events_are_dropped_meanwhile()
    {
        await AppendInRoundsAsync(6);
        var first = await ListAsync(new() { Limit = 30 });
        var dropped = Value(await Store.DropAsync(Tenant, Second(200), All, Cancellation)).Events;
        var rest = await ListAsync(new() { Limit = 1_000, After = first.Next });
        Assert.Equal(240 - 30 - dropped, rest.Entries.Count);
        Assert.Equal(209, rest.Entries[0].Sequence);
    }
}
