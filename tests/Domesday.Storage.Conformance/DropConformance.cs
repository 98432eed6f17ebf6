using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Merkle;

namespace Domesday.Storage.Conformance;

/// <summary>Retention: old events go from the oldest on, and what proofs need of them stays.</summary>
public abstract class DropConformance(IStoreFactory factory) : StoreConformance(factory)
{
    private const long All = long.MaxValue;

    private Timestamp Now => Timestamp.FromDateTimeOffset(Time.GetUtcNow());

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
        Assert.Equal(due, dropped);
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
