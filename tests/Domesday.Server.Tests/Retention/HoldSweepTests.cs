using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Events;

namespace Domesday.Server.Tests.Retention;

/// <summary>What a legal hold is about stays, whatever retention says.</summary>
public sealed class HoldSweepTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static async Task<SweepBench> OldAsync()
    {
        var bench = await SweepBench.CreateAsync();
        await bench.KeepAsync("acme", 7);
        await bench.AppendAsync("acme", 5);
        bench.Time.Advance(TimeSpan.FromDays(1));
        await bench.AppendAsync("acme", 1, "delete");
        await bench.AppendAsync("acme", 4);
        await bench.SealAsync();
        bench.Time.Advance(TimeSpan.FromDays(100));
        return bench;
    }

    [Fact]
    public async Task A_hold_keeps_the_oldest_event_it_is_about_and_all_after_it_until_it_is_released()
    {
        await using var bench = await OldAsync();
        var hold = await bench.HoldAsync("acme", filter: "action=delete");
        var due = await bench.DueAsync("acme");
        Assert.Equal((5, 5, 5), (due.Due.Events, due.Held.Events, due.HeldFrom));
        await bench.Sweep.RunAsync(Cancellation);
        Assert.Equal(5, bench.Store.Usage("acme").FirstSequence);
        bench.Time.Advance(TimeSpan.FromDays(3_650));
        await bench.Sweep.RunAsync(Cancellation);
        Assert.Equal(5, bench.Store.Usage("acme").FirstSequence);
        Assert.True((await bench.Holds.ReleaseAsync(ChangeAuthor.Service, "acme", hold.Id, "the case is closed", Cancellation)).IsOk);
        Assert.Null((await bench.DueAsync("acme")).HeldFrom);
        await bench.Sweep.RunAsync(Cancellation);
        Assert.InRange(bench.Store.Usage("acme").FirstSequence, 10, 100);
    }

    [Fact]
    public async Task Of_several_holds_each_keeps_what_it_is_about()
    {
        await using var bench = await OldAsync();
        var deletions = await bench.HoldAsync("acme", filter: "action=delete");
        var all = await bench.HoldAsync("acme");
        Assert.Equal(0, (await bench.DueAsync("acme")).HeldFrom);
        await bench.Sweep.RunAsync(Cancellation);
        Assert.Equal(0, bench.Store.Usage("acme").FirstSequence);
        Assert.True((await bench.Holds.ReleaseAsync(ChangeAuthor.Service, "acme", all.Id, "too wide", Cancellation)).IsOk);
        await bench.Sweep.RunAsync(Cancellation);
        Assert.Equal(5, bench.Store.Usage("acme").FirstSequence);
        Assert.Equal([deletions.Id], bench.Holds.Of("acme", released: false).Select(hold => hold.Id));
        Assert.Equal([deletions.Id, all.Id], bench.Holds.Of("acme", released: true).Select(hold => hold.Id));
    }

    [Fact]
    public async Task A_hold_of_a_time_keeps_what_happened_then_and_not_what_was_before()
    {
        await using var bench = await OldAsync();
        var second = Timestamp.FromDateTimeOffset(bench.Time.GetUtcNow().AddDays(-100));
        await bench.HoldAsync("acme", from: second, to: new(second.Microseconds + 1_000_000));
        Assert.Equal(5, (await bench.DueAsync("acme")).HeldFrom);
        await using var other = await OldAsync();
        await other.HoldAsync("acme", to: second);
        Assert.Equal(0, (await other.DueAsync("acme")).HeldFrom);
    }

    [Fact]
    public async Task A_hold_of_one_tenant_keeps_nothing_of_another_and_is_not_found_there()
    {
        await using var bench = await OldAsync();
        await bench.AppendAsync("other", 3);
        var hold = await bench.HoldAsync("other");
        await bench.Sweep.RunAsync(Cancellation);
        Assert.Equal(10, bench.Store.Usage("acme").FirstSequence);
        Assert.Equal(ProblemKind.NotFound, bench.Holds.Find("acme", hold.Id).Problem?.Kind);
        Assert.Equal(ProblemKind.NotFound, (await bench.Holds.ReleaseAsync(ChangeAuthor.Service, "acme", hold.Id, "not mine", Cancellation)).Problem?.Kind);
    }

    [Fact]
    public async Task A_hold_that_makes_no_sense_is_refused_and_a_released_one_stays_released()
    {
        await using var bench = await OldAsync();
        var now = Timestamp.FromDateTimeOffset(bench.Time.GetUtcNow());
        Assert.Equal("to", (await bench.Holds.PlaceAsync(ChangeAuthor.Service, "acme", new("c", "r", now, now, null), Cancellation)).Problem?.Field);
        Assert.Equal("filter", (await bench.Holds.PlaceAsync(ChangeAuthor.Service, "acme", new("c", "r", null, null, "nonsense"), Cancellation)).Problem?.Field);
        Assert.Equal(ProblemKind.Conflict, (await bench.Holds.PlaceAsync(ChangeAuthor.Service, TenantName.System, new("c", "r", null, null, null), Cancellation)).Problem?.Kind);
        var hold = await bench.HoldAsync("acme");
        Assert.True((await bench.Holds.ReleaseAsync(ChangeAuthor.Service, "acme", hold.Id, "over", Cancellation)).IsOk);
        Assert.Equal(ProblemKind.Conflict, (await bench.Holds.ReleaseAsync(ChangeAuthor.Service, "acme", hold.Id, "again", Cancellation)).Problem?.Kind);
    }
}
