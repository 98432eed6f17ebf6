using Domesday.Events.Schema;
using Domesday.Storage.Embedded.Erasures;
using Domesday.Storage.Embedded.Ids;
using Domesday.Storage.Embedded.Ledgers;
using Domesday.Storage.Embedded.Segments;

namespace Domesday.Storage.Embedded.Maintenance;

/// <summary>Makes the index of ids again from the segments: it is derived from them, so damage to it loses nothing.</summary>
internal sealed class IdRebuild(StoreFiles files, LedgerMap ledgers)
{
    public void Run()
    {
        var runs = new List<IdRunInfo>();
        foreach (var ledger in ledgers.All.Where(ledger => ledger.Damage is null))
        {
            using var snapshot = ledger.Snapshot();
            foreach (var segment in snapshot.Segments)
            {
                if (WriteRun(ledger, segment, snapshot.Erased) is { } run) runs.Add(run);
            }
        }
        files.Disk.SyncFolder(IdRun.Folder);
        var old = files.Manifest.IdRuns.Select(run => run.File).ToList();
        files.Change(manifest => manifest with { IdRuns = runs });
        files.UseRuns();
        files.ReleaseRuns(old);
    }

    private IdRunInfo? WriteRun(Ledger ledger, SegmentReader segment, ErasedEvents erased)
    {
        var cursor = new EntryCursor(segment, wholeSegment: true);
        var column = segment.Layout.ColumnOf(EventField.Id);
        var holes = segment.Holes;
        var entries = new IdEntry[segment.Rows];
        for (var row = 0; row < entries.Length; row++)
        {
            var known = holes.Contains(row) ? erased.Find(segment.Info.FirstSequence + row)?.IdHash : null;
            entries[row] = new((known ?? ledger.IdHash(files.Hash, cursor.Value(column, row))) & IdRun.HashMask, ledger.Number, segment.Info.FirstSequence + row);
        }
        Array.Sort(Array.ConvertAll(entries, entry => entry.Hash), entries);
        return IdRunWriter.Write(files.Disk, files.Numbers.Take(), 0, entries.Length, entries);
    }
}
