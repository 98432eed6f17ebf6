using System.Reflection;
using Domesday.Http.Authorization;
using Domesday.Server.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;

namespace Domesday.Server.OpenApi;

/// <summary><c>/openapi.json</c>: the description of every route that this service has. It tells of no tenant, so anyone may read it.</summary>
internal static class OpenApiEndpoints
{
    public static void MapOpenApi(this IEndpointRouteBuilder routes)
    {
        // Routes are mapped once, and all of them before the first request.
        var written = new Lazy<Task<byte[]>>(() => WriteAsync(routes));
        routes.MapGet("/openapi.json", AnswerAsync).AllowUnauthenticated();
        routes.MapGet(NativeApi.Base + "/openapi.json", AnswerAsync).AllowUnauthenticated();

        async Task<IResult> AnswerAsync() => TypedResults.Bytes(await written.Value, "application/json");
    }

    private static async Task<byte[]> WriteAsync(IEndpointRouteBuilder routes)
    {
        var version = typeof(OpenApiEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
        var document = new ServiceDescription(RouteTexts.All, version).Describe(routes.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>());
        using var output = new MemoryStream();
        await document.SerializeAsJsonAsync(output, OpenApiSpecVersion.OpenApi3_1);
        return output.ToArray();
    }
}
