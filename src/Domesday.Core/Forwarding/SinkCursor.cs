using System.Text.Json.Serialization;
using Domesday.Events;

namespace Domesday.Core.Forwarding;

/// <summary>How far a sink is, and what became of what it was given. Immutable; kept in a file of its own, together, so that a crash never parts the place from the counts.</summary>
public sealed record SinkCursor
{
    /// <summary>The first event that it was not given yet.</summary>
    public required long Next { get; init; }

    /// <summary>What is sent again beside it; null: nothing.</summary>
    public SinkReplay? Replay { get; init; }

    /// <summary>Events handed over, each attempt counted.</summary>
    public long Sent { get; init; }

    /// <summary>Events that the receiver said it has.</summary>
    public long Accepted { get; init; }

    /// <summary>Events that the receiver refused for good.</summary>
    public long Rejected { get; init; }

    /// <summary>Events that had to be sent again, each attempt counted.</summary>
    public long Retried { get; init; }

    /// <summary>Of the accepted ones those that were asked for again by people.</summary>
    public long Replayed { get; init; }

    /// <summary>Events that retention dropped before they were forwarded, whether the filter wanted them or not.</summary>
    public long Missed { get; init; }

    public Timestamp? LastAcceptedAt { get; init; }

    /// <summary>What went wrong last; it stays when things go well again.</summary>
    public string? LastError { get; init; }

    public Timestamp? LastErrorAt { get; init; }
}

/// <summary>Events that are sent once more.</summary>
/// <param name="Next">The first one that was not yet.</param>
/// <param name="To">The first one that is not meant any more.</param>
/// <param name="RejectedOnly">Only those that the receiver rejected and that are kept for this.</param>
public sealed record SinkReplay(long Next, long To, bool RejectedOnly);

/// <summary>An event that a receiver refused; the event itself is in the ledger.</summary>
public sealed record DeadLetter(long Sequence, Timestamp At, string Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SinkCursor))]
[JsonSerializable(typeof(DeadLetter))]
[JsonSerializable(typeof(SinkReplay))]
[JsonSerializable(typeof(long[]))]
internal sealed partial class ForwardingJson : JsonSerializerContext;
