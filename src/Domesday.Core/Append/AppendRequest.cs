using Domesday.Core.Problems;
using Domesday.Core.Storage;

namespace Domesday.Core.Append;

/// <summary>Events that a source hands in.</summary>
/// <param name="Tenant">Ledger they belong to; checked by the caller.</param>
/// <param name="SourceKind">What sort of source it is, such as <c>native</c> or <c>kubernetes</c>.</param>
/// <param name="Events">Each one JSON object in the native form, UTF-8.</param>
public sealed record AppendRequest(string Tenant, string SourceKind, IReadOnlyList<ReadOnlyMemory<byte>> Events)
{
    public BadEvents BadEvents { get; init; }

    /// <summary>The projects that the sender may write of; null for the whole tenant.</summary>
    public IReadOnlyCollection<string>? Projects { get; init; }

    /// <summary>What the sender sent, by index, where <see cref="Events"/> was made from it; kept in quarantine instead of the event.</summary>
    public Func<int, ReadOnlyMemory<byte>>? Original { get; init; }

    /// <summary>What the source must know, besides the original bytes, to read them again; kept in quarantine with them. Such as the cluster that sent them.</summary>
    public string? Context { get; init; }
}

/// <summary>What happens to a batch that holds events which are not valid.</summary>
public enum BadEvents
{
    /// <summary>Nothing is stored.</summary>
    RefuseBatch,

    /// <summary>The good ones are stored; the bad ones are the sender's business.</summary>
    Reject,

    /// <summary>The good ones are stored; the bad ones are kept in quarantine.</summary>
    Quarantine,
}

/// <summary>Input that no event could be made of.</summary>
/// <param name="Bytes">As they came.</param>
/// <param name="Faults">Why.</param>
public sealed record RefusedInput(ReadOnlyMemory<byte> Bytes, IReadOnlyList<ProblemFault> Faults)
{
    /// <inheritdoc cref="AppendRequest.Context"/>
    public string? Context { get; init; }
}

/// <summary>What became of an <see cref="AppendRequest"/>.</summary>
/// <param name="Receipts">One for each stored event, in order; of all events when nothing was rejected.</param>
/// <param name="Rejected">Faults of the events that were not stored, each with its index.</param>
public sealed record AppendResult(IReadOnlyList<Receipt> Receipts, IReadOnlyList<ProblemFault> Rejected)
{
    /// <summary>How many of the rejected events are in quarantine.</summary>
    public int Quarantined { get; init; }
}
