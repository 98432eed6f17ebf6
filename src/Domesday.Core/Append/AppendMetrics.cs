using System.Diagnostics.Metrics;
using Domesday.Core.Storage;

namespace Domesday.Core.Append;

/// <summary>What came in and what became of it, by kind of source: every event is counted under exactly one fate.</summary>
public sealed class AppendMetrics
{
    public const string MeterName = "Domesday";

    private readonly Counter<long> _received, _stored, _duplicate, _rejected, _quarantined, _refused;

    public AppendMetrics(Meter meter)
    {
        _received = meter.CreateCounter<long>("domesday_events_received_total", "{event}", "Events handed in by sources.");
        _stored = meter.CreateCounter<long>("domesday_events_stored_total", "{event}", "Events stored for the first time.");
        _duplicate = meter.CreateCounter<long>("domesday_events_duplicate_total", "{event}", "Events whose id was there already.");
        _rejected = meter.CreateCounter<long>("domesday_events_rejected_total", "{event}", "Events sent back to their sender as not valid, with their batch.");
        _quarantined = meter.CreateCounter<long>("domesday_events_quarantined_total", "{event}", "Events kept in quarantine as not understood.");
        _refused = meter.CreateCounter<long>("domesday_events_refused_total", "{event}", "Events refused because the store could not take more.");
    }

    internal void Received(string source, int count) => _received.Add(count, Source(source));

    internal void Stored(string source, IReadOnlyList<Receipt> receipts)
    {
        var duplicates = receipts.Count(receipt => receipt.Duplicate);
        _stored.Add(receipts.Count - duplicates, Source(source));
        if (duplicates > 0) _duplicate.Add(duplicates, Source(source));
    }

    internal void Rejected(string source, int count) => _rejected.Add(count, Source(source));

    internal void Quarantined(string source, int count) => _quarantined.Add(count, Source(source));

    internal void Refused(string source, int count) => _refused.Add(count, Source(source));

    private static KeyValuePair<string, object?> Source(string source) => new("source", source);
}
