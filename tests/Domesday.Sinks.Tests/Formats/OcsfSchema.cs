using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Domesday.Sinks.Tests.Formats;

/// <summary>Holds events against what OCSF 1.4.0 says of four classes: attributes and their types, what is required, enumerations, captions beside ids, profiles, and of which attributes one must be there.</summary>
/// <remarks>No validator of OCSF's own is to be had where this is built: the table was copied down by hand from the published schema. A type ends with «!» when the attribute is required, and with «[]» for a list.</remarks>
internal sealed class OcsfSchema
{
    private const int Other = 99;

    private readonly JsonObject _schema = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Formats", "ocsf-1.4.0.json")))!.AsObject();

    /// <returns>What is wrong with it.</returns>
    public IReadOnlyList<string> FaultsOf(JsonObject value)
    {
        var faults = new List<string>();
        if (_schema["classes"]![Text(value["class_uid"])] is not JsonObject definition) return ["class_uid is unknown"];
        var attributes = Attributes(definition);
        foreach (var profile in value["metadata"]?["profiles"]?.AsArray() ?? [])
        {
            if (_schema["profiles"]![Text(profile)] is JsonObject added) Add(attributes, added);
            else faults.Add($"the profile {profile} is unknown");
        }
        Check("", value, attributes, Merged(definition, "at_least_one"), faults);
        CheckEnums("", value, _schema["objects"]!["base_event"]!.AsObject(), faults);
        var (activity, category) = (Text(value["activity_id"]), Text(definition["category"]));
        if (definition["activities"]![activity] is not { } caption) faults.Add($"activity_id {activity} is unknown");
        else if (activity != Text(Other) && Text(value["activity_name"]) != Text(caption)) faults.Add($"activity_name is not {caption}");
        if (Text(value["class_name"]) != Text(definition["caption"])) faults.Add("class_name is not the caption");
        if (Text(value["category_uid"]) != category || Text(value["category_name"]) != Text(_schema["categories"]![category])) faults.Add("the category is another one");
        if (Text(value["type_uid"]) != Text(int.Parse(Text(value["class_uid"]), CultureInfo.InvariantCulture) * 100 + int.Parse(activity, CultureInfo.InvariantCulture))) faults.Add("type_uid is not that of class and activity");
        if (Text(value["metadata"]?["version"]) != "1.4.0") faults.Add("metadata.version is not 1.4.0");
        return faults;
    }

    private void CheckObject(string path, string type, JsonNode value, List<string> faults)
    {
        if (value is not JsonObject members) faults.Add($"{path} is no object");
        else if (_schema["objects"]![type] is not JsonObject definition) faults.Add($"{path} has the unknown type {type}");
        else
        {
            Check(path + ".", members, Attributes(definition), Merged(definition, "at_least_one"), faults);
            CheckEnums(path + ".", members, definition, faults);
        }
    }

    private static void CheckEnums(string path, JsonObject value, JsonObject definition, List<string> faults)
    {
        foreach (var (name, values) in definition["enums"]?.AsObject() ?? [])
        {
            if (value[name] is { } chosen && !values!.AsArray().Any(known => Text(known) == Text(chosen))) faults.Add($"{path}{name} {chosen} is unknown");
        }
    }

    private void Check(string path, JsonObject value, Dictionary<string, string> attributes, string[] oneOf, List<string> faults)
    {
        foreach (var (name, _) in attributes.Where(attribute => attribute.Value.EndsWith('!') && !value.ContainsKey(attribute.Key))) faults.Add($"{path}{name} is missing");
        foreach (var (name, member) in value)
        {
            if (attributes.TryGetValue(name, out var type)) CheckType(path + name, type.TrimEnd('!'), member, faults);
            else faults.Add($"{path}{name} is no attribute of it");
        }
        if (oneOf.Length > 0 && !oneOf.Any(value.ContainsKey)) faults.Add($"{path} has none of {string.Join(", ", oneOf)}");
    }

    private void CheckType(string path, string type, JsonNode? value, List<string> faults)
    {
        if (type == "any") return;
        if (type.EndsWith("[]", StringComparison.Ordinal))
        {
            if (value is not JsonArray items) faults.Add($"{path} is no list");
            else foreach (var item in items) CheckType(path, type[..^2], item, faults);
            return;
        }
        var isRight = type switch
        {
            "string" => value is JsonValue text && text.TryGetValue<string>(out var content) && content.Length > 0,
            "ip" => value is JsonValue address && address.TryGetValue<string>(out var content) && IPAddress.TryParse(content, out _),
            "integer" => value is JsonValue number && number.TryGetValue<long>(out _),
            "port" => value is JsonValue port && port.TryGetValue<long>(out var content) && content is >= 0 and <= 65_535,
            "boolean" => value is JsonValue flag && flag.TryGetValue<bool>(out _),
            _ => value is not null,
        };
        if (!isRight) faults.Add($"{path} is no {type}");
        else if (_schema["objects"]!.AsObject().ContainsKey(type)) CheckObject(path, type, value!, faults);
    }

    /// <summary>Its own attributes and those of what it extends.</summary>
    private Dictionary<string, string> Attributes(JsonObject definition)
    {
        var all = definition["extends"] is { } parent ? Attributes(_schema["objects"]![Text(parent)]!.AsObject()) : [];
        Add(all, definition["attributes"]!.AsObject());
        return all;
    }

    private static void Add(Dictionary<string, string> all, JsonObject attributes)
    {
        foreach (var (name, type) in attributes) all[name] = Text(type);
    }

    private static string[] Merged(JsonObject definition, string name) => [.. (definition[name]?.AsArray() ?? []).Select(Text)];

    private static string Text(JsonNode? value) => value?.ToString() ?? "";
}
