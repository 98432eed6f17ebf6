using System.Text;
using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Core.Query;

/// <summary>Decides about one entry at a time: what a filter means, and the reference for every index.</summary>
public sealed class FilterMatcher
{
    private readonly EventFilter _filter;
    private readonly ConditionMatcher[] _conditions;
    private readonly ConditionMatcher[]? _search;

    public FilterMatcher(AccessScope scope, EventFilter filter)
    {
        _filter = filter;
        _conditions = [.. Scoped(scope, filter).Select(condition => new ConditionMatcher(condition))];
        _search = filter.Search is { } search ? [.. Searched(search).Select(condition => new ConditionMatcher(condition))] : null;
    }

    /// <summary>The filter's conditions and those that the scope adds.</summary>
    public static IEnumerable<FieldCondition> Scoped(AccessScope scope, EventFilter filter)
    {
        IEnumerable<FieldCondition> conditions = [.. filter.Conditions, .. scope.Limits.Select(limit => FieldCondition.Is(limit.Field, limit.Values) with { Not = limit.Not })];
        return scope.Projects is { } projects ? conditions.Append(FieldCondition.Is(EventField.ScopeProjectId, [.. projects])) : conditions;
    }

    /// <summary>The conditions of a search, of which one must hold.</summary>
    public static IEnumerable<FieldCondition> Searched(TextSearch search) => search.Fields.Select(field =>
        new FieldCondition(field, search.Mode == SearchMode.Exact ? MatchKind.Equal : MatchKind.Contains, [search.Text]) { IgnoreCase = search.Mode == SearchMode.Substring });

    /// <param name="entry">Canonical bytes.</param>
    /// <param name="slices">Its fields, from <see cref="EntrySlicer"/>.</param>
    public bool Matches(ReadOnlySpan<byte> entry, ReadOnlySpan<FieldSlice> slices, long sequence)
    {
        if (sequence < _filter.FromSequence || sequence >= _filter.ToSequence || !InTime(entry, slices)) return false;
        foreach (var condition in _conditions)
        {
            if (!condition.Matches(slices[(int)condition.Field].Of(entry))) return false;
        }
        if (_search is null) return true;
        foreach (var condition in _search)
        {
            if (condition.Matches(slices[(int)condition.Field].Of(entry))) return true;
        }
        return false;
    }

    private bool InTime(ReadOnlySpan<byte> entry, ReadOnlySpan<FieldSlice> slices)
    {
        if (_filter.From is null && _filter.To is null) return true;
        return Timestamp.TryParse(slices[(int)EventField.Time].Of(entry), out var time, out _) && !(time < _filter.From) && !(time >= _filter.To);
    }
}

/// <summary>Decides about one field's value.</summary>
public sealed class ConditionMatcher
{
    private readonly FieldCondition _condition;
    private readonly byte[][] _values;
    private readonly OfficeHours[] _hours = [];
    private readonly bool _isList;

    public ConditionMatcher(FieldCondition condition)
    {
        _condition = condition;
        _values = [.. condition.Values.Select(value => Encoding.UTF8.GetBytes(value))];
        if (condition.Match == MatchKind.OutsideHours) _hours = [.. condition.Values.Select(OfficeHours.Parse).OfType<OfficeHours>()];
        _isList = EventSchema.Of(condition.Field).Kind == FieldKind.TextList;
    }

    public EventField Field => _condition.Field;

    /// <param name="value">Canonical, without quotes; empty when the field is absent.</param>
    public bool Matches(ReadOnlySpan<byte> value) => MatchesAny(value) != _condition.Not;

    /// <summary>Of <see cref="MatchKind.OutsideHours"/>, without the negation: whether nobody is at work.</summary>
    public bool IsOutside(Timestamp time)
    {
        foreach (var hours in _hours)
        {
            if (hours.IsOutside(time)) return true;
        }
        return false;
    }

    private bool MatchesAny(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return false;
        if (_condition.Match == MatchKind.Present) return true;
        if (_condition.Match == MatchKind.OutsideHours) return Timestamp.TryParse(value, out var time, out _) && IsOutside(time);
        if (!_isList) return MatchesText(value.Contains((byte)'\\') ? CanonicalText.Unescape(value) : value);
        var reader = new Utf8JsonReader(value);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.String && MatchesText(Encoding.UTF8.GetBytes(reader.GetString()!))) return true;
        }
        return false;
    }

    private bool MatchesText(ReadOnlySpan<byte> text)
    {
        foreach (var value in _values)
        {
            var matches = _condition.Match switch
            {
                MatchKind.Equal => text.Length == value.Length && Same(text, value),
                MatchKind.StartsWith => text.Length >= value.Length && Same(text[..value.Length], value),
                MatchKind.EndsWith => text.Length >= value.Length && Same(text[^value.Length..], value),
                _ => Contains(text, value),
            };
            if (matches) return true;
        }
        return false;
    }

    private bool Same(ReadOnlySpan<byte> text, ReadOnlySpan<byte> value) =>
        text.SequenceEqual(value) || _condition.IgnoreCase && EqualsIgnoringAsciiCase(text, value);

    private bool Contains(ReadOnlySpan<byte> text, ReadOnlySpan<byte> value)
    {
        if (!_condition.IgnoreCase || value.IsEmpty) return text.IndexOf(value) >= 0;
        var (lower, upper) = ((byte)char.ToLowerInvariant((char)value[0]), (byte)char.ToUpperInvariant((char)value[0]));
        if (!char.IsAsciiLetter((char)value[0])) (lower, upper) = (value[0], value[0]);
        while (text.Length >= value.Length)
        {
            var candidate = text[..(text.Length - value.Length + 1)].IndexOfAny(lower, upper);
            if (candidate < 0) return false;
            if (EqualsIgnoringAsciiCase(text.Slice(candidate, value.Length), value)) return true;
            text = text[(candidate + 1)..];
        }
        return false;
    }

    private static bool EqualsIgnoringAsciiCase(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        for (var i = 0; i < left.Length; i++)
        {
            var (a, b) = (left[i], right[i]);
            if (a != b && ((a ^ b) != 0x20 || !char.IsAsciiLetter((char)a))) return false;
        }
        return true;
    }
}
