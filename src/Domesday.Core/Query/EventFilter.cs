using Domesday.Events;
using Domesday.Events.Schema;

namespace Domesday.Core.Query;

/// <summary>Which events are wanted: all conditions hold.</summary>
public sealed record EventFilter
{
    /// <summary>On <c>time</c>, inclusive.</summary>
    public Timestamp? From { get; init; }

    /// <summary>On <c>time</c>, exclusive.</summary>
    public Timestamp? To { get; init; }

    public IReadOnlyList<FieldCondition> Conditions { get; init; } = [];

    public TextSearch? Search { get; init; }

    /// <summary>Lowest sequence, inclusive.</summary>
    public long? FromSequence { get; init; }

    /// <summary>Highest sequence, exclusive.</summary>
    public long? ToSequence { get; init; }

    public static EventFilter All { get; } = new();
}

/// <summary>A condition on one field: any of the values matches, or, negated, none does.</summary>
/// <param name="Values">For <see cref="MatchKind.Present"/>: none.</param>
public sealed record FieldCondition(EventField Field, MatchKind Match, IReadOnlyList<string> Values)
{
    /// <summary>Turns the condition round; an absent field then matches.</summary>
    public bool Not { get; init; }

    /// <summary>Compares without regard to the case of ASCII letters.</summary>
    public bool IgnoreCase { get; init; }

    public static FieldCondition Is(EventField field, params IReadOnlyList<string> values) => new(field, MatchKind.Equal, values);
}

/// <summary>How a field's text is compared. Times and integers compare as their canonical texts.</summary>
public enum MatchKind
{
    Equal,
    Contains,
    StartsWith,
    EndsWith,

    /// <summary>The field is there.</summary>
    Present,

    /// <summary>It is a time at which nobody is at work; the values are <see cref="OfficeHours"/>.</summary>
    OutsideHours,
}

/// <summary>A search over several fields at once.</summary>
public sealed record TextSearch(string Text, SearchMode Mode)
{
    /// <summary>Where <see cref="SearchMode.Exact"/> looks.</summary>
    public static IReadOnlyList<EventField> ExactFields { get; } =
        [EventField.ResourceId, EventField.ActorName, EventField.ActorId, EventField.SourceIp, EventField.RequestId];

    /// <summary>Where <see cref="SearchMode.Substring"/> looks, without regard to the case of ASCII letters.</summary>
    public static IReadOnlyList<EventField> SubstringFields { get; } =
        [EventField.ActorName, EventField.ResourceName, EventField.Operation, EventField.Action, EventField.ResourceType, EventField.ResourceId, EventField.ActorId, EventField.RequestUri, EventField.OutcomeReason, EventField.ReasonText];

    public IReadOnlyList<EventField> Fields => Mode == SearchMode.Exact ? ExactFields : SubstringFields;
}

public enum SearchMode
{
    /// <summary>The whole value of an id, name or address.</summary>
    Exact,

    /// <summary>A part of a value.</summary>
    Substring,
}
