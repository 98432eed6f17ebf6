using Domesday.Core.Query;
using Domesday.Events;

namespace Domesday.Ui.EventList;

/// <summary>Events over time as bars of one width.</summary>
/// <param name="From">Where the first bar begins.</param>
/// <param name="StepMicroseconds">What a bar stands for.</param>
public sealed record HistogramModel(Timestamp From, long StepMicroseconds, IReadOnlyList<HistogramBar> Bars)
{
    private const long Minute = 60_000_000;
    private const int BarsMax = 120;

    private static readonly long[] Steps = [.. new[] { 1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 10_080, 43_200 }.Select(minutes => minutes * Minute)];

    public long Highest => Bars.Count == 0 ? 0 : Bars.Max(bar => bar.Count);

    /// <summary>A bar's span in words.</summary>
    public string StepName => (StepMicroseconds / Minute) switch
    {
        1 => "minute",
        < 60 and var minutes => $"{minutes} minutes",
        60 => "hour",
        < 1_440 and var minutes => $"{minutes / 60} hours",
        1_440 => "day",
        var minutes => $"{minutes / 1_440} days",
    };

    /// <summary>The span that a bar would stand for between two moments.</summary>
    public static long StepFor(Timestamp from, Timestamp to) => Steps.FirstOrDefault(step => (to.Microseconds - from.Microseconds) / step < BarsMax, Steps[^1]);

    /// <summary>The coarsest interval of the store that bars of this span can be made of.</summary>
    public static HistogramInterval IntervalFor(long step) =>
        step % HistogramInterval.Day.Microseconds() == 0 ? HistogramInterval.Day : step % HistogramInterval.Hour.Microseconds() == 0 ? HistogramInterval.Hour : HistogramInterval.Minute;

    /// <summary>Puts the store's buckets into bars, empty ones included.</summary>
    public static HistogramModel Of(Histogram histogram, Timestamp from, Timestamp to)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        var step = StepFor(from, to);
        var first = from.Microseconds - Rest(from.Microseconds, step);
        var bars = new HistogramBar[Math.Max(1, (int)Math.Min((to.Microseconds - first + step - 1) / step, BarsMax + 1))];
        for (var i = 0; i < bars.Length; i++) bars[i] = new(new(first + i * step), 0, 0);
        foreach (var bucket in histogram.Buckets)
        {
            var place = (bucket.From.Microseconds - first) / step;
            if (place < 0 || place >= bars.Length) continue;
            bars[place] = bars[place] with { Count = bars[place].Count + bucket.Count, Failures = bars[place].Failures + bucket.Failures };
        }
        return new(new(first), step, bars);
    }

    private static long Rest(long value, long step) => value % step is var rest && rest < 0 ? rest + step : rest;
}

public readonly record struct HistogramBar(Timestamp From, long Count, long Failures);
