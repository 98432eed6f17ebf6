using System.Runtime.InteropServices;
using System.Text.Json;

namespace Domesday.Http.Mapping;

/// <summary>The members of one JSON object: those that the mapping takes, and the rest, which is kept under <c>raw</c> as it came.</summary>
public sealed class ItemMembers
{
    private readonly List<JsonProperty> _rest;

    private ItemMembers(List<JsonProperty> rest) => _rest = rest;

    /// <summary>Of nothing, when the element is not an object.</summary>
    public static ItemMembers Of(JsonElement? element) => new(element is { ValueKind: JsonValueKind.Object } value ? [.. value.EnumerateObject()] : []);

    public bool IsEmpty => _rest.Count == 0;

    /// <summary>Looks at a member without taking it.</summary>
    public JsonElement? Peek(string name)
    {
        var index = _rest.FindIndex(member => member.NameEquals(name));
        return index < 0 ? null : _rest[index].Value;
    }

    /// <summary>Takes a member that is text and not empty.</summary>
    public string? TakeText(string name) => Peek(name) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text ? Taken(name, text) : null;

    /// <summary>Takes a member that is a list of texts, of which none is empty.</summary>
    public JsonElement? TakeTexts(string name) =>
        Peek(name) is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0
        && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String && !item.ValueEquals("")) ? Taken(name, list) : null;

    /// <summary>Takes a member that is a whole number of 32 bits.</summary>
    public int? TakeNumber(string name) => Peek(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? Taken(name, number) : null;

    /// <summary>Takes an object, whose members are then looked at on their own.</summary>
    public ItemMembers TakeObject(string name) => Peek(name) is { ValueKind: JsonValueKind.Object } value ? Of(Taken(name, value)) : Of(null);

    /// <summary>Takes a member of any kind but null.</summary>
    public JsonElement? TakeValue(string name) => Peek(name) is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } value ? Taken(name, value) : null;

    /// <summary>Takes every member that is text and passes; the others stay.</summary>
    public IReadOnlyList<(string Name, string Value)> TakeAllTexts(Func<string, bool> accept)
    {
        var taken = new List<(string, string)>();
        _rest.RemoveAll(member =>
        {
            if (member.Value.ValueKind != JsonValueKind.String || member.Value.GetString() is not { Length: > 0 } text || !accept(member.Name)) return false;
            taken.Add((member.Name, text));
            return true;
        });
        return taken;
    }

    /// <summary>Drops a member that says nothing: null, or an empty object.</summary>
    public void DropEmpty(string name)
    {
        if (Peek(name) is { } value && (value.ValueKind == JsonValueKind.Null || value.ValueKind == JsonValueKind.Object && !value.EnumerateObject().Any())) Taken(name, value);
    }

    /// <summary>Writes what was not taken, as it came.</summary>
    public void WriteRest(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        foreach (var member in _rest)
        {
            json.WritePropertyName(member.Name);
            WriteAsItCame(json, member.Value);
        }
    }

    /// <summary>Writes what was not taken under a name; nothing when everything was.</summary>
    public void WriteRest(Utf8JsonWriter json, string name)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (IsEmpty) return;
        json.WriteStartObject(name);
        WriteRest(json);
        json.WriteEndObject();
    }

    /// <summary>Numbers keep their digits, texts their escapes.</summary>
    public static void WriteAsItCame(Utf8JsonWriter json, JsonElement value)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
    }

    private T Taken<T>(string name, T value)
    {
        _rest.RemoveAt(_rest.FindIndex(member => member.NameEquals(name)));
        return value;
    }
}
