namespace Domesday.Server.Tests.Api;

/// <summary>A time of day that stands still; timers run, as much faster as is asked for.</summary>
internal sealed class FixedTime(DateTimeOffset now, double speed = 1) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime < TimeSpan.Zero ? dueTime : dueTime / speed, period < TimeSpan.Zero ? period : period / speed);
}
