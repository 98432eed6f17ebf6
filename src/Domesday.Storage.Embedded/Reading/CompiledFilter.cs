using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Storage.Embedded.Reading;

/// <summary>A filter made ready for parts of a ledger: conditions with an index first.</summary>
internal sealed class CompiledFilter
{
    /// <param name="sequenceOf">Finds an event by its id.</param>
    public CompiledFilter(AccessScope scope, EventFilter filter, Func<byte[], long?> sequenceOf)
    {
        Filter = filter;
        Conditions = [.. FilterMatcher.Scoped(scope, filter).Select(condition => new CompiledCondition(condition, sequenceOf)).OrderBy(condition => condition.Rank)];
        Search = filter.Search is { } search ? [.. FilterMatcher.Searched(search).Select(condition => new CompiledCondition(condition, sequenceOf)).OrderBy(condition => condition.Rank)] : null;
    }

    public EventFilter Filter { get; }

    public long TimeFrom => Filter.From?.Microseconds ?? long.MinValue;

    /// <summary>Exclusive.</summary>
    public long TimeTo => Filter.To?.Microseconds ?? long.MaxValue;

    /// <summary>All of them must hold.</summary>
    public IReadOnlyList<CompiledCondition> Conditions { get; }

    /// <summary>One of them must hold; null when nothing is searched.</summary>
    public IReadOnlyList<CompiledCondition>? Search { get; }

    /// <summary>Whether every event between the time and sequence bounds matches.</summary>
    public bool HasNoConditions => Conditions.Count == 0 && Search is null;
}

/// <summary>A condition, and how a part may answer it.</summary>
internal sealed class CompiledCondition
{
    public CompiledCondition(FieldCondition condition, Func<byte[], long?> sequenceOf)
    {
        Condition = condition;
        // Negation is applied to rows, so the matcher leaves it out.
        Matcher = new(condition with { Not = false });
        IsExact = condition.Match == MatchKind.Equal && !condition.IgnoreCase && EventSchema.Of(condition.Field).Kind != FieldKind.TextList;
        Values = IsExact ? [.. condition.Values.Where(value => value.Length > 0).Select(CanonicalText.Escape)] : [];
        if (IsExact && condition.Field == EventField.Id) Sequences = [.. Values.Select(sequenceOf).OfType<long>().Distinct().Order()];
        Rank = IsExact && !condition.Not ? 0 : IsExact ? 1 : 2;
    }

    public FieldCondition Condition { get; }

    public EventField Field => Condition.Field;

    public bool Not => Condition.Not;

    /// <summary>Decides about one value; without the negation.</summary>
    public ConditionMatcher Matcher { get; }

    /// <summary>Whether it asks for whole values, which an index can look up.</summary>
    public bool IsExact { get; }

    /// <summary>The whole values that are asked for, canonical.</summary>
    public IReadOnlyList<byte[]> Values { get; }

    /// <summary>The events with the ids that are asked for, ascending; null when it is about another field.</summary>
    public IReadOnlyList<long>? Sequences { get; }

    /// <summary>What is evaluated first is likely to leave few rows.</summary>
    public int Rank { get; }
}
