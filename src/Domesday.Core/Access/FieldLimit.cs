using Domesday.Events.Schema;

namespace Domesday.Core.Access;

/// <summary>What an event's field must be for a reader to see the event: exactly one of the values, or, negated, none of them.</summary>
/// <param name="Values">As a filter has them; with none, nothing is seen.</param>
public sealed record FieldLimit(EventField Field, params IReadOnlyList<string> Values)
{
    /// <summary>Turns the limit round; an absent field then is seen.</summary>
    public bool Not { get; init; }
}
