using System.Text.Json;
using Domesday.Http.Mapping;

namespace Domesday.Ingest.OtlpLogs;

/// <summary>A list of key and value: those that the mapping takes, and the rest, which is kept as it came.</summary>
internal sealed class OtlpAttributes
{
    private readonly List<JsonElement> _rest = [];

    /// <param name="owner">Of <c>attributes</c>; they are taken from it when they are a list.</param>
    public OtlpAttributes(ItemMembers owner)
    {
        if (owner.Peek("attributes") is not { ValueKind: JsonValueKind.Array }) return;
        if (owner.TakeValue("attributes") is { } list) _rest.AddRange(list.EnumerateArray());
    }

    public bool IsEmpty => _rest.Count == 0;

    /// <summary>Takes the first of these attributes that is there and has a value that a text can stand for.</summary>
    public string? TakeText(params ReadOnlySpan<string> keys) => Take(static text => text, keys);

    /// <summary>Takes the first of these attributes of whose text something can be made.</summary>
    public T? Take<T>(Func<string, T?> read, params ReadOnlySpan<string> keys)
        where T : class
    {
        foreach (var key in keys)
        {
            var index = IndexOf(key);
            if (index < 0 || TextOf(_rest[index]) is not { } text || read(text) is not { } value) continue;
            _rest.RemoveAt(index);
            return value;
        }
        return null;
    }

    /// <summary>Takes the first of these attributes that is a whole number within bounds.</summary>
    public int? TakeNumber(int min, int max, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            var index = IndexOf(key);
            if (index < 0 || !int.TryParse(TextOf(_rest[index]), out var number) || number < min || number > max) continue;
            _rest.RemoveAt(index);
            return number;
        }
        return null;
    }

    /// <summary>Takes an attribute that is a list of texts, or one text.</summary>
    public IReadOnlyList<string>? TakeTexts(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            var index = IndexOf(key);
            if (index < 0) continue;
            if (ListOf(_rest[index]) is { } list)
            {
                _rest.RemoveAt(index);
                return list;
            }
            if (TakeText(key) is { } text) return [text];
        }
        return null;
    }

    /// <summary>Takes every attribute whose value is a text; the others stay.</summary>
    /// <param name="accept">Key and text; false leaves it.</param>
    public void TakeAllTexts(Func<string, string, bool> accept) => _rest.RemoveAll(attribute =>
        KeyOf(attribute) is { Length: > 0 } key && Scalar(attribute, "stringValue") is { ValueKind: JsonValueKind.String } text && accept(key, text.GetString()!));

    /// <summary>Writes what was not taken; nothing when everything was.</summary>
    public void WriteRest(Utf8JsonWriter json)
    {
        if (_rest.Count == 0) return;
        json.WriteStartArray("attributes");
        foreach (var attribute in _rest) ItemMembers.WriteAsItCame(json, attribute);
        json.WriteEndArray();
    }

    /// <summary>The key of one attribute; null for what is none.</summary>
    private static string? KeyOf(JsonElement attribute) =>
        attribute.ValueKind == JsonValueKind.Object && attribute.TryGetProperty("key", out var key) && key.ValueKind == JsonValueKind.String ? key.GetString() : null;

    private static JsonElement? Scalar(JsonElement attribute, string member) =>
        attribute.TryGetProperty("value", out var value) && ValueOf(value, member) is { } found ? found : null;

    private static JsonElement? ValueOf(JsonElement value, string member) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(member, out var found) ? found : null;

    /// <summary>The text that stands for a string, a whole number or a truth value.</summary>
    private static string? TextOf(JsonElement attribute)
    {
        if (!attribute.TryGetProperty("value", out var value)) return null;
        if (ValueOf(value, "stringValue") is { ValueKind: JsonValueKind.String } text) return text.GetString() is { Length: > 0 } some ? some : null;
        if (ValueOf(value, "intValue") is { } number) return number.ValueKind == JsonValueKind.Number ? number.GetRawText() : number.ValueKind == JsonValueKind.String ? number.GetString() : null;
        return ValueOf(value, "boolValue") is { ValueKind: JsonValueKind.True or JsonValueKind.False } truth ? truth.GetRawText() : null;
    }

    private static List<string>? ListOf(JsonElement attribute)
    {
        if (Scalar(attribute, "arrayValue") is not { ValueKind: JsonValueKind.Object } array || !array.TryGetProperty("values", out var values) || values.ValueKind != JsonValueKind.Array) return null;
        var texts = new List<string>();
        foreach (var value in values.EnumerateArray())
        {
            if (ValueOf(value, "stringValue") is not { ValueKind: JsonValueKind.String } text || text.ValueEquals("")) return null;
            texts.Add(text.GetString()!);
        }
        return texts.Count > 0 ? texts : null;
    }

    private int IndexOf(string key) => _rest.FindIndex(attribute => KeyOf(attribute) == key);
}
