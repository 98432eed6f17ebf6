using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using Domesday.Core.Append;

namespace Domesday.Server.Metrics;

/// <summary>Listens to the meters of the service and of the runtime, and keeps what they measure until somebody scrapes it.</summary>
internal sealed class MetricsRegistry : IDisposable
{
    private const int LabelsMax = 16;

    /// <summary>Meters of the runtime and the server that tell an operator something; their HTTP metrics repeat our own.</summary>
    private static readonly string[] MetersOfOthers = ["System.Runtime", "Microsoft.AspNetCore.Server.Kestrel"];

    private readonly ConcurrentDictionary<Instrument, InstrumentSeries> _instruments = new();
    private readonly MeterListener _listener = new();
    private readonly Lock _scraping = new();
    private long _dropped;

    /// <param name="own">The service's meter; another service in the same process has its own.</param>
    public MetricsRegistry(Meter own)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter != own && (instrument.Meter.Name == AppendMetrics.MeterName || !MetersOfOthers.Contains(instrument.Meter.Name))) return;
            _instruments.TryAdd(instrument, InstrumentSeries.Of(instrument));
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
        own.CreateObservableCounter("domesday_metrics_dropped_total", () => Volatile.Read(ref _dropped), "{measurement}", "Measurements that were not kept because their instrument had too many or too long label values.");
    }

    /// <summary>Everything measured so far, in the exposition format.</summary>
    public string Expose()
    {
        var text = new StringBuilder(16 * 1024);
        lock (_scraping)
        {
            _listener.RecordObservableInstruments();
            foreach (var instrument in _instruments.Values.OrderBy(instrument => instrument.Name, StringComparer.Ordinal)) PrometheusText.Append(text, instrument);
        }
        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!_instruments.TryGetValue(instrument, out var series)) return;
        var labels = new LabelText(stackalloc char[LabelText.CharsMax]);
        foreach (var (name, tag) in tags[..Math.Min(tags.Length, LabelsMax)]) PrometheusText.AppendLabel(ref labels, name, tag);
        if (labels.IsCut || !series.TryRecord(value, labels.Text)) Interlocked.Increment(ref _dropped);
    }
}
