namespace Domesday.Server.Move;

/// <summary>The time of day at which what is moved once arrived, so that it comes to lie in the partition of its own day. Timers are real.</summary>
internal sealed class ArrivalTime : TimeProvider
{
    private long _ticks = System.GetUtcNow().UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public void Set(DateTimeOffset time) => Interlocked.Exchange(ref _ticks, time.UtcTicks);
}
