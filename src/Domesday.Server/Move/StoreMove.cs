using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Sealing;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Merkle;

namespace Domesday.Server.Move;

/// <summary>Copies every ledger from one store to another, entry by entry and byte by byte, and the leaf hashes of what retention dropped. What is there already is compared and passed over, so that a move that was broken off goes on.</summary>
/// <param name="beginnings">Of the store to go to.</param>
internal sealed class StoreMove(StorePair from, StorePair to, IDroppedImport beginnings, ArrivalTime arrival, IReadOnlyDictionary<string, string> notes, IProgress<MoveProgress> progress)
{
    private const int EventsMax = 2_000;
    private const int BytesMax = 4 * 1024 * 1024;
    private const int LeavesMax = 4_096;

    /// <summary>Leaf hashes that are handed over at once: what is handed over lies in a file of its own.</summary>
    private const int AdoptedMax = 64 * LeavesMax;

    /// <returns>What stands in the way; null when every ledger is in the new store and agrees with its checkpoint.</returns>
    public async ValueTask<Problem?> RunAsync(CancellationToken cancellation)
    {
        if (Unmovable() is { } refused) return refused;
        foreach (var tenant in from.Store.Tenants.Order(StringComparer.Ordinal))
        {
            if ((await CompareAsync(tenant, cancellation) ?? await AdoptAsync(tenant, cancellation) ?? await CopyAsync(tenant, cancellation) ?? await VerifyAsync(tenant, cancellation)) is { } problem) return problem;
        }
        return null;
    }

    /// <summary>Erased events have a place and a leaf hash and nothing that could be appended: said before anything is copied.</summary>
    private Problem? Unmovable()
    {
        var erased = from.Store.Tenants.Order(StringComparer.Ordinal).Select(tenant => (Tenant: tenant, from.Store.Erasures(tenant).Events)).Where(ledger => ledger.Events > 0).ToList();
        if (erased.Count == 0) return null;
        var ledgers = string.Join(", ", erased.Select(ledger => $"{ledger.Tenant} ({ledger.Events})"));
        return new(ProblemKind.Conflict, $"Events were erased from these ledgers, and a ledger with erased events among those that are kept cannot be moved to another store: {ledgers}. Nothing was moved.");
    }

    /// <summary>What an earlier attempt moved must be the beginning of what is to be moved.</summary>
    private async ValueTask<Problem?> CompareAsync(string tenant, CancellationToken cancellation)
    {
        var (size, moved) = (from.Store.Size(tenant), to.Store.Size(tenant));
        if (moved > size) return new(ProblemKind.Conflict, $"The ledger {tenant} has {moved} events where it is to go and {size} where it comes from. A move needs a store that nobody else writes to.");
        foreach (var sequence in moved == 0 ? [] : new[] { 0, moved / 2, moved - 1 })
        {
            var (left, right) = (await from.Store.LeafHashesAsync(tenant, sequence, 1, cancellation), await to.Store.LeafHashesAsync(tenant, sequence, 1, cancellation));
            if (!left.IsOk || !right.IsOk) return left.Problem ?? right.Problem;
            if (left.Value[0] != right.Value[0]) return new(ProblemKind.Conflict, $"Event {sequence} of the ledger {tenant} is another one where it is to go.");
        }
        return null;
    }

    /// <summary>Of what retention dropped the leaf hashes are all there is.</summary>
    private async ValueTask<Problem?> AdoptAsync(string tenant, CancellationToken cancellation)
    {
        var (kept, size) = (from.Store.Usage(tenant).FirstSequence, from.Store.Size(tenant));
        if (to.Store.Size(tenant) < kept && to.Store.Usage(tenant).Events > 0)
        {
            return new(ProblemKind.Conflict, $"An earlier move took the events of the ledger {tenant} up to {to.Store.Size(tenant)}, and retention has dropped those up to {kept} since: empty the store where it is to go, and move again.");
        }
        while (to.Store.Size(tenant) is var moved && moved < kept)
        {
            var leaves = new MerkleHash[Math.Min(AdoptedMax, kept - moved)];
            for (var at = 0; at < leaves.Length; at += LeavesMax)
            {
                var read = await from.Store.LeafHashesAsync(tenant, moved + at, Math.Min(LeavesMax, leaves.Length - at), cancellation);
                if (!read.IsOk) return read.Problem;
                read.Value.CopyTo(leaves, at);
            }
            if (await beginnings.AdoptDroppedAsync(tenant, moved, leaves, cancellation) is { } problem) return problem;
            progress.Report(new(tenant, moved + leaves.Length, size));
        }
        return null;
    }

