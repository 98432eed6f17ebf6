using Domesday.Events.Json;

namespace Domesday.Core.Problems;

/// <summary>An expected refusal: a value, not an exception.</summary>
/// <param name="Detail">A sentence for the caller; never a secret, never an event's content.</param>
/// <param name="Field">The one field that is wrong, when there is one.</param>
/// <param name="RetryAfter">When to come again, for <see cref="ProblemKind.Unavailable"/> and <see cref="ProblemKind.TooMany"/>.</param>
public sealed record Problem(ProblemKind Kind, string Detail, string? Field = null, TimeSpan? RetryAfter = null)
{
    /// <summary>Every fault at once, when there are several.</summary>
    public IReadOnlyList<ProblemFault> Faults { get; init; } = [];
}

/// <summary>One fault among several.</summary>
/// <param name="Index">Position of the event in its batch, from 0; null outside a batch.</param>
/// <param name="Field">Path of the field; empty for the whole.</param>
public sealed record ProblemFault(int? Index, string Field, string Reason)
{
    /// <summary>For answers that have no place for the field: a reason that begins with a capital is a sentence, others go on from the field's name.</summary>
    public string Sentence => Reason is [>= 'A' and <= 'Z', ..] ? Reason : $"{Field} {Reason}".Trim();

    public static ProblemFault From(Fault fault, int? index = null) => new(index, fault.Field, fault.Reason);
}

/// <summary>What sort of refusal it is; docs/problems holds a page for each.</summary>
public enum ProblemKind
{
    /// <summary>The request is wrong, and stays wrong when repeated.</summary>
    Invalid,

    /// <summary>No valid credential.</summary>
    Unauthenticated,

    /// <summary>The credential does not allow it.</summary>
    Forbidden,

    /// <summary>It is not there, or lies where the caller may not know of it.</summary>
    NotFound,

    /// <summary>It contradicts what is there.</summary>
    Conflict,

    /// <summary>Larger than what is allowed.</summary>
    TooLarge,

    /// <summary>More than what is allowed in this time.</summary>
    TooMany,

    /// <summary>Cannot be done now: come again.</summary>
    Unavailable,

    /// <summary>Stored data does not agree with its checksum: reads of this tenant stop until it is repaired.</summary>
    Corrupt,

    /// <summary>The entry was there and its body is gone by retention or erasure.</summary>
    Gone,
}
