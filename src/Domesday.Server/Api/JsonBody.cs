using System.Text;
using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Events.Json;
using Microsoft.AspNetCore.Http;

namespace Domesday.Server.Api;

/// <summary>Reads the JSON object that an administrative request brings, member by member, and tells every fault at once.</summary>
internal sealed class JsonBody
{
    private const int BytesMax = 128 * 1024;

    private readonly Dictionary<string, JsonElement> _members;
    private readonly List<ProblemFault> _faults = [];

    private JsonBody(Dictionary<string, JsonElement> members) => _members = members;

    /// <returns><see cref="ProblemKind.Invalid"/> when the body is not a JSON object; <see cref="ProblemKind.TooLarge"/> beyond 128 KiB.</returns>
    public static async ValueTask<Result<JsonBody>> ReadAsync(HttpContext http)
    {
        var bytes = new byte[BytesMax + 1];
        var length = await http.Request.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, http.RequestAborted);
        if (length > BytesMax) return new Problem(ProblemKind.TooLarge, $"The body has more than {BytesMax} bytes.");
        try
        {
            // Refuses what has no canonical form, such as repeated members and invalid UTF-8, with a reason for each.
            using var json = JsonDocument.Parse(CanonicalJson.Canonicalize(bytes.AsSpan(0, length)));
            if (json.RootElement.ValueKind != JsonValueKind.Object) return new Problem(ProblemKind.Invalid, "The body must be a JSON object.");
            return new JsonBody(json.RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.Clone(), StringComparer.Ordinal));
        }
        catch (JsonException exception)
        {
            return new Problem(ProblemKind.Invalid, exception.BytePositionInLine is null ? exception.Message : $"The body {EventParser.NotJson(exception)}.");
        }
    }

    /// <summary>A text without control characters; null when it is absent or wrong.</summary>
    public string? Text(string name, int charsMax, bool required = false)
    {
        if (!_members.Remove(name, out var value))
        {
            if (required) Fault(name, "is missing");
            return null;
        }
        if (value.ValueKind == JsonValueKind.String) return CheckedText(name, value.GetString()!, charsMax);
        Fault(name, "must be text");
        return null;
    }

    /// <summary>True or false; null when it is absent or wrong.</summary>
    public bool? Flag(string name)
    {
        if (!_members.Remove(name, out var value)) return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        Fault(name, "must be true or false");
        return null;
    }

    /// <summary>A whole number; null when it is absent or wrong.</summary>
    public int? Number(string name, int min, int max)
    {
        if (!_members.Remove(name, out var value)) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min && number <= max) return number;
        Fault(name, $"must be a whole number from {min} to {max}");
        return null;
    }

    /// <summary>Whether the member is there, null included, and was not asked for yet.</summary>
    public bool Has(string name) => _members.ContainsKey(name);

    /// <summary>A whole number; null when it is null, absent or wrong.</summary>
    public long? LongOrNull(string name, long min, long max)
    {
        if (!_members.Remove(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= min && number <= max) return number;
        Fault(name, $"must be a whole number from {min} to {max}, or null");
        return null;
    }

    /// <summary>An RFC 3339 time; null when it is absent or wrong.</summary>
    public Timestamp? Time(string name)
    {
        if (!_members.Remove(name, out var value)) return null;
        if (value.ValueKind != JsonValueKind.String) Fault(name, "must be text");
        else if (Timestamp.TryParse(Encoding.UTF8.GetBytes(value.GetString()!), out var time, out var reason)) return time;
        else Fault(name, reason);
        return null;
    }

    /// <summary>A list of texts; null when it is absent or wrong.</summary>
    public IReadOnlyList<string>? Texts(string name, bool required = false)
    {
        if (!_members.Remove(name, out var value))
        {
            if (required) Fault(name, "is missing");
            return null;
        }
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)) return [.. value.EnumerateArray().Select(item => item.GetString()!)];
        Fault(name, "must be a list of texts");
        return null;
    }

    /// <summary>A list of whole numbers; null when it is absent or wrong.</summary>
    public IReadOnlyList<long>? Numbers(string name, long min)
    {
        if (!_members.Remove(name, out var value)) return null;
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var number) && number >= min)) return [.. value.EnumerateArray().Select(item => item.GetInt64())];
        Fault(name, $"must be a list of whole numbers from {min} on");
        return null;
    }

    /// <summary>Names, each with a text or a list of texts; null when it is absent or wrong.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? TextLists(string name)
    {
        if (!_members.Remove(name, out var value)) return null;
        if (value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(member => TextsOf(member.Value) is not null))
            return value.EnumerateObject().ToDictionary(member => member.Name, member => TextsOf(member.Value)!, StringComparer.Ordinal);
        Fault(name, "must be an object of texts and lists of texts");
        return null;
    }

    /// <summary>A text that may be empty; null when it is absent or wrong.</summary>
    public string? OptionalText(string name, int charsMax)
    {
        if (!_members.TryGetValue(name, out var value) || value.ValueKind != JsonValueKind.String || value.GetString()!.Length > 0) return Text(name, charsMax);
        _members.Remove(name);
        return "";
    }

    /// <summary>Names and values, as texts whatever they are written as; null when it is absent or wrong.</summary>
    public IReadOnlyDictionary<string, string>? Settings(string name)
    {
        if (!_members.Remove(name, out var value)) return null;
        var isObject = value.ValueKind == JsonValueKind.Object;
        if (isObject && value.EnumerateObject().All(member => member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False))
            return value.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText(), StringComparer.Ordinal);
        Fault(name, "must be an object of texts, numbers, true and false");
        return null;
    }

    public void Fault(string field, string reason) => _faults.Add(new(null, field, reason));

    /// <summary>To be called when all members were asked for.</summary>
    /// <returns>Every fault, members that nobody asked for included; null when there is none.</returns>
    public Problem? Problem()
    {
        foreach (var name in _members.Keys.Order(StringComparer.Ordinal)) Fault(name, "is not a member that this body has");
        return _faults.Count == 0 ? null : new Problem(ProblemKind.Invalid, "The body is not valid; nothing was changed.") { Faults = _faults };
    }

    private static IReadOnlyList<string>? TextsOf(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String) return [value.GetString()!];
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) ? [.. value.EnumerateArray().Select(item => item.GetString()!)] : null;
    }

    private string? CheckedText(string name, string text, int charsMax)
    {
        var reason = text.Length == 0 ? "is empty"
            : text.Length > charsMax ? $"is longer than {charsMax} characters"
            : text.Any(char.IsControl) ? "has control characters"
            : null;
        if (reason is null) return text;
        Fault(name, reason);
        return null;
    }
}
