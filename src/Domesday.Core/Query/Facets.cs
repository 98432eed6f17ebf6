using Domesday.Events;
using Domesday.Events.Schema;

namespace Domesday.Core.Query;

/// <summary>How often each value of some fields occurs among the events that match.</summary>
public sealed record Facets
{
    public required IReadOnlyList<Facet> Fields { get; init; }

    public required Timestamp CompleteThrough { get; init; }

    /// <summary>The fields that have facets when none are named.</summary>
    public static IReadOnlyList<EventField> DefaultFields { get; } =
    [
        EventField.Action, EventField.ActorName, EventField.ActorType, EventField.Level, EventField.Origin, EventField.OutcomeResult,
        EventField.ResourceType, EventField.ScopeClusterName, EventField.ScopeDomain, EventField.ScopeProjectId, EventField.ScopeProjectName,
        EventField.ScopeRegion, EventField.Service, EventField.SourceKind,
    ];
}

/// <param name="Values">Most frequent first, then by value; at most the limit that was asked for.</param>
/// <param name="Distinct">How many values there are, the ones left out included.</param>
public sealed record Facet(EventField Field, IReadOnlyList<FacetValue> Values, int Distinct);

public readonly record struct FacetValue(string Value, long Count);
