using System.Diagnostics.Metrics;
using Domesday.Storage.Embedded.Commit;

namespace Domesday.Storage.Embedded;

/// <summary>What the engine tells about itself.</summary>
internal sealed class StoreMetrics
{
    private readonly Histogram<double> _sync;
    private readonly Histogram<int> _group;

    public StoreMetrics(Meter meter, Engine engine, AppendQueue queue)
    {
        _sync = meter.CreateHistogram<double>("domesday_store_sync_seconds", "s", "Time that the disk took to make a group durable.");
        _group = meter.CreateHistogram<int>("domesday_store_group_events", "{event}", "Events that became durable together.");
        meter.CreateObservableGauge("domesday_store_queue_batches", () => queue.Count, "{batch}", "Batches that wait for the writer.");
        meter.CreateObservableGauge("domesday_store_queue_bytes", () => queue.Bytes, "By", "Bytes that wait for the writer.");
        meter.CreateObservableGauge("domesday_store_unsealed_events", () => engine.Active.Events, "{event}", "Events in the newest log file, not yet in a segment.");
        meter.CreateObservableGauge("domesday_store_generations_waiting", () => engine.Frozen, "{generation}", "Full log files that wait to become segments.");
        meter.CreateObservableGauge("domesday_store_ledgers", () => engine.Ledgers.All.Count(), "{ledger}", "Ledgers, internal ones included.");
        meter.CreateObservableGauge("domesday_store_segments", () => engine.Ledgers.All.Sum(ledger => ledger.View.Segments.Count), "{segment}", "Segments.");
        meter.CreateObservableGauge("domesday_store_segment_files", () => engine.Files.SegmentFiles, "{file}", "Files that hold segments.");
        meter.CreateObservableGauge("domesday_store_segment_bytes", () => engine.Ledgers.All.Sum(ledger => ledger.View.Segments.Sum(segment => segment.Info.Bytes)), "By", "Bytes of segments.");
        meter.CreateObservableGauge("domesday_store_id_runs", () => engine.Files.Ids.Runs.Length, "{run}", "Files that hold event ids.");
        meter.CreateObservableGauge("domesday_store_open_files", () => engine.Files.Open.Count, "{file}", "Files that are open for reading.");
        meter.CreateObservableGauge("domesday_store_cache_bytes", () => engine.Files.Cache.Bytes, "By", "Memory for what was read from segments.");
        meter.CreateObservableGauge("domesday_store_free_bytes", () => engine.Files.Disk.FreeBytes, "By", "Room on the disk.");
        meter.CreateObservableGauge("domesday_store_damaged_ledgers", () => engine.Ledgers.All.Count(ledger => ledger.Damage is not null), "{ledger}", "Ledgers whose reads are refused because of damage.");
        meter.CreateObservableCounter("domesday_store_torn_bytes_total", () => engine.Recovered.Log.TornBytes, "By", "Bytes behind the last acknowledged group that the last start cut off.");
    }

    public void Committed(int batches, int events, TimeSpan sync)
    {
        if (batches == 0 || events == 0) return;
        _sync.Record(sync.TotalSeconds);
        _group.Record(events);
    }
}
