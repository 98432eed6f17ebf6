using System.Runtime.InteropServices;
using System.Text.Json;
using Domesday.Events;

namespace Domesday.Client;

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

    private static StoredEvent Event(JsonElement json) => new(JsonMarshal.GetRawUtf8Value(json).ToArray());
}
