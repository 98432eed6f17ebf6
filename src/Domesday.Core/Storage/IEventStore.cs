using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Events.Merkle;

namespace Domesday.Core.Storage;

/// <summary>What a storage engine promises to those who write and to the service's own workers.</summary>
/// <remarks>
/// Acknowledged means durable: an append returns after its bytes are on disk, and from then on every query shows it. Sequences of a tenant
/// are 0, 1, 2 … without gaps and are never used again. A ledger comes into being with its first event.
/// Every member may be called from any thread.
/// </remarks>
public interface IEventStore : IAsyncDisposable
{
    /// <summary>Stores a batch, all or nothing, but for events whose id the ledger already has: they get the first receipt again.</summary>
    /// <param name="tenant">Name of the ledger.</param>
    /// <returns>One receipt for each entry, in order; or <see cref="ProblemKind.Unavailable"/> when it cannot take more now.</returns>
    /// <remarks>When <paramref name="cancellation"/> fires, the batch may or may not have been stored.</remarks>
    ValueTask<Result<IReadOnlyList<Receipt>>> AppendAsync(string tenant, PendingBatch batch, CancellationToken cancellation);

    /// <summary>Why the store would refuse events now, such as a full disk; null when it takes them.</summary>
    Problem? NotAccepting => null;

    /// <summary>All ledgers that have an event, in no particular order.</summary>
    IReadOnlyList<string> Tenants { get; }

    /// <summary>How many events the ledger has ever had: one more than its highest sequence; 0 for an unknown one.</summary>
    long Size(string tenant);

    /// <summary>Completes when the ledger is larger than <paramref name="size"/>.</summary>
    Task WaitBeyondAsync(string tenant, long size, CancellationToken cancellation);

    /// <summary>Leaf hashes of <paramref name="count"/> entries from <paramref name="first"/> on; what was erased or dropped included.</summary>
    /// <returns><see cref="ProblemKind.Corrupt"/> when stored bytes do not agree with their checksum.</returns>
    ValueTask<Result<MerkleHash[]>> LeafHashesAsync(string tenant, long first, int count, CancellationToken cancellation);

    /// <summary>What a ledger keeps, and what that takes.</summary>
    LedgerUsage Usage(string tenant);

    /// <summary>What <see cref="DropAsync"/> would drop now.</summary>
    DroppedEvents Due(string tenant, Timestamp before, long sealedSize);

    /// <summary>Drops events from the oldest on whose retention has ended; their leaf hashes stay, so that proofs of what remains still verify.</summary>
    /// <param name="before">An event is old when it happened, or arrived, before this moment. An engine may keep old events as long as they stand among younger ones.</param>
    /// <param name="sealedSize">Events from this sequence on stay, whatever their age: no checkpoint covers them yet.</param>
    /// <returns>What was dropped; <see cref="ProblemKind.Corrupt"/> when stored bytes do not agree with their checksum.</returns>
    /// <remarks>Neither writers nor queries wait for it; a query that runs keeps what it sees.</remarks>
    ValueTask<Result<DroppedEvents>> DropAsync(string tenant, Timestamp before, long sealedSize, CancellationToken cancellation);

    /// <summary>Erases events: their bodies and attachments go, their places, ids and leaf hashes stay, so that all proofs still hold.</summary>
    /// <param name="sequences">Ascending, each below <see cref="Size"/>; those that were erased or dropped before are passed over.</param>
    /// <returns>
    /// How many this call erased, once that is durable: from then on no query, count, facet or walk shows them, reading one is
    /// <see cref="ProblemKind.Gone"/>, and their ids stay known. <see cref="ProblemKind.Unavailable"/> when it cannot be done now.
    /// </returns>
    /// <remarks>The bytes leave the engine's files soon afterwards, also when the service is ended in between: <see cref="Erasures"/> counts what still waits.</remarks>
    ValueTask<Result<long>> EraseAsync(string tenant, IReadOnlyList<long> sequences, CancellationToken cancellation);

    /// <summary>What was erased from a ledger.</summary>
    LedgerErasures Erasures(string tenant);

    /// <summary>The tree above the leaves, as far as it was built.</summary>
    ITreeStore Trees { get; }
}

/// <param name="FirstSequence">The oldest event that is kept; the size when there is none.</param>
/// <param name="Bytes">On disk or in memory, without what tenants share.</param>
public readonly record struct LedgerUsage(long FirstSequence, long Size, long Bytes)
{
    /// <summary>How many events are kept.</summary>
    public long Events => Size - FirstSequence;
}

public readonly record struct DroppedEvents(long Events, long Bytes);

/// <param name="Events">Erased among the events that retention has not dropped.</param>
/// <param name="Pending">Of them those that nobody can read any more, and whose bytes are still in the engine's files.</param>
public readonly record struct LedgerErasures(long Events, long Pending);

/// <summary>Keeps the nodes at levels 8, 16, 24 … of every ledger's tree: derived from the entries, and rebuilt from them when damaged.</summary>
public interface ITreeStore
{
    /// <summary>How many nodes of a level are kept, counted from the left without gaps.</summary>
    /// <param name="level">A multiple of 8, at least 8.</param>
    long Count(string tenant, int level);

    /// <summary>Nodes of a level; all of them must be kept.</summary>
    ValueTask<Result<MerkleHash[]>> ReadAsync(string tenant, int level, long first, int count, CancellationToken cancellation);

    /// <summary>Adds nodes behind the ones that are kept.</summary>
    /// <param name="first">Index of the first of <paramref name="nodes"/>: as many as the caller knows to be kept.</param>
    /// <exception cref="IOException">Others are kept: somebody else builds, or an earlier attempt that was given up has come through.</exception>
    ValueTask AppendAsync(string tenant, int level, long first, IReadOnlyList<MerkleHash> nodes, CancellationToken cancellation);

    /// <summary>Forgets nodes from an index on, to build them again.</summary>
    ValueTask TruncateAsync(string tenant, int level, long count, CancellationToken cancellation);
}
