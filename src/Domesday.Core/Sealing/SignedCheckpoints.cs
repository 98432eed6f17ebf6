using Domesday.Core.Problems;
using Domesday.Events.Merkle;

namespace Domesday.Core.Sealing;

/// <summary>The record of signed checkpoints in a data folder, for those who move ledgers while no service runs.</summary>
public static class SignedCheckpoints
{
    /// <summary>The last note of each ledger.</summary>
    /// <returns><see cref="ProblemKind.Corrupt"/> when the record is damaged.</returns>
    public static Result<Dictionary<string, string>> Read(string dataFolder)
    {
        var file = CheckpointFile.Open(new SealingOptions { DataFolder = dataFolder }.CheckpointFile);
        if (!file.IsOk) return file.Problem;
        using var record = file.Value;
        return record.Notes.ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>Keeps notes that vouch for more than those that are there.</summary>
    public static Problem? Keep(string dataFolder, IReadOnlyDictionary<string, string> notes)
    {
        ArgumentNullException.ThrowIfNull(notes);
        var file = CheckpointFile.Open(new SealingOptions { DataFolder = dataFolder }.CheckpointFile);
        if (!file.IsOk) return file.Problem;
        using var record = file.Value;
        var newer = notes.Where(note => CheckpointOf(note.Value)?.Size > (record.Notes.TryGetValue(note.Key, out var own) ? CheckpointOf(own)?.Size ?? -1 : -1)).Select(note => (note.Key, note.Value)).ToList();
        if (newer.Count > 0) record.Record(newer);
        return null;
    }

    /// <summary>What a note vouches for; its signature is not looked at.</summary>
    public static Checkpoint? CheckpointOf(string note) => SignedNote.TryParse(note, out var signed) && Checkpoint.TryParse(signed.Text, out var checkpoint) ? checkpoint : null;
}
