using System.Diagnostics.Metrics;
using System.Text;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Server.Move;
using Domesday.TestKit;

namespace Domesday.Server.Tests.Move;

/// <summary>A move says that it cannot carry erased events before it copies anything.</summary>
public sealed class ErasedMoveTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static async Task AppendAsync(MemoryStore store, string tenant)
    {
        using var meter = new Meter("test");
        var events = Enumerable.Range(0, 20).Select(index => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes($$"""{"id":"event-{{index}}","action":"create"}"""));
        Assert.True((await new AppendPipeline(store, EventLimits.Default, TimeProvider.System, new(meter)).AppendAsync(new(tenant, "native", [.. events]), Cancellation)).IsOk);
    }

    private static ValueTask<Problem?> MoveAsync(MemoryStore from, MemoryStore to) =>
        new StoreMove(new(from, from), new(to, to), to, new(), new Dictionary<string, string>(), new Progress<MoveProgress>()).RunAsync(Cancellation);

    [Fact]
    public async Task A_ledger_with_erased_events_is_named_and_nothing_is_moved()
    {
        await using var from = new MemoryStore(TimeProvider.System);
        await using var to = new MemoryStore(TimeProvider.System);
        await AppendAsync(from, "acme");
        await AppendAsync(from, "rival");
        await from.EraseAsync("rival", [3, 4], Cancellation);
        var refused = await MoveAsync(from, to);
        Assert.Equal(ProblemKind.Conflict, refused?.Kind);
        Assert.Contains("rival (2)", refused!.Detail, StringComparison.Ordinal);
        Assert.Empty(to.Tenants);
    }

    [Fact]
    public async Task What_was_erased_and_then_dropped_hinders_no_move()
    {
        await using var from = new MemoryStore(TimeProvider.System);
        await using var to = new MemoryStore(TimeProvider.System);
        await AppendAsync(from, "acme");
        await from.EraseAsync("acme", [3, 4], Cancellation);
        await from.DropAsync("acme", Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow().AddDays(1)), 10, Cancellation);
        Assert.Null(await MoveAsync(from, to));
        Assert.Equal((20L, 10L), (to.Size("acme"), to.Usage("acme").Events));
        Assert.Equal((await from.LeafHashesAsync("acme", 0, 20, Cancellation)).Value, (await to.LeafHashesAsync("acme", 0, 20, Cancellation)).Value);
    }
}
