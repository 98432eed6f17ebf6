using System.Diagnostics.Metrics;

namespace Domesday.Core.Forwarding;

/// <summary>What sinks were given, what became of it, and how far behind they are.</summary>
public sealed class ForwardingMetrics
{
    private readonly Forwarder _forwarder;
    private readonly TimeProvider _time;

    public ForwardingMetrics(Meter meter, Forwarder forwarder, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(meter);
        (_forwarder, _time) = (forwarder, time);
        Count(meter, "domesday_sink_sent_events_total", "Events handed to the sink's receiver, each attempt counted.", cursor => cursor.Sent);
        Count(meter, "domesday_sink_accepted_events_total", "Events that the sink's receiver said it has.", cursor => cursor.Accepted);
        Count(meter, "domesday_sink_rejected_events_total", "Events that the sink's receiver refused for good.", cursor => cursor.Rejected);
        Count(meter, "domesday_sink_retried_events_total", "Events that had to be sent again.", cursor => cursor.Retried);
        Count(meter, "domesday_sink_missed_events_total", "Events that retention dropped before they were forwarded.", cursor => cursor.Missed);
        Gauge(meter, "domesday_sink_rejected_kept_events", "{event}", "Rejected events that can be replayed.", standing => standing.RejectedKept);
        Gauge(meter, "domesday_sink_lag_events", "{event}", "Events of the ledger that the sink has not looked at yet.", standing => standing.Behind);
        Gauge(meter, "domesday_sink_waiting_seconds", "s", "Age of the oldest event that waits for the receiver; 0 when none does.", WaitingSeconds);
        Gauge(meter, "domesday_sink_up", "1", "1 when the sink runs or is paused, 0 when its receiver does not take events or it cannot run.",
            standing => standing.State is SinkStates.Running or SinkStates.Paused ? 1 : 0);
    }

    private void Count(Meter meter, string name, string text, Func<SinkCursor, long> value) =>
        meter.CreateObservableCounter(name, () => _forwarder.Own.Select(standing => new Measurement<long>(value(standing.Cursor), Tags(standing))), "{event}", text);

    private void Gauge(Meter meter, string name, string unit, string text, Func<SinkStanding, double> value) =>
        meter.CreateObservableGauge(name, () => _forwarder.Own.Select(standing => new Measurement<double>(value(standing), Tags(standing))), unit, text);

    private double WaitingSeconds(SinkStanding standing) =>
        standing.Waiting is { } waiting ? Math.Max(0, (_time.GetUtcNow() - waiting.ToDateTimeOffset()).TotalSeconds) : 0;

    private static KeyValuePair<string, object?>[] Tags(SinkStanding standing) =>
        [new("tenant", standing.Sink.Tenant), new("sink", standing.Sink.Id), new("type", standing.Sink.Type)];
}
