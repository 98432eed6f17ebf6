using System.Text;
using Domesday.Events.Merkle;

namespace Domesday.Client.Verification;

/// <summary>A checkpoint whose signature was verified.</summary>
internal sealed record SignedCheckpoint(Checkpoint Checkpoint, string Note)
{
    private static readonly UTF8Encoding Strict = new(false, true);

    /// <returns>Null when it is no checkpoint, or the key did not sign it for the ledger that the key is for.</returns>
    public static SignedCheckpoint? Read(string note, NoteKey key) =>
        SignedNote.TryParse(note, out var signed) && key.Verifies(signed) && Checkpoint.TryParse(signed.Text, out var checkpoint) && checkpoint.Origin == key.Name
            ? new(checkpoint, note) : null;

    /// <returns>Null when the bytes are not UTF-8.</returns>
    public static string? Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
