using System.Diagnostics.Metrics;
using Domesday.Core.Append;
using Domesday.Core.Gaps;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Server.Workers;
using Domesday.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Server.Tests.Workers;

/// <summary>Whoever has the stock rule for gaps is told of each gap once, and of none that only was late.</summary>
public sealed class GapWatchTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly MemoryStore _store;
    private readonly AppendPipeline _pipeline;
    private readonly Meter _meter = new("test");
    private readonly TestFolder _folder = new();

    public GapWatchTests()
    {
        _store = new(_time);
        _pipeline = new(_store, EventLimits.Default, _time, new AppendMetrics(_meter));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _meter.Dispose();
        _folder.Dispose();
    }

    private async Task SendAsync(string producer, params int[] numbers)
    {
        var events = numbers.Select(number => new AuditEvent
        {
            Id = $"{producer}-{number}",
            Action = "create",
            Labels = new Dictionary<string, string> { ["producer"] = producer, ["producer_sequence"] = $"{number}" },
        });
        Assert.Null((await _pipeline.AppendAsync(new("acme", "native", [.. events.Select(one => (ReadOnlyMemory<byte>)EventJson.Write(one))]), Cancellation)).Problem);
    }

    private async Task<IReadOnlyList<string>> LookAsync(GapWatch? watch = null)
    {
        using var tracker = new GapTracker(_store, _store, _folder["data"], NullLogger.Instance);
        while (await tracker.FollowAsync(Cancellation)) await Task.Yield();
        await (watch ?? new(tracker, _store, _pipeline, _time)).LookAsync(Cancellation);
        var told = new List<string>();
        await foreach (var batch in _store.ReadAsync(Core.Access.AccessScope.WholeTenant("acme"), new(), Core.Query.EventOrder.Sequence, false, Cancellation))
        {
            told.AddRange(batch.Select(entry => EventJson.Read(entry.Bytes.Span)).Where(one => one.Operation == GapWatch.Operation).Select(one => $"{one.Resource!.Id}: {one.Outcome!.Reason}"));
        }
        return told;
    }

    [Fact]
    public async Task A_gap_is_told_once_also_by_a_service_that_started_again()
    {
        await SendAsync("a", 1, 4, 6);
        await SendAsync("b", 1, 2);
        Assert.Empty(await LookAsync());
        _time.Advance(TimeSpan.FromSeconds(61));
        string[] expected = ["a: numbers 2 to 3 did not come", "a: number 5 did not come"];
        Assert.Equal(expected, await LookAsync());
        Assert.Equal(expected, await LookAsync());
    }

    [Fact]
    public async Task What_was_only_late_is_no_gap_and_what_comes_of_one_that_was_told_does_not_tell_it_again()
    {
        await SendAsync("a", 1, 3, 9);
        await SendAsync("a", 2);
        _time.Advance(TimeSpan.FromSeconds(61));
        using var tracker = new GapTracker(_store, _store, _folder["data"], NullLogger.Instance);
        while (await tracker.FollowAsync(Cancellation)) await Task.Yield();
        var watch = new GapWatch(tracker, _store, _pipeline, _time);
        Assert.Equal(["a: numbers 4 to 8 did not come"], await LookAsync(watch));
        await SendAsync("a", 6);
        while (await tracker.FollowAsync(Cancellation)) await Task.Yield();
        Assert.Equal(["a: numbers 4 to 8 did not come"], await LookAsync(watch));
        await SendAsync("a", 11);
        _time.Advance(TimeSpan.FromSeconds(61));
        while (await tracker.FollowAsync(Cancellation)) await Task.Yield();
        Assert.Equal(["a: numbers 4 to 8 did not come", "a: number 10 did not come"], await LookAsync(watch));
    }
}
