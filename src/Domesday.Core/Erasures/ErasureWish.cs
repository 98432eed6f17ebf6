using Domesday.Events;

namespace Domesday.Core.Erasures;

/// <summary>Events that somebody wants erased. Either ids, sequences, or a filter with times.</summary>
/// <param name="Filter">In the form of a query's parameters, without times; null or empty for all events of the time.</param>
/// <param name="Expected">How many events must match, without those that refer to them; null: any number.</param>
public sealed record ErasureWish(string Reason, string? Case, IReadOnlyList<string>? Ids, IReadOnlyList<long>? Sequences, string? Filter, Timestamp? From, Timestamp? To, long? Expected)
{
    /// <summary>Longest reason, in characters.</summary>
    public const int ReasonCharsMax = 1_000;

    /// <summary>Longest reference of a matter, in characters.</summary>
    public const int CaseCharsMax = 200;

    /// <summary>Ids or sequences of one erasure.</summary>
    public const int NamedMax = 1_000;

    /// <summary>Events of one erasure, with those that refer to others.</summary>
    public const int EventsMax = 100_000;

    internal string By => Ids is not null ? "ids" : Sequences is not null ? "sequences" : "filter";
}

/// <summary>The events that a wish is about.</summary>
/// <param name="Matched">Those that were asked for.</param>
/// <param name="Notes">Those that go along because they refer to them: notes, corrections, sign-offs, alerts.</param>
/// <param name="Gone">Asked for by name, and erased or dropped before.</param>
/// <param name="Sequences">All of them, ascending.</param>
public sealed record ErasureSelection(long Matched, long Notes, long Gone, IReadOnlyList<long> Sequences);

/// <summary>What came of an erasure.</summary>
/// <param name="Delayed">Why it is not complete yet; it is carried out as soon as that is possible. Null when it is.</param>
public sealed record ErasureOutcome(Control.ErasureRecord Record, Problems.Problem? Delayed);
