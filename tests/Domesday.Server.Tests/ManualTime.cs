namespace Domesday.Server.Tests;

/// <summary>A clock that stands until it is moved. Timers are the system's: nothing here waits for one.</summary>
internal sealed class ManualTime : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 2, 11, 22, 21, 2, TimeSpan.Zero);

    private long _elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(Volatile.Read(ref _elapsed));

    // Not from zero: a stamp of zero must not be special.
    public override long GetTimestamp() => TimeSpan.TicksPerDay + Volatile.Read(ref _elapsed);

    public void Advance(TimeSpan time) => Interlocked.Add(ref _elapsed, time.Ticks);
}