    private async ValueTask<Problem?> CopyAsync(string tenant, CancellationToken cancellation)
    {
        var size = from.Store.Size(tenant);
        var filter = new EventFilter { FromSequence = to.Store.Size(tenant) };
        var (batch, day) = (new EntryBatch(), default(DateOnly));
        progress.Report(new(tenant, filter.FromSequence.Value, size));
        await foreach (var entries in from.Reader.ReadAsync(AccessScope.WholeTenant(tenant), filter, EventOrder.Sequence, descending: false, cancellation))
        {
            foreach (var entry in entries)
            {
                if (!Timestamp.TryParse(EntryBatch.ArrivalOf(entry.Bytes.Span), out var arrived, out _)) return new(ProblemKind.Corrupt, $"Event {entry.Sequence} of the ledger {tenant} does not say when it arrived.");
                var arrivedOn = DateOnly.FromDateTime(arrived.ToDateTimeOffset().UtcDateTime);
                // A batch lies in one day.
                if (batch.Count >= EventsMax || batch.Bytes >= BytesMax || (batch.Count > 0 && arrivedOn != day))
                {
                    if (await AppendAsync(tenant, batch, size, cancellation) is { } problem) return problem;
                    batch = new();
                }
                day = arrivedOn;
                arrival.Set(arrived.ToDateTimeOffset());
                batch.Add(entry.Bytes.Span);
                if (await batch.AttachAsync(from.Reader, entry, cancellation) is { } missing) return missing;
            }
        }
        return batch.Count == 0 ? null : await AppendAsync(tenant, batch, size, cancellation);
    }

    private async ValueTask<Problem?> AppendAsync(string tenant, EntryBatch batch, long size, CancellationToken cancellation)
    {
        var expected = to.Store.Size(tenant);
        var stored = await to.Store.AppendAsync(tenant, batch.Batch, cancellation);
        if (!stored.IsOk) return stored.Problem;
        var isSame = stored.Value.Index().All(receipt => receipt.Item.Sequence == expected + receipt.Index && !receipt.Item.Duplicate);
        progress.Report(new(tenant, expected + batch.Count, size));
        return isSame ? null : new(ProblemKind.Conflict, $"Events of the ledger {tenant} got other sequences than they had: something else writes to the new store.");
    }

    /// <summary>Both stores must have the same tree, and it must be the one that the last checkpoint vouches for.</summary>
    private async ValueTask<Problem?> VerifyAsync(string tenant, CancellationToken cancellation)
    {
        var size = from.Store.Size(tenant);
        var checkpoint = notes.TryGetValue(tenant, out var note) ? SignedCheckpoints.CheckpointOf(note) : null;
        if (checkpoint?.Size > size) return new(ProblemKind.Corrupt, $"The ledger {tenant} has {size} events, and its last checkpoint vouches for {checkpoint.Size}.");
        var tree = new TreeFrontier();
        while (tree.Size < size)
        {
            var count = (int)Math.Min(LeavesMax, size - tree.Size);
            var (left, right) = (await from.Store.LeafHashesAsync(tenant, tree.Size, count, cancellation), await to.Store.LeafHashesAsync(tenant, tree.Size, count, cancellation));
            if (!left.IsOk || !right.IsOk) return left.Problem ?? right.Problem;
            if (!left.Value.AsSpan().SequenceEqual(right.Value)) return new(ProblemKind.Corrupt, $"Some of the events {tree.Size} to {tree.Size + count - 1} of the ledger {tenant} are not the same in both stores.");
            foreach (var leaf in right.Value)
            {
                tree.Add(leaf);
                if (tree.Size == checkpoint?.Size && tree.Root != checkpoint.Root) return new(ProblemKind.Corrupt, $"The first {tree.Size} events of the ledger {tenant} are not the ones that its last checkpoint vouches for.");
            }
        }
        return null;
    }
}
