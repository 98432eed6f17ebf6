using Domesday.Core.Access;
using Domesday.Core.Problems;

namespace Domesday.Server.Tests.Retention;

public sealed class RetentionSweepTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_old_and_sealed_is_dropped_and_nothing_else()
    {
        await using var bench = await SweepBench.CreateAsync();
        await bench.KeepAsync("acme", 7);
        await bench.AppendAsync("acme", 5);
        await bench.SealAsync();
        bench.Time.Advance(TimeSpan.FromDays(1));
        await bench.AppendAsync("acme", 4);
        bench.Time.Advance(TimeSpan.FromDays(6));
        await bench.Sweep.RunAsync(Cancellation);
        Assert.Equal(9, (await bench.KeptAsync("acme")).Count);
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        await bench.Sweep.RunAsync(Cancellation);
        Assert.Equal([5, 6, 7, 8], (await bench.KeptAsync("acme")).Take(4));
        // The next four are old by now, but no checkpoint covers them.
        bench.Time.Advance(TimeSpan.FromDays(30));
        Assert.Equal(0, (await bench.DueAsync("acme")).Due.Events);
        await bench.Sweep.RunAsync(Cancellation);
        Assert.Equal(5, bench.Store.Usage("acme").FirstSequence);
        await bench.SealAsync();
        Assert.InRange((await bench.DueAsync("acme")).Due.Events, 4, 100);
        await bench.Sweep.RunAsync(Cancellation);
        Assert.InRange(bench.Store.Usage("acme").FirstSequence, 9, 100);
        Assert.Equal(0, (await bench.DueAsync("acme")).Due.Events);
    }

    [Fact]
    public async Task Tenants_without_days_the_service_itself_and_quarantines_lose_nothing()
    {
        await using var bench = await SweepBench.CreateAsync();
        await bench.KeepAsync("acme", 1);
        await bench.KeepAsync("other", 1);
        await bench.KeepAsync("other", null);
        string[] ledgers = [TenantName.System, TenantName.QuarantineOf("acme"), "other", "nobody-set-it"];
        foreach (var ledger in ledgers) await bench.AppendAsync(ledger, 5);
        await bench.SealAsync();
        bench.Time.Advance(TimeSpan.FromDays(1_000));
        Assert.True(await bench.Sweep.RunAsync(Cancellation));
        Assert.All(ledgers, ledger => Assert.Equal(0, bench.Store.Usage(ledger).FirstSequence));
        Assert.Equal(ProblemKind.Conflict, (await bench.Policies.SetAsync(Core.Control.ChangeAuthor.Service, TenantName.System, new() { Days = 1 }, null, Cancellation)).Problem?.Kind);
    }
}
