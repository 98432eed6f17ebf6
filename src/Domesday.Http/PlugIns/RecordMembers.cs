using System.Net;
using System.Text.Json;
using Domesday.Events;
using Domesday.Http.Parameters;

namespace Domesday.Http.PlugIns;

/// <summary>Reads a vendor's record member by member, and remembers what nobody asked for, so that it is kept.</summary>
public sealed class RecordMembers(JsonElement record)
{
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly List<RecordMembers> _children = [];

    /// <summary>Whether some member was never asked for, at any depth that was looked into.</summary>
    public bool HasMore => record.ValueKind == JsonValueKind.Object && record.EnumerateObject().Any(member => member.Value.ValueKind != JsonValueKind.Null && !_asked.Contains(member.Name))
        || _children.Any(child => child.HasMore);

    public bool Has(string name) => Member(name) is not null;

    /// <summary>A text; null when it is absent, empty, or something else.</summary>
    public string? Text(string name) => Member(name) is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } value ? value : null;

    /// <summary>A text or a number, as it is written.</summary>
    public string? Written(string name) => Member(name) is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : Text(name);

    public int? Number(string name) => Member(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) ? value : null;

    /// <summary>A moment, cut to microseconds.</summary>
    public Timestamp? Time(string name) => Text(name) is { } text && LenientTime.TryParse(text, out var time, out _) ? time : null;

    /// <summary>An address; null when the text is none, such as a masked one.</summary>
    public string? Address(string name) => Text(name) is { } text && IPAddress.TryParse(text, out _) ? text : null;

    /// <summary>Any value, to be kept as it is.</summary>
    public JsonElement? Value(string name) => Member(name)?.Clone();

    /// <summary>Texts; null when there are none.</summary>
    public IReadOnlyList<string>? Texts(string name)
    {
        if (Member(name) is not { ValueKind: JsonValueKind.Array } list) return null;
        var texts = list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!).Where(text => text.Length > 0).ToList();
        return texts.Count > 0 ? texts : null;
    }

    /// <summary>An object within; one without members when it is absent.</summary>
    public RecordMembers Within(string name)
    {
        var child = new RecordMembers(Member(name) is { ValueKind: JsonValueKind.Object } owner ? owner : default);
        _children.Add(child);
        return child;
    }

    /// <summary>Names and values of an object of texts.</summary>
    public IEnumerable<KeyValuePair<string, string>> Pairs(string name)
    {
        if (Member(name) is not { ValueKind: JsonValueKind.Object } owner) yield break;
        foreach (var member in owner.EnumerateObject())
        {
            if (member.Name.Length > 0 && member.Value.ValueKind == JsonValueKind.String && member.Value.GetString() is { Length: > 0 } value) yield return new(member.Name, value);
        }
    }

    private JsonElement? Member(string name)
    {
        _asked.Add(name);
        return record.ValueKind == JsonValueKind.Object && record.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;
    }
}
