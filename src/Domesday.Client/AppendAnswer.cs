namespace Domesday.Client;

/// <summary>What became of events that were sent.</summary>
/// <param name="Receipts">Of the stored ones, in the order in which they were sent.</param>
/// <param name="Rejected">What was not stored; null: nothing.</param>
/// <param name="Quarantined">How many of the rejected ones are kept in quarantine.</param>
public sealed record AppendAnswer(IReadOnlyList<AppendReceipt> Receipts, IReadOnlyList<RejectedEvent>? Rejected, int Quarantined)
{
    /// <summary>Where counts were asked for: events that are new. Null beside receipts.</summary>
    public int? Stored { get; init; }

    /// <summary>Where counts were asked for: events that were there already. Null beside receipts.</summary>
    public int? Duplicates { get; init; }
}

/// <summary>An event is on disk.</summary>
/// <param name="LeafHash">Base64; who keeps it can ask for a proof of exactly what was acknowledged.</param>
/// <param name="Duplicate">It was there already: nothing was stored, and the receipt is that of the first time.</param>
public sealed record AppendReceipt(string Id, long Sequence, string LeafHash, bool Duplicate);

/// <param name="Index">In the batch, from 0.</param>
public sealed record RejectedEvent(int Index, IReadOnlyList<FieldFault> Errors);

/// <summary>What to do with a batch in which some events are not valid.</summary>
public enum BadEvents
{
    /// <summary>Nothing is stored; <see cref="ProblemException.Errors"/> names every fault.</summary>
    RefuseBatch,

    /// <summary>The good ones are stored; the rest comes back as <see cref="AppendAnswer.Rejected"/>.</summary>
    Reject,

    /// <summary>As <see cref="Reject"/>, and the rest is kept in quarantine.</summary>
    Quarantine,
}

/// <summary>How events are sent.</summary>
public sealed record AppendOptions
{
    public static AppendOptions Default { get; } = new();

    public BadEvents BadEvents { get; init; }

    /// <summary>The vendor whose records are sent instead of events: <c>upcloud</c>, <c>pcd</c>, <c>runai</c> or <c>palette</c>; such a batch is not quarantined. Null: events.</summary>
    public string? ImportFrom { get; init; }

    /// <summary>Sends the body as gzip.</summary>
    public bool Compress { get; init; }

    /// <summary>False asks for counts instead, which costs both sides less; a service that is older answers with receipts all the same.</summary>
    public bool Receipts { get; init; } = true;

    /// <summary>Every event has an id, so that the batch may be sent again when the connection breaks and nobody knows whether it arrived.</summary>
    public bool IsRepeatable { get; init; }
}
