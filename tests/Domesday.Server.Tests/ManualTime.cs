namespace Domesday.Server.Tests;

/// <summary>A clock that stands until it is moved. Timers are the system's: nothing here waits for one.</summary>
/// <param name="start">What it shows at first; null: a moment of no importance.</param>
internal sealed class ManualTime(DateTimeOffset? start = null) : TimeProvider
{
    private readonly DateTimeOffset _start = start ?? new(2026, 2, 11, 22, 21, 2, TimeSpan.Zero);

    private long _elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _start.AddTicks(Volatile.Read(ref _elapsed));

    // Not from zero: a stamp of zero must not be special.
    public override long GetTimestamp() => TimeSpan.TicksPerDay + Volatile.Read(ref _elapsed);

    public void Advance(TimeSpan time) => Interlocked.Add(ref _elapsed, time.Ticks);
}
