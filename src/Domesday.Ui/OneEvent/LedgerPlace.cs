using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Sealing;
using Domesday.Events.Merkle;

namespace Domesday.Ui.OneEvent;

/// <summary>An event's place in its ledger, and what came of checking it just now.</summary>
/// <param name="State">Told apart by words, see <see cref="PlaceState"/>.</param>
/// <param name="LeafHash">Recomputed from the entry, in base64.</param>
public sealed record LedgerPlace(PlaceState State, string LeafHash)
{
    /// <summary>How many events the checkpoint covers; 0 without one.</summary>
    public long TreeSize { get; init; }

    /// <summary>The checkpoint's root, in base64.</summary>
    public string? Root { get; init; }

    public IReadOnlyList<string> Path { get; init; } = [];

    /// <summary>The signed note.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>The key whose signature was checked.</summary>
    public string? Key { get; init; }

    /// <summary>Why it could not be checked, or what is wrong.</summary>
    public string? Detail { get; init; }

    /// <summary>Recomputes the leaf from the entry's bytes and follows the proof to the root of the newest signed checkpoint.</summary>
    public static async ValueTask<LedgerPlace> CheckAsync(LedgerProofs proofs, Sealer sealer, string tenant, StoredEntry entry, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(proofs);
        ArgumentNullException.ThrowIfNull(sealer);
        var leaf = MerkleHash.OfLeaf(entry.Bytes.Span);
        var proven = await proofs.InclusionAsync(tenant, entry.Sequence, null, cancellation);
        if (!proven.IsOk)
        {
            var state = proven.Problem.Kind switch { ProblemKind.NotFound => PlaceState.NotSealed, ProblemKind.Corrupt => PlaceState.Broken, _ => PlaceState.Unchecked };
            return new(state, leaf.ToBase64()) { Detail = proven.Problem.Detail };
        }
        var place = new LedgerPlace(PlaceState.Unchecked, leaf.ToBase64()) { TreeSize = proven.Value.TreeSize, Path = [.. proven.Value.Hashes.Select(hash => hash.ToBase64())], Checkpoint = proven.Value.Checkpoint };
        if (proven.Value.Checkpoint is not { } note || !SignedNote.TryParse(note, out var signed) || !Events.Merkle.Checkpoint.TryParse(signed.Text, out var checkpoint))
            return place with { Detail = "The checkpoint moved on while it was checked: reload the page." };
        place = place with { Root = checkpoint.Root.ToBase64() };
        if (sealer.KeysOf(tenant).FirstOrDefault(key => key.Verifies(signed)) is not { } signer) return place with { State = PlaceState.Broken, Detail = "The checkpoint's signature does not fit the service's key." };
        return InclusionProof.Verify(entry.Sequence, checkpoint.Size, leaf, proven.Value.Hashes, checkpoint.Root)
            ? place with { State = PlaceState.Proven, Key = signer.ToString() }
            : place with { State = PlaceState.Broken, Detail = "What is stored does not lead to the root that was signed: the event, or the ledger around it, is not what it was." };
    }
}

public enum PlaceState
{
    /// <summary>The entry leads to the root of a signed checkpoint.</summary>
    Proven,

    /// <summary>No checkpoint covers it yet.</summary>
    NotSealed,

    /// <summary>It could not be checked.</summary>
    Unchecked,

    /// <summary>It does not.</summary>
    Broken,
}
