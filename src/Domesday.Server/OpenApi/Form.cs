using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Domesday.Server.OpenApi;

/// <summary>The form of a parameter's value.</summary>
internal sealed class Form
{
    private readonly Func<OpenApiSchema> _schema;

    private Form(Func<OpenApiSchema> schema) => _schema = schema;

    public static Form Text { get; } = new(() => new() { Type = JsonSchemaType.String });

    /// <summary>A time; which forms of it are read stands in docs/query.md.</summary>
    public static Form Moment { get; } = new(() => new() { Type = JsonSchemaType.String, Examples = ["2026-02-11T22:21:02Z"] });

    public static Form Flag { get; } = new(() => new() { Type = JsonSchemaType.Boolean });

    /// <summary>Several values: repeated, or with commas.</summary>
    public static Form Texts { get; } = new(() => new() { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } });

    public static Form Choice(params IReadOnlyList<string> words) => new(() => new() { Type = JsonSchemaType.String, Enum = Nodes(words) });

    public static Form Choices(IReadOnlyList<string> words) =>
        new(() => new() { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String, Enum = Nodes(words) } });

    public static Form Number(long min, long max = long.MaxValue, long? absent = null) => new(() => new()
    {
        Type = JsonSchemaType.Integer,
        Format = "int64",
        Minimum = min.ToString(CultureInfo.InvariantCulture),
        Maximum = max == long.MaxValue ? null : max.ToString(CultureInfo.InvariantCulture),
        Default = absent is { } value ? JsonValue.Create(value) : null,
    });

    public OpenApiSchema ToSchema() => _schema();

    private static List<JsonNode> Nodes(IReadOnlyList<string> words) => [.. words.Select(word => (JsonNode)JsonValue.Create(word))];
}
