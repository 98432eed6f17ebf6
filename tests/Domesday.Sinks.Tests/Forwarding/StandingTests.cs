using Domesday.Core.Forwarding;
using Domesday.Events;
using Domesday.Server.Tests;
using Domesday.Server.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Sinks.Tests.Forwarding;

/// <summary>What stood in a sink's way and is gone stands in its way no longer, without anybody's help.</summary>
public sealed class StandingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static void OrdersAlone(System.Text.Json.Nodes.JsonObject sink) => sink["filter"] = "resource_type=order";

    [Fact]
    public async Task A_sink_whose_place_could_not_be_read_goes_on_when_it_can()
    {
        await using var receiver = await TestReceiver.StartAsync();
        using var folder = new TestFolder();
        await using var first = await SinkCalls.ServiceAsync(data: folder);
        var sink = await first.SinkAsync("webhook", new() { ["url"] = receiver.Url }, OrdersAlone);
        await first.AppendAsync(3);
        await first.SinkDoneAsync(sink, 3);
        await first.DisposeAsync();
        var cursor = Assert.Single(Directory.GetFiles(folder["data"], sink + ".json", SearchOption.AllDirectories));
        var kept = await File.ReadAllBytesAsync(cursor, Cancellation);
        await File.WriteAllTextAsync(cursor, "{", Cancellation);
        await using var second = await SinkCalls.ServiceAsync(first.Store, folder);
        // Another sink that runs shows that this one has had its turn.
        var other = await second.SinkAsync("webhook", new() { ["url"] = receiver.Url }, OrdersAlone);
        await second.AppendAsync(1);
        await second.SinkDoneAsync(other, 1);
        Assert.NotEqual(4, (await second.SinkStateAsync(sink)).Number("accepted"));
        await File.WriteAllBytesAsync(cursor, kept, Cancellation);
        await second.SinkWhenAsync(sink, state => state.Number("accepted") == 4);
    }

    [Fact]
    public async Task A_sink_is_told_to_be_behind_when_its_receiver_has_taken_nothing_for_five_minutes_and_not_for_a_hiccup()
    {
        await using var receiver = await TestReceiver.StartAsync();
        receiver.Answer = (_, http) => TestReceiver.StatusAsync(http, 503);
        var time = new ManualTime();
        await using var service = await TestService.StartAsync(time: time, sources: Ingest.IngestCatalog.Sources);
        var sink = await service.SinkAsync("webhook", new() { ["url"] = receiver.Url });
        await service.AppendAsync(1);
        await service.SinkWhenAsync(sink, state => state["state"]!.GetValue<string>() == "retrying");
        var watch = service.Service.Parts.GetRequiredService<ServiceWatch>();
        time.Advance(TimeSpan.FromMinutes(4));
        watch.Look();
        Assert.Equal("retrying", (await service.SinkStateAsync(sink))["state"]!.GetValue<string>());
        time.Advance(TimeSpan.FromMinutes(2));
        watch.Look();
        var told = await service.EventAsync("default", one => one.Operation == "sink.behind");
        Assert.Equal(sink, told.Resource!.Id);
        // What was told is told of the second look, and not of the first.
        Assert.True(told.Time >= Timestamp.FromDateTimeOffset(time.GetUtcNow()), $"{told.Time}");
    }

    [Fact]
    public void A_sink_that_is_held_goes_on_as_soon_as_what_was_rejected_is_forgotten()
    {
        using var folder = new TestFolder();
        var sink = new SinkDefinition { Id = "snk_1", Tenant = "default", Name = "one", Type = "webhook", Settings = new Dictionary<string, string>(), PlaceOf = name => name };
        var progress = new SinkProgress(sink, new(new FolderFiles(folder["sinks"]), sink.Id), 0, TimeProvider.System, NullLogger.Instance);
        progress.Settle(isReplay: false, 1, 1, [], [new DeadLetter(0, new Timestamp(0), "no")]);
        var held = progress.Asked;
        Assert.False(held.IsCompleted);
        Assert.Equal(1, progress.Discard());
        Assert.True(held.IsCompleted);
        // And who waits for the next thing does not find this one again.
        Assert.False(progress.Asked.IsCompleted);
    }
}
