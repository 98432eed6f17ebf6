using System.Text.Json;

namespace Domesday.Ingest.Syslog;

/// <summary>The parameters of all elements: those that the mapping takes, and the rest.</summary>
internal sealed class SyslogParameters
{
    private readonly List<(string Element, string Name, string Value)> _rest;

    public SyslogParameters(IReadOnlyList<SyslogElement> elements) =>
        _rest = [.. elements.SelectMany(element => element.Parameters.DefaultIfEmpty((Name: "", Value: "")).Select(parameter => (element.Id, parameter.Name, parameter.Value)))];

    public bool IsEmpty => _rest.Count == 0;

    /// <summary>Takes the first parameter with one of these names, in this order, that has a value; the elements that RFC 5424 §7 defines keep theirs.</summary>
    public string? Take(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            var index = _rest.FindIndex(one => one.Name == name && one.Value.Length > 0 && one.Element is not ("timeQuality" or "origin" or "meta"));
            if (index < 0) continue;
            var value = _rest[index].Value;
            _rest.RemoveAt(index);
            return value;
        }
        return null;
    }

    /// <summary>For a value that could not stand where it was to go.</summary>
    public void GiveBack(string name, string value) => _rest.Add(("", name, value));

    /// <summary>Takes every parameter by its full name, such as <c>meta.sequenceId</c>; what is not accepted stays.</summary>
    public void TakeAll(Func<string, string, bool> accept) =>
        _rest.RemoveAll(one => one.Name.Length > 0 && accept(one.Element.Length == 0 ? one.Name : $"{one.Element}.{one.Name}", one.Value));

    /// <summary>Writes what was not taken: repeated and empty parameters, and elements without any.</summary>
    public void WriteRest(Utf8JsonWriter json)
    {
        if (_rest.Count == 0) return;
        json.WriteStartArray("structured_data");
        foreach (var (element, name, value) in _rest)
        {
            json.WriteStartArray();
            json.WriteStringValue(element);
            json.WriteStringValue(name);
            json.WriteStringValue(value);
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }
}
