using System.Buffers;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events.Merkle;

namespace Domesday.Core.Sealing;

/// <summary>Shows others that a ledger is what its checkpoints say: tiles, bundles of entries and proofs, all below the last checkpoint.</summary>
/// <remarks>Every member answers <see cref="ProblemKind.Unavailable"/> while there is no checkpoint and <see cref="ProblemKind.Corrupt"/> for a broken ledger.</remarks>
public sealed class LedgerProofs(IEventStore store, IEventReader reader, Sealer sealer)
{
    /// <summary>Shows that an event is in the tree of a size.</summary>
    /// <param name="size">Null: the size of the last checkpoint.</param>
    /// <returns><see cref="ProblemKind.NotFound"/> when no checkpoint covers the event yet.</returns>
    public async ValueTask<Result<ProvenInclusion>> InclusionAsync(string tenant, long sequence, long? size, CancellationToken cancellation)
    {
        var head = HeadOf(tenant);
        if (!head.IsOk) return head.Problem;
        if (size > head.Value.Size) return BeyondHead("size", head.Value);
        if (size <= sequence) return Invalid("size", "must be larger than the sequence");
        if (sequence >= head.Value.Size) return new Problem(ProblemKind.NotFound, $"No checkpoint covers sequence {sequence} yet; the last one has size {head.Value.Size}.");
        return await GuardAsync<ProvenInclusion>(async () =>
        {
            var tree = Tree(tenant, size ?? head.Value.Size, cancellation);
            var path = await InclusionProof.BuildAsync(sequence, tree.Size, tree.RangeAsync);
            return new ProvenInclusion(sequence, tree.Size, await tree.NodeAsync(new(0, sequence)), path, NoteAt(tree.Size, head.Value));
        });
    }

    /// <summary>Shows that the tree of one size is the beginning of the tree of another.</summary>
    /// <param name="to">Null: the size of the last checkpoint.</param>
    public async ValueTask<Result<ProvenConsistency>> ConsistencyAsync(string tenant, long from, long? to, CancellationToken cancellation)
    {
        var head = HeadOf(tenant);
        if (!head.IsOk) return head.Problem;
        if (to > head.Value.Size) return BeyondHead("to", head.Value);
        var size = to ?? head.Value.Size;
        if (from > size) return Invalid("from", $"must be no larger than {size}");
        return await GuardAsync<ProvenConsistency>(async () =>
        {
            var tree = Tree(tenant, size, cancellation);
            var path = from == 0 ? [] : await ConsistencyProof.BuildAsync(from, size, tree.RangeAsync);
            return new ProvenConsistency(from, size, path, NoteAt(size, head.Value));
        });
    }

    /// <summary>The hashes of a tile.</summary>
    /// <returns><see cref="ProblemKind.NotFound"/> when the tree of the last checkpoint does not have all of them.</returns>
    public async ValueTask<Result<MerkleHash[]>> TileAsync(string tenant, TreeTile tile, CancellationToken cancellation)
    {
        var head = HeadOf(tenant);
        if (!head.IsOk) return head.Problem;
        return tile.IsIn(head.Value.Size) ? await ReadAsync(tenant, tile, cancellation) : NoSuchTile(head.Value);
    }

    /// <summary>The entries below a tile of level 0, as a bundle.</summary>
    /// <param name="scope">The whole of one tenant: entries are shown as they are.</param>
    /// <returns><see cref="ProblemKind.NotFound"/> as for tiles; <see cref="ProblemKind.Gone"/> when entries were erased or dropped.</returns>
    public ValueTask<Result<ReadOnlyMemory<byte>>> EntriesAsync(AccessScope scope, TreeTile tile, CancellationToken cancellation) => BundleAsync(scope, tile, withHoles: false, cancellation);

    /// <summary>The same, with an entry of no bytes in the place of each that is gone: those beside it can still be compared with their hashes.</summary>
    /// <returns><see cref="ProblemKind.Gone"/> when none is left.</returns>
    /// <inheritdoc cref="EntriesAsync"/>
    public ValueTask<Result<ReadOnlyMemory<byte>>> KeptEntriesAsync(AccessScope scope, TreeTile tile, CancellationToken cancellation) => BundleAsync(scope, tile, withHoles: true, cancellation);

