using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Events.Merkle;
using Domesday.Events.Schema;
using Domesday.Storage.Embedded.Erasures;
using Domesday.Storage.Embedded.Ledgers;
using Domesday.Storage.Embedded.Manifests;
using Domesday.Storage.Embedded.Segments;

namespace Domesday.Storage.Embedded.Maintenance;

/// <summary>Marks events as erased: from then on nobody reads them, and whoever writes a segment leaves them out.</summary>
internal sealed class Erasure(StoreFiles files)
{
    /// <summary>More files than this of a ledger become one.</summary>
    private const int RunsMax = 16;

    private readonly Lock _lock = new();

    /// <summary>Marks events durably; in any thread.</summary>
    /// <param name="sequences">Ascending; those that are erased or dropped already are passed over.</param>
    /// <returns>How many were marked.</returns>
    /// <exception cref="CorruptLedgerException">One of them cannot be read, and its leaf hash is not known for sure; nothing was marked.</exception>
    public int Run(Ledger ledger, IReadOnlyList<long> sequences)
    {
        lock (_lock)
        {
            var added = Read(ledger, sequences);
            if (added.Count == 0) return 0;
            var all = ledger.Erased.With(added);
            var before = files.Manifest.Tenants.FirstOrDefault(tenant => tenant.Name == ledger.Name)?.Erased ?? [];
            var isFull = before.Count >= RunsMax;
            var run = ErasureFile.Write(files.Disk, files.Numbers.Take(), isFull ? all.All : added);
            files.Disk.SyncFolder(ErasureFile.Folder);
            files.Change(manifest => List(manifest, ledger, run, isFull));
            ledger.Erased = all;
            if (isFull) files.ReleaseErased(before);
            return added.Count;
        }
    }

    private static Manifest List(Manifest manifest, Ledger ledger, ErasedRun run, bool isAll)
    {
        var tenants = manifest.Tenants.Any(tenant => tenant.Name == ledger.Name) ? manifest.Tenants : [.. manifest.Tenants, new ManifestTenant(ledger.Name, ledger.Number, ledger.Durable)];
        return manifest with
        {
            Tenants = [.. tenants.Select(tenant => tenant.Name != ledger.Name ? tenant : isAll ? tenant with { Erased = [run] } : tenant with { Erased = [.. tenant.Erased, run] })],
        };
    }

    private List<ErasedEvent> Read(Ledger ledger, IReadOnlyList<long> sequences)
    {
        using var snapshot = ledger.Snapshot();
        var added = new List<ErasedEvent>();
        var (entry, slices) = (new ByteBuffer(), new FieldSlice[EventSchema.Count]);
        var (segment, cursor) = ((SegmentReader?)null, (EntryCursor?)null);
        foreach (var sequence in sequences)
        {
            if (sequence < snapshot.FirstSequence || sequence >= snapshot.Size || snapshot.Erased.Contains(sequence)) continue;
            if (added.Count > 0 && sequence <= added[^1].Sequence) throw new ArgumentException("The sequences do not ascend.", nameof(sequences));
            entry.Clear();
            // Most follow one another: what was taken apart for one of them serves the next.
            if (snapshot.SegmentOf(sequence) is { } holder)
            {
                if (holder != segment) (segment, cursor) = (holder, new(holder));
                cursor!.Append((int)(sequence - holder.Info.FirstSequence), entry);
            }
            else if (!snapshot.TryAppendEntry(sequence, entry))
            {
                throw new CorruptLedgerException($"The event {sequence} cannot be read.");
            }
            EntrySlicer.Slice(entry.Written, slices);
            var id = slices[(int)EventField.Id].Of(entry.Written);
            added.Add(new(sequence, MerkleHash.OfLeaf(entry.Written), ledger.IdHash(files.Hash, id), ErasedEvent.DigestOf(id)));
        }
        return added;
    }
}
