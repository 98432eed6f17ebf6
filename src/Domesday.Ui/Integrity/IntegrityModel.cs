using Domesday.Core.Control;
using Domesday.Core.Retention;
using Domesday.Core.Sealing;
using Domesday.Core.Storage;
using Domesday.Core.Verification;
using Domesday.Core.Witnesses;

namespace Domesday.Ui.Integrity;

/// <summary>How a tenant's ledger stands.</summary>
public sealed record IntegrityModel(string Tenant, LedgerUsage Usage)
{
    /// <summary>The newest signed checkpoint; null until there is one.</summary>
    public SealedHead? Head { get; init; }

    /// <summary>Why there is none.</summary>
    public string? HeadProblem { get; init; }

    /// <summary>Why the ledger is broken; null when it is not known to be.</summary>
    public string? Broken { get; init; }

    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>The verification that runs, or the last one.</summary>
    public LedgerVerification? Verification { get; init; }

    public RetentionPolicy Retention { get; init; } = RetentionPolicy.Forever;

    /// <summary>Legal holds that are in force.</summary>
    public int Holds { get; init; }

    /// <summary>What was erased of what is kept.</summary>
    public LedgerErasures Erased { get; init; }

    /// <summary>The last erasure; null when there was none.</summary>
    public ErasureRecord? LastErasure { get; init; }

    /// <summary>What the next sweep drops, and what holds keep; null when that cannot be told.</summary>
    public DueReport? Next { get; init; }

    /// <summary>The witnesses that are asked, and how they stand to this ledger.</summary>
    public IReadOnlyList<(Witness Witness, WitnessMark Mark)> Witnesses { get; init; } = [];

    /// <summary>The ledgers of other tenants that this reader may look at.</summary>
    public IReadOnlyList<LedgerLine> Ledgers { get; init; } = [];

    public long NotSealed => Head is { } head ? Usage.Size - head.Size : Usage.Size;
}

/// <summary>One ledger among others.</summary>
/// <param name="Kept">Events that can be read.</param>
public sealed record LedgerLine(string Tenant, LedgerUsage Usage, long Kept, long SealedSize, string? Broken, LedgerVerification? Verification);
