using Domesday.Core.Storage;
using Domesday.Events.Merkle;
using Domesday.Storage.Embedded.Ledgers;
using Domesday.Storage.Embedded.Segments;

namespace Domesday.Storage.Embedded.Maintenance;

/// <summary>Drops segments whose retention has ended, and keeps their leaf hashes. In the thread that merges.</summary>
internal sealed class Retirement(StoreFiles files)
{
    /// <summary>What could be dropped: whole segments, from the oldest on.</summary>
    /// <param name="before">Moment before which every event of them happened or arrived, microseconds.</param>
    /// <param name="sealedSize">Events from this sequence on stay: no checkpoint covers them yet.</param>
    public static DroppedEvents Due(Ledger ledger, long before, long sealedSize)
    {
        var due = Chosen(ledger.View, before, sealedSize);
        return new(due.Sum(segment => (long)segment.Rows), due.Sum(segment => segment.Info.Bytes));
    }

    /// <inheritdoc cref="Due"/>
    /// <exception cref="CorruptLedgerException">A segment cannot be read; nothing was dropped.</exception>
    public DroppedEvents Run(Ledger ledger, long before, long sealedSize)
    {
        using var snapshot = ledger.Snapshot();
        var chosen = Chosen(ledger.View, before, sealedSize);
        if (chosen.Count == 0 || ledger.Damage is not null) return default;
        var runs = chosen.ConvertAll(segment => Write(segment, snapshot));
        files.Disk.SyncFolder(DroppedLeaves.Folder);
        var gone = chosen.Select(segment => segment.Info).ToHashSet();
        var end = chosen[^1].Info.EndSequence;
        var forgotten = files.Manifest.Tenants.First(tenant => tenant.Name == ledger.Name).Erased.Where(run => run.Last < end).ToList();
        files.Change(manifest => manifest with
        {
            Tenants = [.. manifest.Tenants.Select(tenant => tenant.Name == ledger.Name
                ? tenant with
                {
                    Segments = [.. tenant.Segments.Where(segment => !gone.Contains(segment))],
                    Dropped = [.. tenant.Dropped, .. runs],
                    Erased = [.. tenant.Erased.Where(run => run.Last >= end)],
                }
                : tenant)],
            LeftBehind = [.. manifest.LeftBehind, .. PendingErasures.LeftBy(ledger, chosen)],
        });
        // Leaves first: who still has the old view reads them from the segments.
        ledger.Dropped = new(files.Open, files.Manifest.Tenants.First(tenant => tenant.Name == ledger.Name).Dropped);
        ledger.Change(view => new([.. view.Segments.Where(segment => !chosen.Contains(segment))], view.Tables));
        files.ReleaseErased(forgotten);
        return new(chosen.Sum(segment => (long)segment.Rows), chosen.Sum(segment => segment.Info.Bytes));
    }

    private static List<SegmentReader> Chosen(LedgerView view, long before, long sealedSize) =>
        [.. view.Segments.TakeWhile(segment => segment.Info.RetainTime < before && segment.Info.EndSequence <= sealedSize)];

    private DroppedRun Write(SegmentReader segment, LedgerSnapshot snapshot)
    {
        var leaves = new MerkleHash[segment.Rows];
        snapshot.ReadLeaves(segment.Info.FirstSequence, leaves);
        var run = new DroppedRun(files.Numbers.Take(), segment.Info.FirstSequence, segment.Rows);
        DroppedLeaves.Write(files.Disk, run.File, leaves);
        return run;
    }
}
