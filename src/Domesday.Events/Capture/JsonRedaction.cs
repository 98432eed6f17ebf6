using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Domesday.Events.Capture;

/// <summary>Writes a JSON value again, without its secrets.</summary>
internal sealed class JsonRedaction
{
    /// <summary>How deep JSON may stand in texts of JSON, and is still looked into.</summary>
    private const int NestedMax = 3;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = EventLimits.DepthMax, AllowDuplicateProperties = false };
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = EventLimits.DepthMax + 2 };

    private readonly IReadOnlyList<JsonPath> _paths;
    private readonly SecretNames _names;
    private readonly int _nested;

    private JsonRedaction(IReadOnlyList<JsonPath> paths, SecretNames names, int nested) => (_paths, _names, _nested) = (paths, names, nested);

    /// <exception cref="JsonException">Not JSON, deeper than <see cref="EventLimits.DepthMax"/>, or with repeated members.</exception>
    /// <exception cref="InvalidOperationException">A text is half a surrogate pair.</exception>
    public static byte[] Redact(ReadOnlyMemory<byte> json, IReadOnlyList<JsonPath> paths, SecretNames names)
    {
        using var document = JsonDocument.Parse(json, Strict);
        return Write(writer => new JsonRedaction(paths, names, 0).Write(writer, document.RootElement, [.. paths.Select((_, index) => (index, 0))], false));
    }

    /// <summary>JSON within a text; what is none stays a text and is cleaned as such.</summary>
    public static string RedactText(string text, SecretNames names) => RedactText(text, names, 0);

    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, Relaxed)) write(writer);
        return output.WrittenSpan.ToArray();
    }

    private static string RedactText(string text, SecretNames names, int nested)
    {
        if (nested >= NestedMax) return SecretText.Mark;
        try
        {
            using var document = JsonDocument.Parse(text, Strict);
            return Encoding.UTF8.GetString(Write(writer => new JsonRedaction([], names, nested).Write(writer, document.RootElement, [], false)));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            // Half a surrogate pair is an argument that JSON does not take.
            return SecretText.Clean(text);
        }
    }

    /// <param name="places">Paths, and the step of each that is to be taken next.</param>
    /// <param name="isSecret">A name above says that everything here is secret.</param>
    private void Write(Utf8JsonWriter json, JsonElement value, List<(int Path, int Step)> places, bool isSecret)
    {
        if (places.Exists(place => _paths[place.Path].Length == place.Step))
        {
            json.WriteStringValue(SecretText.Mark);
            return;
        }
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(json, value, places, isSecret);
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray()) WriteItem(json, item, Descend(places, null), isSecret);
                json.WriteEndArray();
                break;
            case JsonValueKind.String:
                json.WriteStringValue(isSecret ? SecretText.Mark : Text(value.GetString()!));
                break;
            case JsonValueKind.Number when isSecret:
                json.WriteStringValue(SecretText.Mark);
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }

    private void WriteObject(Utf8JsonWriter json, JsonElement value, List<(int Path, int Step)> places, bool isSecret)
    {
        var isPair = !isSecret && NamesSecret(value);
        json.WriteStartObject();
        foreach (var member in value.EnumerateObject())
        {
            json.WritePropertyName(member.Name);
            var isSecretMember = isSecret || _names.Contains(member.Name) || isPair && SecretNames.AreSame(member.Name, "value");
            Write(json, member.Value, Descend(places, member.Name), isSecretMember);
        }
        json.WriteEndObject();
    }

    /// <summary>Pairs that name what they set: <c>{"name":"DB_PASSWORD","value":"…"}</c>, and JSON Patch: <c>{"path":"/data/password","value":"…"}</c>.</summary>
    private bool NamesSecret(JsonElement value)
    {
        foreach (var member in value.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.String) continue;
            if (SecretNames.AreSame(member.Name, "name") || SecretNames.AreSame(member.Name, "key"))
            {
                if (_names.Contains(member.Value.GetString()!)) return true;
            }
            else if (SecretNames.AreSame(member.Name, "path") && member.Value.GetString()!.Split('/').Any(_names.Contains)) return true;
        }
        return false;
    }

    private void WriteItem(Utf8JsonWriter json, JsonElement item, List<(int Path, int Step)> places, bool isSecret)
    {
        if (!isSecret && item.ValueKind == JsonValueKind.String && SecretText.TryVariable(item.GetString()!, out var name) && _names.Contains(name)
            && !places.Exists(place => _paths[place.Path].Length == place.Step)) json.WriteStringValue($"{name}={SecretText.Mark}");
        else Write(json, item, places, isSecret);
    }

    private string Text(string text) => text is ['{', _, ..] or ['[', _, ..] ? RedactText(text, _names, _nested + 1) : UrlText.Redact(SecretText.Clean(text), _names, 0);

    private List<(int Path, int Step)> Descend(List<(int Path, int Step)> places, string? name)
    {
        if (places.Count == 0) return places;
        var next = new List<(int Path, int Step)>();
        var steps = new List<int>();
        foreach (var (path, step) in places)
        {
            steps.Clear();
            _paths[path].Descend(step, name, steps);
            foreach (var taken in steps)
            {
                if (!next.Contains((path, taken))) next.Add((path, taken));
            }
        }
        return next;
    }
}
