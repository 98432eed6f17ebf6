using Domesday.Events.Merkle;

namespace Domesday.Core.Sealing;

/// <summary>Signs the checkpoints of all ledgers: one key, and for each ledger an origin of its own, which is also the key's name there.</summary>
/// <param name="origin">First part of every origin.</param>
public sealed class CheckpointSigner(SigningKeys keys, string origin)
{
    /// <summary>The name that a ledger has in its checkpoints, such as <c>domesday/acme</c>.</summary>
    public string OriginOf(string tenant) => $"{origin}/{tenant}";

    /// <summary>The keys that verify a ledger's checkpoints, the one that signs today first.</summary>
    public IReadOnlyList<NoteKey> KeysOf(string tenant) => keys.Named(OriginOf(tenant));

    public SealedHead Sign(string tenant, long size, MerkleHash root)
    {
        var checkpoint = new Checkpoint(OriginOf(tenant), size, root);
        return new(checkpoint, keys.Active.Sign(checkpoint.Origin, checkpoint.Text).ToString());
    }

    /// <summary>Reads a note that this service signed for this ledger; null when it did not.</summary>
    public SealedHead? Recognise(string tenant, string note) =>
        SignedNote.TryParse(note, out var signed) && Checkpoint.TryParse(signed.Text, out var checkpoint)
            && checkpoint.Origin == OriginOf(tenant) && KeysOf(tenant).Any(key => key.Verifies(signed))
            ? new(checkpoint, note) : null;
}

/// <summary>A signed checkpoint of one ledger.</summary>
/// <param name="Note">The checkpoint's text with its signature.</param>
public sealed record SealedHead(Checkpoint Checkpoint, string Note)
{
    public long Size => Checkpoint.Size;
}
