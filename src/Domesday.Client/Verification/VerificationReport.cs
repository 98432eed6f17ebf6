using Domesday.Events.Merkle;

namespace Domesday.Client.Verification;

/// <summary>How a verification ended. The numbers are the exit codes of <c>domesday verify</c>.</summary>
public enum VerificationOutcome
{
    Verified = 0,

    /// <summary>It could not be carried out: the log cannot be reached, or does not let this caller in.</summary>
    Failed = 1,

    /// <summary>What was to be verified is not described well.</summary>
    Misused = 2,

    /// <summary>What was shown contradicts itself, its signature, or what was shown before.</summary>
    Broken = 3,
}

/// <summary>What a verification found.</summary>
public sealed record VerificationReport
{
    public required VerificationOutcome Outcome { get; init; }

    /// <summary>A sentence for people: what was verified, or the first thing that does not agree.</summary>
    public required string Summary { get; init; }

    /// <summary>Where the first disagreement lies, when it lies with certain entries.</summary>
    public SequenceRange? Divergence { get; init; }

    /// <summary>The log's checkpoint, once its signature held.</summary>
    public Checkpoint? Checkpoint { get; init; }

    /// <summary>What to remember for the next time; null unless everything was verified.</summary>
    public KnownLedger? Known { get; init; }

    /// <summary>The key was taken from the log itself, because none was known.</summary>
    public bool TrustedOnFirstUse { get; init; }

    /// <summary>An earlier checkpoint was there to compare with.</summary>
    public bool ComparedWithEarlier { get; init; }

    /// <summary>Entries whose hash was computed and fits.</summary>
    public long EntriesVerified { get; init; }

    /// <summary>Entries that were erased or dropped, and whose hash still fits.</summary>
    public long EntriesGone { get; init; }
}

/// <summary>Entries from first to last, both included.</summary>
public readonly record struct SequenceRange(long First, long Last)
{
    public override string ToString() => First == Last ? $"sequence {First}" : $"one of the sequences {First} to {Last}";
}

/// <summary>How far a verification has come.</summary>
public readonly record struct VerificationProgress(long Entries, long Total);

/// <summary>Carries the first disagreement out of nested checks.</summary>
internal sealed class LedgerBrokenException(string message, SequenceRange? divergence = null) : Exception(message)
{
    public SequenceRange? Divergence => divergence;
}

/// <summary>The log did not hand out what is needed, without showing anything false.</summary>
internal sealed class LogRefusedException(string message) : Exception(message);
