using System.Diagnostics.Metrics;
using Domesday.Core.Storage;

namespace Domesday.Core.Retention;

/// <summary>What retention removed, when it last looked, and who is short of room.</summary>
public sealed class RetentionMetrics
{
    private readonly Counter<long> _events;
    private readonly Counter<long> _bytes;
    private long _lastRun;

    public RetentionMetrics(Meter meter, TenantCaps caps)
    {
        ArgumentNullException.ThrowIfNull(meter);
        _events = meter.CreateCounter<long>("domesday_retention_dropped_events_total", "{event}", "Events dropped because their retention ended.");
        _bytes = meter.CreateCounter<long>("domesday_retention_dropped_bytes_total", "By", "Room that they took.");
        meter.CreateObservableGauge("domesday_retention_last_run_seconds", () => Interlocked.Read(ref _lastRun), "s", "When retention was last enforced, as Unix time; 0 before the first time.");
        meter.CreateObservableGauge("domesday_tenants_near_cap", () => caps.Near().Count, "{tenant}", "Tenants that keep 80 % or more of what they may.");
        meter.CreateObservableGauge("domesday_tenants_at_cap", () => caps.Near().Count(share => share.IsFull), "{tenant}", "Tenants whose new events are refused because they keep all that they may.");
    }

    internal void Dropped(DroppedEvents dropped)
    {
        _events.Add(dropped.Events);
        _bytes.Add(dropped.Bytes);
    }

    internal void Ran(DateTimeOffset at) => Interlocked.Exchange(ref _lastRun, at.ToUnixTimeSeconds());
}
