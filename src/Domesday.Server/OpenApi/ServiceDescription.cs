using System.Text.Json.Nodes;
using Domesday.Core.Access;
using Domesday.Http.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;

namespace Domesday.Server.OpenApi;

/// <summary>Describes a service out of its table of routes, so that none is forgotten, and of the texts that belong to them. A route without a text stands there with what it says itself.</summary>
/// <remarks>Source: OpenAPI Specification 3.1.</remarks>
internal sealed class ServiceDescription
{
    /// <summary>Heading over the routes that no text is about.</summary>
    public const string Undescribed = "Others";

    /// <summary>Heading over what browsers load. Nobody else needs a text about it, and it may change with every version.</summary>
    public const string Pages = "Pages";

    private const string Tenant = "tenant";
    private const string DefaultAnswer = "default";

    private readonly Dictionary<string, (SurfaceText Surface, RouteText Text)> _texts;
    private readonly OpenApiDocument _document;

    public ServiceDescription(IReadOnlyList<SurfaceText> surfaces, string version)
    {
        _texts = surfaces.SelectMany(surface => surface.Routes.Select(route => (surface, route))).ToDictionary(text => text.route.Route);
        _document = new()
        {
            Info = new() { Title = "Domesday", Version = version, Description = "Audit logs: taking them in, keeping them so that nobody changes them unnoticed, and finding what happened." },
            Components = new() { Schemas = new Dictionary<string, IOpenApiSchema>(), Parameters = new Dictionary<string, IOpenApiParameter>(), SecuritySchemes = CredentialForms.Schemes() },
            Tags = surfaces.Select(surface => (surface.Tag, surface.Meaning)).Append((Pages, "What the web interface is made of; it may change with every version.")).Append((Undescribed, "What no text is about yet."))
                .Select(heading => new OpenApiTag { Name = heading.Item1, Description = heading.Item2 }).ToHashSet(),
            Paths = [],
        };
        foreach (var (name, schema) in ComponentSchemas.All()) _document.Components.Schemas[name] = Parsed(schema);
        foreach (var shared in SharedParameters.All) _document.Components.Parameters[shared.Name] = Written(shared);
        _document.Security = CredentialForms.Any(_document);
        _document.RegisterComponents();
    }

    public OpenApiDocument Describe(IEnumerable<RouteEndpoint> routes)
    {
        foreach (var route in routes.OrderBy(route => route.RoutePattern.RawText, StringComparer.Ordinal))
        {
            foreach (var method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                foreach (var path in RoutePath.Of(route.RoutePattern)) Add(route, method, path);
            }
        }
        // Headings without routes, such as those of a source that is not there, say nothing.
        var used = _document.Paths.Values.SelectMany(item => item.Operations!.Values).SelectMany(operation => operation.Tags!).Select(tag => tag.Reference.Id).ToHashSet();
        _document.Tags = _document.Tags!.Where(tag => used.Contains(tag.Name)).ToHashSet();
        return _document;
    }

    /// <summary>As it stands in the table of routes and in texts.</summary>
    private static string NameOf(RouteEndpoint route, string method) => $"{method} /{route.RoutePattern.RawText!.Trim('/')}";

    private void Add(RouteEndpoint route, string method, RoutePath path)
    {
        var item = _document.Paths.GetValueOrDefault(path.Text) as OpenApiPathItem;
        if (item is null) _document.Paths[path.Text] = item = new() { Operations = [] };
        var known = _texts.TryGetValue(NameOf(route, method), out var text);
        var operation = new OpenApiOperation
        {
            OperationId = path.OperationId(method),
            Summary = known ? text.Text.Summary : $"{method} {path.Text}",
            Description = DescriptionOf(route, known ? text.Text.Details : null),
            Tags = new HashSet<OpenApiTagReference> { new(known ? text.Surface.Tag : path.IsPage ? Pages : Undescribed, _document) },
            Parameters = [.. ParametersOf(route, path, known ? text.Text.Parameters : [])],
            Responses = [],
        };
        if (PermissionRequirement.Of(route)?.Permission is null) operation.Security = [];
        else operation.Extensions = new Dictionary<string, IOpenApiExtension> { ["x-permissions"] = new JsonNodeExtension(PermissionsOf(route)) };
        if (known) AddContents(operation, text.Surface, text.Text);
        else operation.Responses[DefaultAnswer] = new OpenApiResponse { Description = "What the route answers." };
        item.Operations![HttpMethod.Parse(method)] = operation;
    }

