using Domesday.Events;

namespace Domesday.Proxy.Tests.Capturing;

/// <summary>Clocks that are set while a proxy runs.</summary>
public sealed class ClockTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public async Task A_clock_that_jumps_back_and_far_ahead_costs_no_event_and_mixes_up_no_order()
    {
        var clock = new JumpingTime();
        await using var proxy = await ProxyFixture.StartAsync(change: options => options with { Time = clock });
        TimeSpan[] jumps = [TimeSpan.Zero, TimeSpan.FromHours(-3), TimeSpan.FromDays(-4_000), TimeSpan.FromDays(9_000), TimeSpan.FromMinutes(1)];
        foreach (var jump in jumps)
        {
            clock.Offset = jump;
            await proxy.ExchangeAsync("DELETE /things/1 HTTP/1.1\r\nHost: d\r\n\r\n", Ok);
        }
        var events = await proxy.EventsAsync();
        Assert.Equal(jumps.Length, events.Count);
        Assert.Equal(["1", "2", "3", "4", "5"], events.OrderBy(one => one.Sequence).Select(one => one.Labels!["producer_sequence"]));
        Assert.All(events, one => Assert.Equal(OutcomeResult.Success, one.Outcome!.Result));
        Assert.Distinct(events.Select(one => one.Id));
    }

    /// <summary>The system's clock, set to another time; how time goes by is not changed.</summary>
    private sealed class JumpingTime : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset;
    }
}
