using System.Text;
using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Storage.Conformance;

/// <summary>Asks random questions that some of the given entries answer: values, parts and times are taken from them.</summary>
public sealed class QuestionGenerator(Random random, IReadOnlyList<StoredEntry> entries)
{
    private static readonly EventField[] Common =
    [
        EventField.Action, EventField.Service, EventField.ResourceType, EventField.ResourceId, EventField.ActorName, EventField.ActorId, EventField.OutcomeResult,
        EventField.ScopeProjectId, EventField.ScopeRegion, EventField.SourceIp, EventField.RequestId, EventField.Origin, EventField.SourceKind, EventField.Tenant,
    ];

    private static readonly EventField[] Comparable = [.. EventSchema.Fields.Where(field => field.Kind is not (FieldKind.Json or FieldKind.TextMap or FieldKind.Actor)).Select(field => field.Field)];

    private static readonly EventField[] Countable = [.. Comparable.Where(field => EventSchema.Of(field).Kind != FieldKind.TextList)];

    public AccessScope Scope(IReadOnlyList<string> tenants) => random.Next(10) switch
    {
        0 => AccessScope.AllTenants(),
        1 => AccessScope.OfProjects(Pick(tenants), []),
        2 or 3 => AccessScope.OfProjects(Pick(tenants), ["alpha", .. random.Next(2) == 0 ? ["delta"] : Array.Empty<string>()]),
        4 => AccessScope.WholeTenant("unknown"),
        5 => (random.Next(2) == 0 ? AccessScope.WholeTenant(Pick(tenants)) : AccessScope.OfProjects(Pick(tenants), ["alpha"])).Limited([.. Enumerable.Range(0, 1 + random.Next(2)).Select(_ => Limit())]),
        _ => AccessScope.WholeTenant(Pick(tenants)),
    };

    public EventQuery Query(AccessScope scope) => new()
    {
        Filter = Filter(),
        Order = scope.IsAllTenants || random.Next(2) == 0 ? EventOrder.Time : EventOrder.Sequence,
        Descending = random.Next(3) > 0,
        Limit = random.Next(4) switch { 0 => 1, 1 => 1 + random.Next(20), 2 => 50, _ => 1_000 },
        Offset = random.Next(4) == 0 ? random.Next(entries.Count + 10) : 0,
        Total = random.Next(2) == 0,
    };

    public EventFilter Filter()
    {
        var filter = new EventFilter { Conditions = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Condition())] };
        if (random.Next(4) == 0) filter = filter with { From = Time() };
        if (random.Next(4) == 0) filter = filter with { To = Time() };
        if (random.Next(10) == 0) filter = filter with { FromSequence = random.Next(-2, entries.Count + 2) };
        if (random.Next(10) == 0) filter = filter with { ToSequence = random.Next(-2, entries.Count + 2) };
        if (random.Next(5) > 0) return filter;
        var search = new TextSearch("", random.Next(2) == 0 ? SearchMode.Exact : SearchMode.Substring);
        var text = Value(Pick(search.Fields));
        return filter with { Search = search with { Text = search.Mode == SearchMode.Exact ? text : Flipped(Part(text, MatchKind.Contains)) } };
    }

    public IReadOnlyList<EventField> FacetFields() => random.Next(3) == 0
        ? Facets.DefaultFields
        : [.. Enumerable.Range(0, 1 + random.Next(4)).Select(_ => Pick(Countable)).Distinct()];

    private static readonly string[] Hours = ["8-18", "9-17@Europe/Berlin", "0-12@Asia/Kathmandu"];

    private FieldLimit Limit()
    {
        var field = Pick(Common);
        return new(field, [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Value(field))]) { Not = random.Next(4) == 0 };
    }

    private FieldCondition Condition()
    {
        if (random.Next(20) == 0) return new(EventField.Time, MatchKind.OutsideHours, [Hours[random.Next(Hours.Length)]]) { Not = random.Next(4) == 0 };
        var field = random.Next(4) == 0 ? Pick(Comparable) : Pick(Common);
        var match = random.Next(3) == 0 ? (MatchKind)random.Next(5) : MatchKind.Equal;
        var values = match == MatchKind.Present ? [] : Enumerable.Range(0, random.Next(10) == 0 ? 0 : 1 + random.Next(3)).Select(_ => Part(Value(field), match)).ToList();
        var ignoreCase = random.Next(4) == 0;
        return new(field, match, ignoreCase ? [.. values.Select(Flipped)] : values) { Not = random.Next(4) == 0, IgnoreCase = ignoreCase };
    }

    /// <summary>A value that an entry has in this field, or one that none has.</summary>
    private string Value(EventField field)
    {
        if (random.Next(12) == 0) return "value that nobody has";
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var entry = Pick(entries).Bytes;
            var slices = new FieldSlice[EventSchema.Count];
            EntrySlicer.Slice(entry.Span, slices);
            var value = slices[(int)field].Of(entry.Span);
            if (value.IsEmpty) continue;
            return EventSchema.Of(field).Kind == FieldKind.TextList
                ? Pick(JsonDocument.Parse(value.ToArray()).RootElement.EnumerateArray().Select(item => item.GetString()!).ToList())
                : Encoding.UTF8.GetString(CanonicalText.Unescape(value));
        }
        return "absent";
    }

    private string Part(string text, MatchKind match)
    {
        if (match is MatchKind.Equal or MatchKind.Present) return text;
        var runes = text.EnumerateRunes().ToList();
        var length = 1 + random.Next(Math.Min(runes.Count, 12));
        var start = match switch
        {
            MatchKind.StartsWith => 0,
            MatchKind.EndsWith => runes.Count - length,
            _ => random.Next(runes.Count - length + 1),
        };
        return string.Concat(runes.Skip(start).Take(length));
    }

    private string Flipped(string text) => random.Next(2) == 0 ? text
        : string.Concat(text.Select(unit => char.IsAsciiLetterLower(unit) ? char.ToUpperInvariant(unit) : char.IsAsciiLetterUpper(unit) ? char.ToLowerInvariant(unit) : unit));

    private Timestamp Time()
    {
        var time = EventJson.Read(Pick(entries).Bytes.Span).Time!.Value;
        return new(time.Microseconds + random.Next(-1, 2));
    }

    private T Pick<T>(IReadOnlyList<T> values) => values[random.Next(values.Count)];
}