    private void AddContents(OpenApiOperation operation, SurfaceText surface, RouteText text)
    {
        if (text.Bodies.Count > 0) operation.RequestBody = new OpenApiRequestBody { Required = true, Content = Contents(text.Bodies) };
        foreach (var answer in text.Answers)
        {
            operation.Responses![answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = answer.Meaning,
                Content = answer.Contents.Count > 0 ? Contents(answer.Contents) : null,
                Headers = answer.Headers.ToDictionary(header => header.Name, header => (IOpenApiHeader)new OpenApiHeader { Description = header.Meaning, Schema = Form.Text.ToSchema() }),
            };
        }
        operation.Responses![DefaultAnswer] = new OpenApiResponse { Description = "A refusal, or a failure.", Content = Contents([new(surface.ProblemType, surface.Problem)]) };
    }

    private Dictionary<string, OpenApiMediaType> Contents(IEnumerable<ContentText> contents) =>
        contents.ToDictionary(content => content.MediaType, content => new OpenApiMediaType { Schema = content.Schema is { } schema ? SchemaOf(schema) : null });

    private IOpenApiSchema SchemaOf(string name) => name.EndsWith("[]", StringComparison.Ordinal)
        ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = SchemaOf(name[..^2]) }
        : new OpenApiSchemaReference(name, _document);

    private IEnumerable<IOpenApiParameter> ParametersOf(RouteEndpoint route, RoutePath path, IReadOnlyList<ParameterText> texts)
    {
        foreach (var name in path.Parameters)
        {
            var text = texts.FirstOrDefault(text => text.Place == ParameterPlace.Path && text.Name == name);
            yield return new OpenApiParameter { Name = name, In = ParameterLocation.Path, Required = true, Description = text?.Meaning ?? path.MeaningOf(name), Schema = (text?.Form ?? path.FormOf(name)).ToSchema() };
        }
        foreach (var text in texts.Where(text => text.Place != ParameterPlace.Path))
        {
            yield return text.Form is null ? new OpenApiParameterReference(text.Name, _document) : Written(text);
        }
        if (PermissionRequirement.Of(route)?.Permission is not (null or Permission.None)) yield return new OpenApiParameterReference(Tenant, _document);
    }

    private static OpenApiParameter Written(ParameterText text) => new()
    {
        Name = text.Name,
        In = text.Place == ParameterPlace.Header ? ParameterLocation.Header : ParameterLocation.Query,
        Description = text.Meaning,
        Required = text.Required,
        Schema = text.Form!.ToSchema(),
    };

    /// <summary>What it does, and whom it is for.</summary>
    private static string DescriptionOf(RouteEndpoint route, string? details)
    {
        var requirement = PermissionRequirement.Of(route);
        var needs = requirement?.Permission switch
        {
            null => "Needs no credential.",
            Permission.None => "Needs a credential, whatever it allows.",
            { } permission => $"Needs {string.Join(", ", PermissionNames.Of(permission).Select(name => $"`{name}`"))}{(requirement.Or is { } other ? $" or {string.Join(", ", PermissionNames.Of(other).Select(name => $"`{name}`"))}" : "")}{(requirement.WholeTenant ? " for the whole tenant" : "")}.",
        };
        var reach = RouteReach.Of(route);
        if (reach.OperatorOnly) needs += " For those who run the service.";
        if (reach.AllTenants) needs += " A system administrator may ask about all tenants: `tenant=*`.";
        return details is null ? needs : $"{details}\n\n{needs}";
    }

    private static JsonArray PermissionsOf(RouteEndpoint route) => [.. PermissionNames.Of(PermissionRequirement.Of(route)!.Permission!.Value).Select(name => (JsonNode)JsonValue.Create(name))];

    private OpenApiSchema Parsed(JsonObject schema)
    {
        using var input = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(schema.ToJsonString()));
        var read = OpenApiModelFactory.Load<OpenApiSchema>(input, OpenApiSpecVersion.OpenApi3_1, "json", _document, out var diagnostic);
        return read is not null && diagnostic.Errors.Count == 0 ? read : throw new InvalidOperationException(string.Join("; ", diagnostic.Errors.Select(error => error.Message)));
    }
}
