using System.Text.Json.Serialization;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Http.Authorization;
using Domesday.Http.Parameters;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>Saved views: one's own, those shared in the tenant, and those that every tenant has.</summary>
internal static class ViewEndpoints
{
    public static void MapViews(this IEndpointRouteBuilder api)
    {
        var views = api.MapGroup("/views");
        views.MapGet("", List).RequirePermission(Permission.AuditList);
        views.MapGet("/{id}", Get).RequirePermission(Permission.AuditList);
        views.MapPost("", CreateAsync).RequirePermission(Permission.AuditList);
        views.MapPatch("/{id}", ChangeAsync).RequirePermission(Permission.AuditList);
        views.MapDelete("/{id}", DeleteAsync).RequirePermission(Permission.AuditList);
    }

    private static JsonHttpResult<ViewListBody> List(HttpContext http, ViewDirectory views) => TypedResults.Json(
        new ViewListBody([.. StockViews.All.Select(ViewBody.From), .. views.Of(http.Principal(), http.Tenant()).Select(view => ViewBody.From(view, http.Principal()))]), ViewJson.Default.ViewListBody);

    private static IResult Get(string id, HttpContext http, ViewDirectory views) =>
        StockViews.Find(id) is { } stock ? TypedResults.Json(ViewBody.From(stock), ViewJson.Default.ViewBody) : Answer(http, views.Find(http.Principal(), http.Tenant(), id), StatusCodes.Status200OK);

    private static async Task<IResult> CreateAsync(HttpContext http, ViewDirectory views, TimeProvider time)
    {
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var name = body.Value.Text("name", ViewDirectory.NameCharsMax, required: true);
        var query = body.Value.Text("query", ViewDirectory.QueryCharsMax, required: true);
        var shared = body.Value.Flag("shared") ?? false;
        Check(body.Value, query, time);
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        var created = await views.CreateAsync(http.Principal(), http.Author(), http.Tenant(), name!, query!, shared, http.RequestAborted);
        if (created.IsOk) http.Response.Headers.Location = $"{NativeApi.Base}/views/{created.Value.Id}";
        return Answer(http, created, StatusCodes.Status201Created);
    }

    private static async Task<IResult> ChangeAsync(string id, HttpContext http, ViewDirectory views, TimeProvider time)
    {
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var version = EntityVersion.Of(http.Request);
        if (!version.IsOk) return version.Problem.ToResult();
        var query = body.Value.Text("query", ViewDirectory.QueryCharsMax);
        var change = new ViewChange(body.Value.Text("name", ViewDirectory.NameCharsMax), query, body.Value.Flag("shared"), version.Value);
        Check(body.Value, query, time);
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        return Answer(http, await views.ChangeAsync(http.Principal(), http.Author(), http.Tenant(), id, change, http.RequestAborted), StatusCodes.Status200OK);
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext http, ViewDirectory views)
    {
        var problem = await views.DeleteAsync(http.Principal(), http.Author(), http.Tenant(), id, http.RequestAborted);
        return problem is null ? TypedResults.NoContent() : problem.ToResult();
    }

    private static void Check(JsonBody body, string? query, TimeProvider time)
    {
        if (query is null || ViewParameters.Check(query, time.GetUtcNow()) is not { } wrong) return;
        foreach (var fault in wrong.Faults) body.Fault(fault.Field, fault.Reason);
    }

    private static IResult Answer(HttpContext http, Result<ViewRecord> view, int status)
    {
        if (!view.IsOk) return view.Problem.ToResult();
        EntityVersion.Show(http.Response, view.Value);
        return TypedResults.Json(ViewBody.From(view.Value, http.Principal()), ViewJson.Default.ViewBody, statusCode: status);
    }
}

/// <param name="Kind"><c>own</c>, <c>shared</c> by somebody else, or <c>stock</c>.</param>
/// <param name="Link">Opens it in a browser.</param>
internal sealed record ViewBody(string Id, string Name, string Query, string Kind, bool Shared, string Link, string? Owner, string? OwnerName, Timestamp? CreatedAt)
{
    public static ViewBody From(StockView view) => new(view.Id, view.Name, view.Query, "stock", true, LinkTo(view.Id), null, null, null);

    public static ViewBody From(ViewRecord view, Principal reader) =>
        new(view.Id, view.Name, view.Query, view.Owner == reader.Id ? "own" : "shared", view.Shared, LinkTo(view.Id), view.Owner, view.OwnerName, view.CreatedAt);

    private static string LinkTo(string id) => $"/ui/v/{id}";
}

internal sealed record ViewListBody(IReadOnlyList<ViewBody> Views);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ViewBody))]
[JsonSerializable(typeof(ViewListBody))]
internal sealed partial class ViewJson : JsonSerializerContext;
