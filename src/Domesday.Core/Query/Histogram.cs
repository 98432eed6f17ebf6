using Domesday.Events;

namespace Domesday.Core.Query;

/// <summary>Events over time.</summary>
public sealed record Histogram
{
    public required HistogramInterval Interval { get; init; }

    /// <summary>In order of time; buckets without events are left out.</summary>
    public required IReadOnlyList<HistogramBucket> Buckets { get; init; }

    public required Timestamp CompleteThrough { get; init; }
}

/// <param name="From">Beginning of the bucket, a whole minute, hour or day in UTC.</param>
/// <param name="Failures">How many of them have the result failure.</param>
public readonly record struct HistogramBucket(Timestamp From, long Count, long Failures);

public enum HistogramInterval
{
    Minute,
    Hour,
    Day,
}

public static class HistogramIntervals
{
    private const long Second = 1_000_000;

    /// <summary>Length in microseconds.</summary>
    public static long Microseconds(this HistogramInterval interval) => interval switch
    {
        HistogramInterval.Minute => 60 * Second,
        HistogramInterval.Hour => 3_600 * Second,
        _ => 86_400 * Second,
    };

    /// <summary>The beginning of the bucket that holds a moment.</summary>
    public static Timestamp Floor(this HistogramInterval interval, Timestamp time)
    {
        var length = interval.Microseconds();
        var rest = time.Microseconds % length;
        return new(time.Microseconds - (rest < 0 ? rest + length : rest));
    }

    /// <summary>The interval that shows a span in some tens to hundreds of buckets.</summary>
    public static HistogramInterval For(Timestamp from, Timestamp to) => (to.Microseconds - from.Microseconds) switch
    {
        <= 4 * 3_600 * Second => HistogramInterval.Minute,
        <= 14 * 86_400 * Second => HistogramInterval.Hour,
        _ => HistogramInterval.Day,
    };
}
