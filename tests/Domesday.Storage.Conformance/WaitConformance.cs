using Domesday.Core.Query;

namespace Domesday.Storage.Conformance;

/// <summary>What those are promised who wait for events.</summary>
public abstract class WaitConformance(IStoreFactory factory) : StoreConformance(factory)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Waiting_for_what_is_there_already_returns_at_once()
    {
        await AppendManyAsync(3);
        await Store.WaitBeyondAsync(Tenant, 2, Cancellation).WaitAsync(Deadline, Cancellation);
    }

    [Fact]
    public async Task Waiting_ends_with_the_event_that_was_waited_for()
    {
        await AppendManyAsync(3);
        var waiting = Store.WaitBeyondAsync(Tenant, 3, Cancellation);
        var further = Store.WaitBeyondAsync(Tenant, 4, Cancellation);
        await AppendToAsync("other", Event("not the one"));
        Assert.False(waiting.IsCompleted);
        await AppendAsync(Event("the one"));
        await waiting.WaitAsync(Deadline, Cancellation);
        Assert.False(further.IsCompleted);
        Assert.Equal(4, Store.Size(Tenant));
        await AppendAsync(Event("another"));
        await further.WaitAsync(Deadline, Cancellation);
    }

    [Fact]
    public async Task Waiting_for_a_ledger_that_is_not_there_yet_ends_with_its_first_event()
    {
        var waiting = Store.WaitBeyondAsync("to come", 0, Cancellation);
        Assert.False(waiting.IsCompleted);
        await AppendToAsync("to come", Event("first"));
        await waiting.WaitAsync(Deadline, Cancellation);
    }

    [Fact]
    public async Task Waiting_can_be_given_up()
    {
        using var given = new CancellationTokenSource();
        var waiting = Store.WaitBeyondAsync(Tenant, 0, given.Token);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Deadline, Cancellation));
    }

    [Fact]
    public async Task Whoever_follows_a_ledger_by_waiting_sees_every_event_once()
    {
        const int writers = 4, each = 50;
        var following = Task.Run(async () =>
        {
            var seen = new List<long>();
            while (seen.Count < writers * each)
            {
                await Store.WaitBeyondAsync(Tenant, seen.Count, Cancellation);
                var filter = new EventFilter { FromSequence = seen.Count };
                seen.AddRange((await ReadAllAsync(filter, EventOrder.Sequence, descending: false)).Select(entry => entry.Sequence));
            }
            return seen;
        });
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++) await AppendAsync(Event($"{writer}/{i}"));
        })));
        Assert.Equal(Enumerable.Range(0, writers * each).Select(index => (long)index), await following.WaitAsync(Deadline, Cancellation));
    }
}
