using System.Net;
using Domesday.Core.Access;
using Domesday.Core.Erasures;
using Domesday.Core.Problems;
using Domesday.Ingest;
using Domesday.TestKit;
using Microsoft.Extensions.DependencyInjection;
using static Domesday.Server.Tests.Erasures.ErasureBench;

namespace Domesday.Server.Tests.Erasures;

/// <summary>What was recorded and not carried out is carried out later, whatever came in between.</summary>
public sealed class UnfinishedErasureTests
{
    private static readonly Problem Full = new(ProblemKind.Unavailable, "The disk is full.");

    private static Task<TestService> ServiceAsync(MemoryStore store, UnableStore unable, TestFolder folder) => TestService.StartAsync(store, asStore: unable, sources: IngestCatalog.Sources, data: folder);

    /// <summary>Completes when the newest erasure has a state.</summary>
    private static async Task StateAsync(TestService service, string state)
    {
        while ((await TestService.GetAsync(service.Admin, Route))["erasures"]![0]!["state"]!.GetValue<string>() != state) await Task.Delay(20, Cancellation);
    }

    [Fact]
    public async Task An_erasure_that_the_store_could_not_do_waits_and_the_next_start_carries_it_out()
    {
        using var folder = new TestFolder();
        var store = new MemoryStore(TimeProvider.System);
        await using (var service = await ServiceAsync(store, new(store) { Instead = () => Full }, folder))
        {
            await service.SendAsync(Event("j1", "jane"), Event("o1", "otto"));
            var waits = await service.EraseAsync(Wish("actor_name=jane"), HttpStatusCode.Accepted);
            Assert.Equal(("pending", "The disk is full."), (waits["state"]!.GetValue<string>(), waits["problem"]!.GetValue<string>()));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(service.Admin, "/audit/v1/events/j1"));
            Assert.DoesNotContain(await service.EventsAsync(TenantName.System), kept => kept.Operation == "control.erasure.complete");
        }
        await using var again = await ServiceAsync(store, new(store), folder);
        await StateAsync(again, "erased");
        Assert.Equal(HttpStatusCode.Gone, await StatusAsync(again.Admin, "/audit/v1/events/j1"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(again.Admin, "/audit/v1/events/o1"));
        Assert.Equal("domesday", (await again.EventAsync("default", kept => kept.Operation == "control.erasure.complete")).Actor!.Name);
    }

    [Fact]
    public async Task A_stop_after_the_events_went_and_before_that_was_recorded_counts_them_all_the_same()
    {
        using var folder = new TestFolder();
        var store = new MemoryStore(TimeProvider.System);
        await using (var service = await ServiceAsync(store, new(store) { Instead = () => throw new IOException("The connection was lost.") }, folder))
        {
            await service.SendAsync(Event("j1", "jane"), Event("j2", "jane"));
            await service.EraseAsync(Wish("actor_name=jane"), HttpStatusCode.Accepted);
            await store.EraseAsync("default", [await service.SequenceAsync("j1"), await service.SequenceAsync("j2")], Cancellation);
        }
        await using var again = await ServiceAsync(store, new(store), folder);
        await StateAsync(again, "erased");
        Assert.Equal(2, (await TestService.GetAsync(again.Admin, Route))["erasures"]![0]!["erased"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_hold_that_is_placed_while_an_erasure_waits_keeps_the_events_until_it_is_released()
    {
        using var folder = new TestFolder();
        var store = new MemoryStore(TimeProvider.System);
        var unable = new UnableStore(store) { Instead = () => Full };
        await using var service = await ServiceAsync(store, unable, folder);
        await service.SendAsync(Event("j1", "jane"));
        await service.EraseAsync(Wish("actor_name=jane"), HttpStatusCode.Accepted);
        var hold = await TestService.PostAsync(service.Admin, "/audit/v1/holds", new() { ["case"] = "2 HKR 17/26", ["reason"] = "order of the court" });
        unable.Instead = null;
        var directory = service.Service.Parts.GetRequiredService<ErasureDirectory>();
        Assert.False(await directory.FinishAsync(Cancellation));
        Assert.Contains("2 HKR 17/26", (await TestService.GetAsync(service.Admin, Route))["erasures"]![0]!["problem"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service.Admin, "/audit/v1/events/j1"));
        await TestService.PostAsync(service.Admin, $"/audit/v1/holds/{hold["id"]}/release", new() { ["reason"] = "over" });
        Assert.True(await directory.FinishAsync(Cancellation));
        Assert.Equal(HttpStatusCode.Gone, await StatusAsync(service.Admin, "/audit/v1/events/j1"));
    }

    [Fact]
    public async Task Who_places_a_hold_while_events_are_being_erased_hears_of_it_when_they_are()
    {
        using var folder = new TestFolder();
        var store = new MemoryStore(TimeProvider.System);
        var (begun, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        var unable = new UnableStore(store)
        {
            Before = async () =>
            {
                begun.TrySetResult();
                await go.Task;
            },
        };
        await using var service = await ServiceAsync(store, unable, folder);
        await service.SendAsync(Event("j1", "jane"));
        var erasing = service.EraseAsync(Wish("actor_name=jane"));
        await begun.Task;
        var placing = TestService.PostAsync(service.Admin, "/audit/v1/holds", new() { ["case"] = "c", ["reason"] = "r" });
        await service.EventAsync("default", kept => kept.Operation == "control.hold.create");
        Assert.False(placing.IsCompleted);
        go.SetResult();
        await Task.WhenAll(erasing, placing);
        Assert.Equal(HttpStatusCode.Gone, await StatusAsync(service.Admin, "/audit/v1/events/j1"));
    }

    [Fact]
    public async Task An_erasure_too_large_for_one_record_keeps_its_list_in_the_service_s_ledger_and_is_carried_out_all_the_same()
    {
        using var folder = new TestFolder();
        var store = new MemoryStore(TimeProvider.System);
        const int Many = 6_000;
        await using (var service = await ServiceAsync(store, new(store) { Instead = () => Full }, folder))
        {
            await service.SendAsync(Enumerable.Range(0, Many).Select(number => Event($"e{number}", number % 2 == 0 ? "jane" : "otto")));
            var waits = await service.EraseAsync(Wish("actor_name=jane"), HttpStatusCode.Accepted);
            Assert.Null(waits["sequences"]);
            Assert.Equal(Many / 2, waits["events"]!.GetValue<int>());
            Assert.DoesNotContain(await service.EventsAsync("default"), kept => kept.Resource?.Type == "erasure_part");
            Assert.Contains(await service.EventsAsync(TenantName.System), kept => kept.Resource?.Type == "erasure_part");
        }
        await using var again = await ServiceAsync(store, new(store), folder);
        await StateAsync(again, "erased");
        Assert.Equal(0, (await TestService.GetAsync(again.Admin, "/audit/v1/events?actor_name=jane&total=true"))["total"]!.GetValue<int>());
        Assert.Equal(Many / 2, (await TestService.GetAsync(again.Admin, "/audit/v1/events?actor_name=otto&total=true"))["total"]!.GetValue<int>());
        Assert.Empty(again.Service.Core.Ledger.State.ErasureParts);
    }
}
