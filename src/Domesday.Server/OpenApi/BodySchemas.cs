using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Domesday.Events;

namespace Domesday.Server.OpenApi;

/// <summary>Answers that are written from types, as JSON Schema: each type is a component, named as the type without its ending Body.</summary>
internal sealed class BodySchemas
{
    private const string Ending = "Body";

    private readonly Dictionary<string, JsonObject> _made = [];
    private readonly Queue<JsonTypeInfo> _left = new();

    /// <summary>The types, and all that they are made of.</summary>
    public static IEnumerable<(string Name, JsonObject Schema)> Of(params IEnumerable<JsonTypeInfo> types)
    {
        var schemas = new BodySchemas();
        foreach (var type in types) schemas._left.Enqueue(type);
        while (schemas._left.TryDequeue(out var type)) schemas.Add(type);
        return schemas._made.Select(made => (made.Key, made.Value));
    }

    private void Add(JsonTypeInfo type)
    {
        var name = NameOf(type.Type);
        if (_made.ContainsKey(name)) return;
        var options = new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform };
        _made[name] = type.GetJsonSchemaAsNode(options).AsObject();
    }

    private JsonObject Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        var type = context.TypeInfo;
        var isNull = context.PropertyInfo is { IsGetNullable: true } || Nullable.GetUnderlyingType(type.Type) is not null;
        var isSaid = type.Options.DefaultIgnoreCondition != JsonIgnoreCondition.WhenWritingNull;
        if ((Nullable.GetUnderlyingType(type.Type) ?? type.Type) == typeof(Timestamp)) return OrNull(new() { ["type"] = "string", ["format"] = "date-time" }, isNull && isSaid);
        if (type.Kind == JsonTypeInfoKind.Object && !context.Path.IsEmpty)
        {
            _left.Enqueue(type);
            return OrNull(EventSchemaForm.Reference(NameOf(type.Type)), isNull && isSaid);
        }
        if (schema is not JsonObject node) return new JsonObject();
        if (node["type"] is JsonArray several && (!isNull || !isSaid)) node["type"] = several.First(one => one!.GetValue<string>() != "null")!.DeepClone();
        if (type.Kind == JsonTypeInfoKind.Object) node["required"] = Required(type, isSaid);
        if (node["required"] is JsonArray { Count: 0 }) node.Remove("required");
        return node;
    }

    private static JsonArray Required(JsonTypeInfo type, bool isSaid) =>
        [.. type.Properties.Where(property => property.Get is not null && (isSaid || !property.IsGetNullable && Nullable.GetUnderlyingType(property.PropertyType) is null)).Select(property => (JsonNode)JsonValue.Create(property.Name))];

    private static JsonObject OrNull(JsonObject schema, bool orNull)
    {
        if (!orNull) return schema;
        if (schema["type"] is JsonValue type) schema["type"] = new JsonArray(type.DeepClone(), "null");
        else return new() { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
        return schema;
    }

    private static string NameOf(Type type) => type.Name.EndsWith(Ending, StringComparison.Ordinal) ? type.Name[..^Ending.Length] : type.Name;
}
