using System.Text.Json;
using Domesday.Events;

namespace Domesday.Client;

/// <summary>A page of events.</summary>
/// <param name="NextCursor">Null on the last page.</param>
/// <param name="Total">How many match in all; null unless it was asked for.</param>
/// <param name="CompleteThrough">Everything received until then is in the answer.</param>
public sealed record EventPage(IReadOnlyList<StoredEvent> Events, string? NextCursor, long? Total, Timestamp CompleteThrough);

/// <summary>Which page of events.</summary>
public sealed record PageRequest
{
    /// <summary>1 to 1,000.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>Oldest first.</summary>
    public bool Ascending { get; init; }

    /// <summary>By the time when events happened, instead of the order in which they were recorded.</summary>
    public bool ByTime { get; init; }

    /// <summary><see cref="EventPage.NextCursor"/> of the page before.</summary>
    public string? Cursor { get; init; }

    /// <summary>Events to pass over; not together with a cursor.</summary>
    public long Offset { get; init; }

    /// <summary>Also counts everything that matches.</summary>
    public bool Total { get; init; }

    internal EventSelection AddTo(EventSelection selection)
    {
        selection = selection.With("limit", $"{Limit}");
        if (Ascending) selection = selection.With("order", "asc");
        if (ByTime) selection = selection.With("sort", "time");
        if (Cursor is not null) selection = selection.With("cursor", Cursor);
        if (Offset > 0) selection = selection.With("offset", $"{Offset}");
        return Total ? selection.With("total", "true") : selection;
    }
}

/// <summary>One event, and what refers to it, oldest first: notes, corrections, sign-offs.</summary>
public sealed record EventWithNotes(StoredEvent Event, IReadOnlyList<StoredEvent> Notes);

/// <summary>The values of fields among the events that match.</summary>
/// <param name="CompleteThrough">Everything received until then is counted.</param>
public sealed record FacetsAnswer(IReadOnlyList<Facet> Fields, Timestamp CompleteThrough);

/// <param name="Field">One of <see cref="EventSelection.Fields"/>, or <c>tenant</c>.</param>
/// <param name="Values">Most frequent first.</param>
/// <param name="Distinct">How many values there are, which may be more than <paramref name="Values"/> has.</param>
public sealed record Facet(string Field, IReadOnlyList<FacetValue> Values, long Distinct);

public sealed record FacetValue(string Value, long Count);

/// <summary>Events over time.</summary>
/// <param name="Interval">minute, hour or day.</param>
/// <param name="Buckets">Those without events are left out.</param>
public sealed record HistogramAnswer(string Interval, IReadOnlyList<HistogramBucket> Buckets, Timestamp CompleteThrough);

/// <param name="Failures">Events among them whose result is failure.</param>
public sealed record HistogramBucket(Timestamp From, long Count, long Failures);

/// <summary>Reads the answers that carry events, so that each keeps its bytes.</summary>
internal static class AnswerReader
{
    public static EventPage Page(byte[] answer)
    {
        using var json = JsonDocument.Parse(answer);
        var root = json.RootElement;
        return new(Events(root.GetProperty("events")),
            root.TryGetProperty("next_cursor", out var cursor) ? cursor.GetString() : null,
            root.TryGetProperty("total", out var total) ? total.GetInt64() : null, CompleteThrough(root));
    }

    public static EventWithNotes WithNotes(byte[] answer)
    {
        using var json = JsonDocument.Parse(answer);
        return new(Event(json.RootElement.GetProperty("event")), Events(json.RootElement.GetProperty("notes")));
    }

    public static FacetsAnswer Facets(byte[] answer)
    {
        using var json = JsonDocument.Parse(answer);
        var cut = json.RootElement.GetProperty("cut");
        var fields = new List<Facet>();
        foreach (var field in json.RootElement.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Array))
        {
            var values = field.Value.EnumerateArray().Select(value => new FacetValue(value.GetProperty("value").GetString()!, value.GetProperty("count").GetInt64())).ToList();
            fields.Add(new(field.Name, values, cut.TryGetProperty(field.Name, out var distinct) ? distinct.GetInt64() : values.Count));
        }
        return new(fields, CompleteThrough(json.RootElement));
    }

    private static Timestamp CompleteThrough(JsonElement answer) => answer.GetProperty("complete_through").Deserialize(ClientJson.Default.Timestamp);

    private static List<StoredEvent> Events(JsonElement events)
    {
        var list = new List<StoredEvent>(events.GetArrayLength());
        foreach (var one in events.EnumerateArray()) list.Add(Event(one));
        return list;
    }

    private static StoredEvent Event(JsonElement json) => new(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(json).ToArray());
}
