using System.Text.Json;
using System.Text.Json.Serialization;

namespace Domesday.Capture.Acts;

/// <summary>What requests to a route mean.</summary>
public sealed record RouteTemplate
{
    /// <summary>Such as <c>/orders/{id}/refunds</c>; <c>{**rest}</c> at its end stands for any number of segments.</summary>
    public required string Path { get; init; }

    /// <summary>Upper case; absent: all.</summary>
    public IReadOnlyList<string>? Methods { get; init; }

    /// <summary>Absent: create, read, update or delete by the method.</summary>
    public string? Action { get; init; }

    public string? Operation { get; init; }

    public string? Service { get; init; }

    public string? ResourceType { get; init; }

    public string? SubType { get; init; }

    /// <summary>Text with values of the route in braces; absent: <c>{id}</c>.</summary>
    public string? ResourceId { get; init; }

    /// <summary>Absent: <c>{name}</c>.</summary>
    public string? ResourceName { get; init; }

    /// <summary>Absent: <c>{namespace}</c>.</summary>
    public string? Namespace { get; init; }

    /// <summary>Member of the answer that is the id of what was created, such as <c>data.id</c>.</summary>
    public string? CreatedId { get; init; }

    /// <summary>Reads a list of templates.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static IReadOnlyList<RouteTemplate> ReadAll(ReadOnlySpan<byte> json)
    {
        var routes = JsonSerializer.Deserialize(json, RouteTemplateJson.Default.IReadOnlyListRouteTemplate) ?? throw new JsonException("The routes are null.");
        return routes.Any(route => route is null) ? throw new JsonException("A route is null.") : routes;
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IReadOnlyList<RouteTemplate>))]
internal sealed partial class RouteTemplateJson : JsonSerializerContext;
