using Domesday.Events;

namespace Domesday.Core.Verification;

/// <summary>How a full verification of a ledger stands, or ended.</summary>
/// <param name="Size">Events that the checkpoint covers, and that are read.</param>
public sealed record LedgerVerification(string Tenant, long Size, Timestamp StartedAt)
{
    /// <summary>Events that were read.</summary>
    public long Checked { get; init; }

    /// <summary>Of them those whose bodies are gone by retention or erasure, whose kept hashes were taken.</summary>
    public long WithoutBody { get; init; }

    /// <summary>Null while it runs.</summary>
    public Timestamp? FinishedAt { get; init; }

    /// <summary>Null while it runs.</summary>
    public bool? IsSound { get; init; }

    /// <summary>What is wrong, with the first place; null when nothing is.</summary>
    public string? Fault { get; init; }

    /// <summary>The root that was computed, in base64; null until the end.</summary>
    public string? Root { get; init; }
}
