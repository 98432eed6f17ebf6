using Domesday.Core.Problems;
using Domesday.Events.Merkle;
using Domesday.Storage.Embedded.Ledgers;
using Domesday.Storage.Embedded.Manifests;

namespace Domesday.Storage.Embedded.Maintenance;

/// <summary>Begins a ledger behind events that were dropped elsewhere.</summary>
internal sealed class Adoption(StoreFiles files)
{
    /// <summary>Makes the leaf hashes of dropped events the beginning of a ledger that holds none; not at the same time as a flush, nor as appends to the ledger.</summary>
    /// <param name="first">Sequence of the first of <paramref name="leaves"/>.</param>
    public Problem? Run(Ledger ledger, long first, ReadOnlySpan<MerkleHash> leaves)
    {
        if (ledger.NextSequence != first || ledger.Durable != first || ledger.View is not { Segments.Count: 0, Tables.Count: 0 })
        {
            return new(ProblemKind.Conflict, $"The ledger {ledger.Name} has events, or another size than {first}: nothing can come before them.");
        }
        var (run, end) = (new DroppedRun(files.Numbers.Take(), first, leaves.Length), first + leaves.Length);
        DroppedLeaves.Write(files.Disk, run.File, leaves);
        files.Disk.SyncFolder(DroppedLeaves.Folder);
        var earlier = files.Manifest.Tenants.FirstOrDefault(tenant => tenant.Name == ledger.Name) ?? new ManifestTenant(ledger.Name, ledger.Number, first);
        var adopted = earlier with { Durable = end, Dropped = [.. earlier.Dropped, run] };
        files.Change(manifest => manifest with { Tenants = [.. manifest.Tenants.Where(tenant => tenant.Name != ledger.Name), adopted] });
        ledger.Dropped = new(files.Open, adopted.Dropped);
        (ledger.Durable, ledger.NextSequence) = (end, end);
        ledger.SignalGrown();
        return null;
    }
}
