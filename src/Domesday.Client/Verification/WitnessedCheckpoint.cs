using System.Globalization;
using Domesday.Events.Merkle;

namespace Domesday.Client.Verification;

/// <summary>A checkpoint that bears the cosignatures that somebody asks for.</summary>
/// <param name="Summary">Continues a sentence for people.</param>
internal sealed record WitnessedCheckpoint(Checkpoint Checkpoint, string Summary)
{
    /// <exception cref="LedgerBrokenException">The log did not sign it, or a cosignature is false.</exception>
    /// <exception cref="LogRefusedException">A witness has not cosigned it.</exception>
    public static WitnessedCheckpoint Read(string text, NoteKey log, IReadOnlyList<WitnessKey> witnesses)
    {
        if (SignedCheckpoint.Read(text, log) is not { } signed || !SignedNote.TryParse(text, out var note)) throw new LedgerBrokenException($"The cosigned checkpoint does not bear the signature of {log.Name}.");
        var said = new List<string>();
        foreach (var witness in witnesses)
        {
            var own = note.Signatures.Where(witness.IsOwn).ToList();
            if (own.Count == 0) throw new LogRefusedException($"The witness {witness.Name} has not cosigned the checkpoint of {signed.Checkpoint.Origin} with {signed.Checkpoint.Size} events: ask the service's operator why.");
            DateTimeOffset? last = null;
            foreach (var signature in own) last = witness.CosignedAt(note.Text, signature) ?? throw new LedgerBrokenException($"The checkpoint bears a cosignature of {witness.Name} that is false.");
            said.Add(string.Create(CultureInfo.InvariantCulture, $"{witness.Name} at {last:yyyy-MM-dd HH:mm:ss}Z"));
        }
        return new(signed.Checkpoint, string.Create(CultureInfo.InvariantCulture, $" Cosigned up to {signed.Checkpoint.Size} events by {string.Join(", ", said)}."));
    }
}
