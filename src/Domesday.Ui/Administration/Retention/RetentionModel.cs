using Domesday.Core.Control;
using Domesday.Core.Retention;
using Domesday.Core.Storage;

namespace Domesday.Ui.Administration.Retention;

/// <param name="Bytes">With the quarantine.</param>
/// <param name="Next">What the next sweep drops as it stands, and what holds keep.</param>
/// <param name="BytesPerDay">Null until it was measured.</param>
public sealed record RetentionModel(VersionedRetention Retention, LedgerUsage Usage, long Bytes, SweepReport? LastSweep, DueReport Next, long? BytesPerDay, bool MayChange)
{
    /// <summary>Why it cannot be told what is due; null when it can.</summary>
    public string? DueProblem { get; init; }

    public IReadOnlyList<HoldRecord> InForce { get; init; } = [];

    public IReadOnlyList<HoldRecord> Released { get; init; } = [];

    /// <summary>Whether the reader may place holds and erase.</summary>
    public bool MayHold { get; init; }

    /// <summary>The newest ones first.</summary>
    public IReadOnlyList<ErasureRecord> Erasures { get; init; } = [];

    public int ErasuresEver { get; init; }

    /// <summary>By id, what those that are not complete wait for.</summary>
    public IReadOnlyDictionary<string, string> ErasureDelays { get; init; } = new Dictionary<string, string>();

    public LedgerErasures Erased { get; init; }
}
