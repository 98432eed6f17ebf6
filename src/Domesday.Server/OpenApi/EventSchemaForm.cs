using System.Text.Json.Nodes;
using Domesday.Events.Schema;

namespace Domesday.Server.OpenApi;

/// <summary>The event as JSON Schema, made from the one list of its fields.</summary>
internal static class EventSchemaForm
{
    private const string ActorName = "Actor";

    /// <summary>The event, and the actor within it, which may act for another.</summary>
    public static IEnumerable<(string Name, JsonObject Schema)> All()
    {
        var root = Empty();
        foreach (var field in EventSchema.Fields)
        {
            var names = field.Path.Split('.');
            if (names[0] == "actor") continue;
            var owner = names[..^1].Aggregate(root, (parent, name) => Within(parent, name));
            Members(owner)[names[^1]] = Of(field);
        }
        Members(root)["actor"] = Reference(ActorName);
        root["description"] = "Who did what, to which resource, when, from where, with what result. What is absent is absent: no null, no empty text.";
        root["required"] = new JsonArray("action");
        yield return ("Event", root);
        var actor = Empty();
        foreach (var field in EventSchema.Fields.Where(field => field.Path.StartsWith("actor.", StringComparison.Ordinal))) Members(actor)[field.Path["actor.".Length..]] = Of(field);
        actor["description"] = "Who acted.";
        yield return (ActorName, actor);
    }

    public static JsonObject Reference(string name) => new() { ["$ref"] = "#/components/schemas/" + name };

    private static JsonObject Of(FieldDefinition field)
    {
        JsonObject schema = field.Kind switch
        {
            FieldKind.TextList => new() { ["type"] = "array", ["items"] = Text() },
            FieldKind.TextMap => new() { ["type"] = "object", ["additionalProperties"] = Text() },
            FieldKind.OneOf => new() { ["type"] = "string", ["enum"] = new JsonArray([.. field.Values.Select(value => JsonValue.Create(value))]) },
            FieldKind.Integer => Integer(field),
            FieldKind.Time => new() { ["type"] = "string", ["format"] = "date-time", ["description"] = "RFC 3339, up to microseconds, in UTC." },
            FieldKind.Actor => Reference(ActorName),
            FieldKind.Json => new() { ["description"] = "Any JSON; numbers keep their digits." },
            FieldKind.Address => new() { ["type"] = "string", ["description"] = "An IPv4 or IPv6 address." },
            _ => Text(),
        };
        if (field.SetByService) schema["readOnly"] = true;
        return schema;
    }

    /// <summary>What the service counts has no bounds of its own.</summary>
    private static JsonObject Integer(FieldDefinition field)
    {
        var schema = new JsonObject { ["type"] = "integer", ["format"] = "int64" };
        if (field.Max > field.Min) (schema["minimum"], schema["maximum"]) = (field.Min, field.Max);
        return schema;
    }

    private static JsonObject Text() => new() { ["type"] = "string" };

    private static JsonObject Empty() => new() { ["type"] = "object", ["properties"] = new JsonObject() };

    private static JsonObject Members(JsonObject schema) => schema["properties"]!.AsObject();

    private static JsonObject Within(JsonObject parent, string name)
    {
        var members = Members(parent);
        if (members[name] is JsonObject known) return known;
        var made = Empty();
        members[name] = made;
        return made;
    }
}
