using Domesday.Core.Problems;
using Domesday.Events.Merkle;

namespace Domesday.Core.Storage;

/// <summary>A store that can begin a ledger behind events that were dropped elsewhere: it keeps what proofs need of them, and nothing else.</summary>
public interface IDroppedImport
{
    /// <summary>Adds the leaf hashes of dropped events to a ledger that holds no event; the next event appended gets the sequence behind them. Durable when it returns.</summary>
    /// <param name="first">Sequence of the first of <paramref name="leaves"/>: the size that the ledger has, 0 for a new one.</param>
    /// <param name="leaves">At least one.</param>
    /// <returns><see cref="ProblemKind.Conflict"/> when the ledger holds events, or has another size.</returns>
    /// <remarks>For those who are alone with the store: nothing may be appended to the ledger meanwhile.</remarks>
    ValueTask<Problem?> AdoptDroppedAsync(string tenant, long first, ReadOnlyMemory<MerkleHash> leaves, CancellationToken cancellation);
}
