using System.Text.Json.Nodes;
using Domesday.Http.Authorization;
using Domesday.Server.OpenApi;
using Domesday.Server.Tests.Access;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;

namespace Domesday.Server.Tests.OpenApi;

/// <summary>The description of the service, against the service that it describes.</summary>
public sealed class OpenApiTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static IEnumerable<(string Path, string Method, JsonObject Operation)> Operations(JsonObject document) =>
        from path in document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        select (path.Key, operation.Key.ToUpperInvariant(), operation.Value!.AsObject());

    [Fact]
    public async Task Every_route_of_the_service_is_described_with_a_summary()
    {
        await using var world = await MatrixWorld.StartAsync();
        var document = await TestService.GetAsync(world.Service.Nobody, "/audit/v1/openapi.json");
        var described = Operations(document).ToDictionary(operation => (operation.Method, operation.Path), operation => operation.Operation);
        foreach (var route in world.Service.Service.Routes)
        {
            foreach (var method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                foreach (var path in RoutePath.Of(route.RoutePattern))
                {
                    Assert.True(described.TryGetValue((method, path.Text), out var operation), $"{method} {path.Text} is not in the description");
                    Assert.NotEqual("", operation["summary"]?.GetValue<string>() ?? "");
                    Assert.NotEmpty(operation["responses"]!.AsObject());
                    Assert.Equal(PermissionRequirement.Of(route)!.Permission is null, operation["security"] is JsonArray { Count: 0 });
                }
            }
        }
        Assert.Equal(described.Count, described.Values.Select(operation => operation["operationId"]!.GetValue<string>()).Distinct().Count());
    }

    [Fact]
    public async Task No_text_is_about_a_route_that_is_gone()
    {
        await using var world = await MatrixWorld.StartAsync();
        Assert.Empty(RouteTexts.All.SelectMany(surface => surface.Routes).Select(text => text.Route).Except(Names(world)));
    }

    /// <summary>Such a route is in the description, with its path, its permission and no more: the skip names it, so that somebody writes a text.</summary>
    [Fact]
    public async Task Every_route_has_a_text_of_its_own()
    {
        await using var world = await MatrixWorld.StartAsync();
        var silent = Operations(await TestService.GetAsync(world.Service.Nobody, "/openapi.json")).Where(operation => operation.Operation["tags"]![0]!.GetValue<string>() == ServiceDescription.Undescribed)
            .Select(operation => $"{operation.Method} {operation.Path}").ToList();
        Assert.SkipUnless(silent.Count == 0, $"Without a text in src/Domesday.Server/OpenApi: {string.Join("; ", silent)}");
    }

    [Fact]
    public async Task The_description_is_read_without_an_error_or_a_warning_and_refers_to_nothing_that_is_not_there()
    {
        await using var service = await TestService.StartAsync();
        var text = await service.Nobody.GetStringAsync("/openapi.json", Cancellation);
        Assert.Equal(text, await service.Nobody.GetStringAsync("/audit/v1/openapi.json", Cancellation));
        var read = OpenApiDocument.Parse(text, "json");
        Assert.Empty(read.Diagnostic!.Errors.Concat(read.Diagnostic.Warnings).Select(fault => $"{fault.Pointer}: {fault.Message}"));
        Assert.Empty(read.Document!.Validate(ValidationRuleSet.GetDefaultRuleSet()).Select(fault => $"{fault.Pointer}: {fault.Message}"));
        var document = JsonNode.Parse(text)!;
        Assert.All(References(document), reference => Assert.True(Find(document, reference) is not null, reference));
    }

    [Fact]
    public async Task Another_validator_finds_no_fault_in_the_description()
    {
        using var folder = await NpmFolder.InstallAsync("OpenApi", "validator");
        await using var world = await MatrixWorld.StartAsync();
        await File.WriteAllTextAsync(folder["openapi.json"], await world.Service.Nobody.GetStringAsync("/openapi.json", Cancellation), Cancellation);
        var (valid, faults) = await folder.RunAsync("validate.mjs", "openapi.json");
        Assert.True(valid, faults);
    }

    [Fact]
    public async Task Native_routes_know_every_parameter_that_is_described()
    {
        await using var world = await MatrixWorld.StartAsync();
        var document = await TestService.GetAsync(world.Service.Nobody, "/openapi.json");
        foreach (var (path, _, operation) in Operations(document).Where(operation => operation.Method == "GET" && operation.Path.StartsWith("/audit/v1/", StringComparison.Ordinal) && !operation.Path.EndsWith("/tail", StringComparison.Ordinal)))
        {
            var names = (operation["parameters"]?.AsArray() ?? []).Select(parameter => Resolved(document, parameter!)).Where(parameter => parameter["in"]!.GetValue<string>() == "query").Select(parameter => parameter["name"]!.GetValue<string>()).ToList();
            if (names.Count <= 1) continue;
            using var response = await world.Service.Admin.GetAsync($"{path}?{string.Join('&', names.Where(name => name != "tenant").Select(name => $"{name}=%00"))}", Cancellation);
            Assert.DoesNotContain("is not a parameter of this route", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Answers_have_the_members_and_types_that_are_described()
    {
        await using var world = await MatrixWorld.StartAsync();
        var document = await TestService.GetAsync(world.Service.Nobody, "/openapi.json");
        var operations = world.Service.Service.Routes.SelectMany(route => route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
            .Select(method => (Name: $"{method} /{route.RoutePattern.RawText!.Trim('/')}", RoutePath.Of(route.RoutePattern).First().Text, Method: method))).ToDictionary(route => route.Name);
        var (checkedOnes, faults) = (0, new List<string>());
        foreach (var route in RouteTable.All.Where(route => route.Method == HttpMethod.Get && !route.IsEndless))
        {
            var (path, _) = MatrixWorld.Call(route, world.There);
            using var response = await world.Service.Admin.GetAsync($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}tenant={MatrixWorld.Tenant}", Cancellation);
            var operation = document["paths"]![operations[route.Route].Text]![route.Method.Method.ToLowerInvariant()]!;
            if (operation["tags"]![0]!.GetValue<string>() is ServiceDescription.Undescribed or ServiceDescription.Pages) continue;
            var media = response.Content.Headers.ContentType?.MediaType;
            var answer = operation["responses"]![((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture)] ?? operation["responses"]!["default"]!;
            var contents = answer["content"]?.AsObject();
            if (media is not null && contents?.ContainsKey(media) != true) faults.Add($"{route.Route} answers {(int)response.StatusCode} with {media}, which is not described");
            if (media?.EndsWith("json", StringComparison.Ordinal) != true || media == "application/x-ndjson" || contents?[media]?["schema"] is not { } schema) continue;
            faults.AddRange(SchemaFit.Faults(document, schema, JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation)), "").Select(fault => $"{route.Route}: {fault}"));
            checkedOnes++;
        }
        Assert.Empty(faults);
        Assert.True(checkedOnes > 30, $"Only {checkedOnes} answers were looked at.");
    }

    private static IEnumerable<string> Names(MatrixWorld world) =>
        world.Service.Service.Routes.SelectMany(route => (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => $"{method} /{route.RoutePattern.RawText!.Trim('/')}"));

    private static JsonNode Resolved(JsonObject document, JsonNode node) => node["$ref"] is { } reference ? Find(document, reference.GetValue<string>())! : node;

    private static JsonNode? Find(JsonNode document, string reference) => reference.Split('/').Skip(1).Aggregate((JsonNode?)document, (node, name) => node?[name]);

    private static IEnumerable<string> References(JsonNode node) => node switch
    {
        JsonObject members => members.SelectMany(member => member.Key == "$ref" ? [member.Value!.GetValue<string>()] : member.Value is null ? [] : References(member.Value)),
        JsonArray items => items.SelectMany(item => item is null ? [] : References(item)),
        _ => [],
    };
}
