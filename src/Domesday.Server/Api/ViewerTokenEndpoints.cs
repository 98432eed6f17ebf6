using System.Text.Json.Serialization;
using Domesday.Core.Access;
using Domesday.Core.Credentials;
using Domesday.Events;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>Short-lived tokens that show a part of the tenant's events, for an application that shows its customers theirs.</summary>
internal static class ViewerTokenEndpoints
{
    private const int NameCharsMax = 200;
    private const int SecondsDefault = 3_600;

    public static void MapViewerTokens(this IEndpointRouteBuilder api)
    {
        var tokens = api.MapGroup("/viewer-tokens");
        tokens.MapGet("", ListAsync).RequirePermission(Permission.AccessRead, wholeTenant: true);
        tokens.MapPost("", CreateAsync).RequirePermission(Permission.AuditList);
        tokens.MapDelete("/{id}", RevokeAsync).RequirePermission(Permission.AccessWrite, wholeTenant: true);
    }

    private static async Task<IResult> ListAsync(HttpContext http, ViewerTokens tokens)
    {
        var all = await tokens.ListAsync(http.Tenant(), http.RequestAborted);
        return TypedResults.Json(new ViewerTokenListBody([.. all.Select(token => ViewerTokenInfoBody.From(token, http.Tenant()))]), ViewerTokenJson.Default.ViewerTokenListBody);
    }

    private static async Task<IResult> RevokeAsync(string id, HttpContext http, ViewerTokens tokens) =>
        await tokens.RevokeAsync(http.Author(), http.Tenant(), id, http.RequestAborted) is { } problem ? problem.ToResult() : TypedResults.NoContent();

    private static async Task<IResult> CreateAsync(HttpContext http, ViewerTokens tokens, TimeProvider time)
    {
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var name = body.Value.Text("name", NameCharsMax) ?? "viewer";
        var seconds = body.Value.Number("seconds", (int)ViewerTokens.LifetimeMin.TotalSeconds, (int)ViewerTokens.LifetimeMax.TotalSeconds) ?? SecondsDefault;
        var (limits, filter) = ViewerFilter.Read(body.Value, time);
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        var made = tokens.Issue(http.Principal(), http.Author(), http.Tenant(), name, limits, filter, TimeSpan.FromSeconds(seconds));
        if (!made.IsOk) return made.Problem.ToResult();
        var (token, expires) = (made.Value.Text, made.Value.ExpiresAt);
        return TypedResults.Json(
            new ViewerTokenBody(made.Value.Session, token, name, http.Tenant(), filter, (long)(expires - time.GetUtcNow()).TotalSeconds, Timestamp.FromDateTimeOffset(expires)),
            ViewerTokenJson.Default.ViewerTokenBody, statusCode: StatusCodes.Status201Created);
    }
}

/// <param name="Id">May be shown and recorded; the records of reading have it as the actor's id.</param>
/// <param name="Token">A secret of its holder.</param>
/// <param name="Filter">What it shows, as the parameters of a query.</param>
/// <param name="ExpiresIn">Seconds from now.</param>
internal sealed record ViewerTokenBody(string Id, string Token, string Name, string Tenant, string Filter, long ExpiresIn, Timestamp ExpiresAt);

/// <param name="CreatedBy">Id of its maker.</param>
internal sealed record ViewerTokenInfoBody(string Id, string Name, string Tenant, string Filter, Timestamp CreatedAt, string CreatedBy, Timestamp ExpiresAt)
{
    public static ViewerTokenInfoBody From(ViewerTokenInfo token, string tenant) => new(token.Id, token.Name, tenant, token.Filter, token.MadeAt, token.MadeBy.Id ?? "", token.ExpiresAt);
}

/// <param name="Tokens">Those that are valid still, the newest first; 1,000 at most.</param>
internal sealed record ViewerTokenListBody(IReadOnlyList<ViewerTokenInfoBody> Tokens);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ViewerTokenBody))]
[JsonSerializable(typeof(ViewerTokenListBody))]
internal sealed partial class ViewerTokenJson : JsonSerializerContext;