    private async ValueTask<Result<ReadOnlyMemory<byte>>> BundleAsync(AccessScope scope, TreeTile tile, bool withHoles, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(scope);
        if (scope.Tenant is not { } tenant || !scope.IsWholeTenant) throw new ArgumentException("Bundles need the whole of one tenant.", nameof(scope));
        var head = HeadOf(tenant);
        if (!head.IsOk) return head.Problem;
        if (!tile.IsIn(head.Value.Size)) return NoSuchTile(head.Value);
        var first = tile.Index << TreeTile.Height;
        var filter = new EventFilter { FromSequence = first, ToSequence = first + tile.Width };
        return await GuardAsync<ReadOnlyMemory<byte>>(async () =>
        {
            var bundle = new ArrayBufferWriter<byte>(64 * 1024);
            var (count, next) = (0, first);
            await foreach (var batch in reader.ReadAsync(scope, filter, EventOrder.Sequence, false, cancellation))
            {
                foreach (var entry in batch)
                {
                    for (; withHoles && next < entry.Sequence; next++) EntryBundle.Write([], bundle);
                    EntryBundle.Write(entry.Bytes.Span, bundle);
                    next = entry.Sequence + 1;
                }
                count += batch.Count;
            }
            for (; withHoles && next < first + tile.Width; next++) EntryBundle.Write([], bundle);
            return count == tile.Width || (withHoles && count > 0) ? bundle.WrittenMemory
                : new Problem(ProblemKind.Gone, $"{tile.Width - count} of these {tile.Width} entries are gone by retention or erasure; their hashes are in {tile.Path}.");
        });
    }

    private Result<SealedHead> HeadOf(string tenant) => sealer.BrokenReason(tenant) is { } reason
        ? new Problem(ProblemKind.Corrupt, $"The ledger is broken: {reason}.")
        : sealer.HeadOf(tenant);

    private TileTree Tree(string tenant, long size, CancellationToken cancellation) => new(size, async tile =>
    {
        var hashes = await ReadAsync(tenant, tile, cancellation);
        return hashes.IsOk ? hashes.Value : throw new UnreadableTreeException(hashes.Problem);
    });

    private async ValueTask<Result<MerkleHash[]>> ReadAsync(string tenant, TreeTile tile, CancellationToken cancellation)
    {
        var first = tile.Index << TreeTile.Height;
        if (tile.Level == 0) return await store.LeafHashesAsync(tenant, first, tile.Width, cancellation);
        var level = tile.Level * TreeTile.Height;
        if (store.Trees.Count(tenant, level) < first + tile.Width) return Rebuilding();
        var nodes = await store.Trees.ReadAsync(tenant, level, first, tile.Width, cancellation);
        if (nodes.IsOk || nodes.Problem.Kind != ProblemKind.Corrupt) return nodes;
        sealer.Rebuild(tenant);
        return Rebuilding();
    }

    private static async ValueTask<Result<T>> GuardAsync<T>(Func<ValueTask<Result<T>>> answer)
    {
        try
        {
            return await answer();
        }
        catch (UnreadableTreeException exception)
        {
            return exception.Problem;
        }
        catch (CorruptLedgerException exception)
        {
            return new Problem(ProblemKind.Corrupt, exception.Message);
        }
    }

    private static string? NoteAt(long size, SealedHead head) => size == head.Size ? head.Note : null;

    private static Problem BeyondHead(string field, SealedHead head) => Invalid(field, $"must be no larger than {head.Size}, the size of the last checkpoint");

    private static Problem Invalid(string field, string reason) => new(ProblemKind.Invalid, $"The parameter {field} {reason}.", field) { Faults = [new(null, field, reason)] };

    private static Problem NoSuchTile(SealedHead head) => new(ProblemKind.NotFound, $"The tree of the last checkpoint, of size {head.Size}, has no such tile.");

    private static Problem Rebuilding() => new(ProblemKind.Unavailable, "The ledger's tree is being built again from its entries: come again later.", RetryAfter: TimeSpan.FromSeconds(5));

    /// <summary>Carries a problem through the building of a proof.</summary>
    private sealed class UnreadableTreeException(Problem problem) : Exception(problem.Detail)
    {
        public Problem Problem => problem;
    }
}

/// <summary>An event's path from leaf to root.</summary>
/// <param name="Checkpoint">The signed note of this size; null when it is not the last checkpoint's.</param>
public sealed record ProvenInclusion(long Sequence, long TreeSize, MerkleHash LeafHash, IReadOnlyList<MerkleHash> Hashes, string? Checkpoint);

/// <summary>The path between two sizes.</summary>
/// <param name="Checkpoint">The signed note of the later size; null when it is not the last checkpoint's.</param>
public sealed record ProvenConsistency(long From, long To, IReadOnlyList<MerkleHash> Hashes, string? Checkpoint);
