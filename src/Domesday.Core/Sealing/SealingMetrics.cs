using System.Diagnostics.Metrics;

namespace Domesday.Core.Sealing;

/// <summary>How far the checkpoints are behind the events, and whether a ledger is broken.</summary>
internal sealed class SealingMetrics
{
    private readonly Counter<long> _signed;

    public SealingMetrics(Meter meter, Func<long> lagEvents, Func<double> lagSeconds, Func<int> broken)
    {
        _signed = meter.CreateCounter<long>("domesday_checkpoints_signed_total", "{checkpoint}", "Checkpoints signed.");
        meter.CreateObservableGauge("domesday_sealing_lag_events", lagEvents, "{event}", "Events that no checkpoint covers yet, of all ledgers.");
        meter.CreateObservableGauge("domesday_sealing_lag_seconds", lagSeconds, "s", "How long the ledger that waits longest has waited for a checkpoint.");
        meter.CreateObservableGauge("domesday_ledgers_broken", broken, "{ledger}", "Ledgers that lost or changed events which a checkpoint vouches for.");
    }

    public void Signed(int count) => _signed.Add(count);
}
