using Domesday.Events.Backup;

namespace Domesday.Client.Backup;

/// <summary>How checking or restoring a backup ended.</summary>
/// <param name="Refusal">Why the backup was refused, as a sentence; null when it is good.</param>
/// <param name="Manifest">What the backup consists of; null when it was refused.</param>
public sealed record BackupReport(string? Refusal, BackupManifest? Manifest)
{
    public bool IsGood => Refusal is null;

    /// <summary>Of all files together.</summary>
    public long Bytes => Manifest?.Files.Sum(file => file.Bytes) ?? 0;
}

/// <summary>Carries the first fault of a backup out of the reading.</summary>
internal sealed class BackupRefusedException(string message) : Exception(message);
