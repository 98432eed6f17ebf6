namespace Domesday.Core.Forwarding;

/// <summary>What a receiver said to a batch. Events that are neither rejected nor asked for again were accepted.</summary>
public sealed record Delivery
{
    private Delivery()
    {
    }

    /// <summary>What the receiver refused for good, within whatever it answered.</summary>
    public IReadOnlyList<Rejection> Rejected { get; private init; } = [];

    /// <summary>Positions of events that it did not take yet; null for all of them, empty for none.</summary>
    public IReadOnlyList<int>? Again { get; private init; } = [];

    /// <summary>It refused the batch as a whole, for good: one of the events may be the cause.</summary>
    public bool IsRefused { get; private init; }

    /// <summary>How long it asked to be left alone.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>A sentence for people, without secrets; null when there is nothing to say.</summary>
    public string? Answer { get; private init; }

    public static Delivery Accepted(string? answer = null) => new() { Answer = answer };

    /// <summary>Accepted but for some.</summary>
    public static Delivery Accepted(IReadOnlyList<Rejection> rejected, string? answer = null) => new() { Rejected = rejected, Answer = answer };

    /// <summary>Nothing was taken: come again.</summary>
    public static Delivery Later(string reason, TimeSpan? retryAfter = null) => new() { Again = null, Answer = reason, RetryAfter = retryAfter };

    /// <summary>Some are to come again.</summary>
    public static Delivery Partly(IReadOnlyList<Rejection> rejected, IReadOnlyList<int> again, string reason, TimeSpan? retryAfter = null) =>
        new() { Rejected = rejected, Again = again, Answer = reason, RetryAfter = retryAfter };

    /// <summary>The batch as it is will never be taken: it is tried in halves, down to the events that are the cause.</summary>
    public static Delivery Refused(string reason) => new() { Again = null, IsRefused = true, Answer = reason };
}

/// <param name="Index">Position in the batch.</param>
/// <param name="Reason">As the receiver gave it.</param>
public readonly record struct Rejection(int Index, string Reason);
