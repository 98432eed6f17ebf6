using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Domesday.Server.Tests.OpenApi;

/// <summary>Whether an answer fits its schema: as much of JSON Schema as the description uses, and stricter, for a member that is not described is a fault.</summary>
internal static class SchemaFit
{
    public static IEnumerable<string> Faults(JsonObject document, JsonNode schema, JsonNode? value, string at)
    {
        if (schema["$ref"] is { } reference) schema = reference.GetValue<string>().Split('/').Skip(1).Aggregate((JsonNode)document, (node, name) => node[name]!);
        if (schema["anyOf"] is JsonArray choices)
            return choices.Any(choice => !Faults(document, choice!, value, at).Any()) ? [] : [$"{at} fits none of its forms: {value?.ToJsonString()}"];
        if (Types(schema) is { Count: > 0 } types && !types.Contains(TypeOf(value))) return [$"{at} is {TypeOf(value)}, not {string.Join(" or ", types)}"];
        if (schema["enum"] is JsonArray words && !words.Any(word => JsonNode.DeepEquals(word, value))) return [$"{at} is {value}, which is not among its words"];
        if (schema["format"]?.GetValue<string>() == "date-time" && value is not null && !DateTimeOffset.TryParse(value.GetValue<string>(), CultureInfo.InvariantCulture, out _)) return [$"{at} is {value}, no time"];
        return value switch
        {
            JsonArray items when schema["items"] is { } item => items.SelectMany((one, place) => Faults(document, item, one, $"{at}[{place}]")),
            JsonObject members => OfMembers(document, schema, members, at),
            _ => [],
        };
    }

    private static IEnumerable<string> OfMembers(JsonObject document, JsonNode schema, JsonObject members, string at)
    {
        var known = schema["properties"]?.AsObject();
        foreach (var name in schema["required"]?.AsArray().Select(name => name!.GetValue<string>()).Where(name => !members.ContainsKey(name)) ?? []) yield return $"{at}.{name} is missing";
        foreach (var (name, value) in members)
        {
            var member = known?[name] ?? (schema["additionalProperties"] is JsonObject more ? more : null);
            if (member is null && known is not null) yield return $"{at}.{name} is not described";
            if (member is null) continue;
            foreach (var fault in Faults(document, member, value, $"{at}.{name}")) yield return fault;
        }
    }

    private static List<string> Types(JsonNode schema) => schema["type"] switch
    {
        JsonArray several => [.. several.Select(type => type!.GetValue<string>())],
        JsonValue one => [one.GetValue<string>()],
        _ => [],
    };

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => value.ToJsonString().Contains('.', StringComparison.Ordinal) ? "number" : "integer",
    };
}
