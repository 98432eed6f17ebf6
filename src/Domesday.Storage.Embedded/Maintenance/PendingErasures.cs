using Domesday.Core.Storage;
using Domesday.Storage.Embedded.Erasures;
using Domesday.Storage.Embedded.Ledgers;
using Domesday.Storage.Embedded.Manifests;
using Domesday.Storage.Embedded.Segments;

namespace Domesday.Storage.Embedded.Maintenance;

/// <summary>Which erased events still have bytes in files: what was marked and is not out yet is found by comparing, so a crash forgets none.</summary>
internal static class PendingErasures
{
    /// <summary>Erased events whose bytes a segment still holds.</summary>
    public static int In(SegmentInfo segment, ErasedEvents erased) => erased.CountIn(segment.FirstSequence, segment.EndSequence) - segment.Holes;

    /// <summary>What stays behind in the files of segments that their ledger gives up.</summary>
    public static IEnumerable<LeftBehind> LeftBy(Ledger ledger, IEnumerable<SegmentReader> segments) =>
        from segment in segments
        let events = In(segment.Info, ledger.Erased)
        where events > 0
        select new LeftBehind(SegmentSource.NameOf(segment.Info.File), ledger.Name, events);

    public static LedgerErasures Of(Ledger ledger, StoreFiles files)
    {
        using var snapshot = ledger.Snapshot();
        var events = snapshot.Erased.CountIn(snapshot.FirstSequence, snapshot.Size);
        if (events == 0) return default;
        var pending = snapshot.Segments.Sum(segment => (long)In(segment.Info, snapshot.Erased))
            + snapshot.Tables.Sum(table => (long)snapshot.Erased.CountIn(table.Table.FirstSequence, table.Table.FirstSequence + table.Rows))
            + files.Manifest.LeftBehind.Where(left => left.Tenant == ledger.Name && files.Disk.Exists(left.Name)).Sum(left => (long)left.Events);
        return new(events, Math.Min(events, pending));
    }
}
