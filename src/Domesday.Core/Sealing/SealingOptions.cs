namespace Domesday.Core.Sealing;

/// <summary>Where sealing keeps its files, and under which name it signs.</summary>
public sealed record SealingOptions
{
    /// <summary>Holds the signing key (<c>keys/signing.key</c>) and the record of signed checkpoints (<c>checkpoints</c>).</summary>
    public required string DataFolder { get; init; }

    /// <summary>First part of every origin; the ledger's name follows after a slash. Verifiers pin it. No white space, no plus sign.</summary>
    public string Origin { get; init; } = "domesday";

    /// <summary>Encrypts the signing key where it lies; null or empty: protected by the rights of its file alone.</summary>
    public string? KeyPassphrase { get; init; }

    /// <summary>Leaves of one ledger that are sealed before the next ledger has its turn.</summary>
    public int LeavesPerTurnMax { get; init; } = 65_536;

    internal string KeyFile => Path.Combine(DataFolder, "keys", "signing.key");

    internal string CheckpointFile => Path.Combine(DataFolder, "checkpoints");
}
