using System.Diagnostics.Metrics;

namespace Domesday.Server.Metrics;

/// <summary>The values of one instrument for one set of labels. Thread-safe.</summary>
internal abstract class Series(string labels)
{
    /// <summary>As they stand in the exposition, without braces: <c>source="native"</c>.</summary>
    public string Labels { get; } = labels;

    public abstract void Record(double value);
}

/// <summary>A sum that measurements add to.</summary>
internal sealed class SumSeries(string labels) : Series(labels)
{
    private double _value;

    public double Value => Volatile.Read(ref _value);

    public override void Record(double value)
    {
        var seen = Volatile.Read(ref _value);
        while (true)
        {
            var before = Interlocked.CompareExchange(ref _value, seen + value, seen);
            if (before.Equals(seen)) return;
            seen = before;
        }
    }
}

/// <summary>The newest measurement.</summary>
internal sealed class LastSeries(string labels) : Series(labels)
{
    private double _value;

    public double Value => Volatile.Read(ref _value);

    public override void Record(double value) => Volatile.Write(ref _value, value);
}

/// <summary>Measurements counted by size.</summary>
internal sealed class BucketSeries(string labels, double[] bounds) : Series(labels)
{
    private readonly Lock _lock = new();
    private readonly long[] _counts = new long[bounds.Length + 1];
    private double _sum;

    /// <summary>Upper bounds, inclusive, ascending; one more bucket holds what is larger.</summary>
    public IReadOnlyList<double> Bounds => bounds;

    public override void Record(double value)
    {
        var bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket]) bucket++;
        lock (_lock)
        {
            _counts[bucket]++;
            _sum += value;
        }
    }

    /// <returns>Counts of each bucket alone, and the sum of all measurements, of one moment.</returns>
    public (long[] Counts, double Sum) Read()
    {
        lock (_lock) return ([.. _counts], _sum);
    }
}

/// <summary>What the exposition calls an instrument.</summary>
internal enum SeriesKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>One instrument with its series.</summary>
internal sealed class InstrumentSeries(string name, string help, SeriesKind kind, bool isObserved, double[] bounds)
{
    /// <summary>Labels come from code, not from callers; this only bounds a mistake.</summary>
    private const int SeriesMax = 2_000;

    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);

    public string Name { get; } = name;

    public string Help { get; } = help;

    public SeriesKind Kind { get; } = kind;

    public IEnumerable<Series> All => _series.Values.OrderBy(series => series.Labels, StringComparer.Ordinal);

    public static InstrumentSeries Of(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        var isHistogram = type == typeof(Histogram<>);
        var isCounter = type == typeof(Counter<>) || type == typeof(ObservableCounter<>);
        return new(PrometheusText.NameOf(instrument), instrument.Description ?? "",
            isHistogram ? SeriesKind.Histogram : isCounter ? SeriesKind.Counter : SeriesKind.Gauge,
            instrument.IsObservable || type == typeof(Gauge<>), isHistogram ? HistogramBounds.Of(instrument) : []);
    }

    /// <returns>False when there are too many series already.</returns>
    public bool TryRecord(double value, ReadOnlySpan<char> labels)
    {
        var byText = _series.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!byText.TryGetValue(labels, out var series))
        {
            if (_series.Count >= SeriesMax) return false;
            series = _series.GetOrAdd(labels.ToString(), Create);
        }
        series.Record(value);
        return true;
    }

    private Series Create(string labels) => Kind == SeriesKind.Histogram ? new BucketSeries(labels, bounds)
        : isObserved ? new LastSeries(labels)
        : new SumSeries(labels);
}
