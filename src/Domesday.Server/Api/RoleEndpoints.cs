using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>Roles: those that every tenant has, and a tenant's own.</summary>
internal static class RoleEndpoints
{
    public static void MapRoles(this IEndpointRouteBuilder api)
    {
        var roles = api.MapGroup("/roles");
        roles.MapGet("", List).RequirePermission(Permission.AccessRead, wholeTenant: true);
        roles.MapGet("/{name}", Get).RequirePermission(Permission.AccessRead, wholeTenant: true);
        roles.MapPost("", CreateAsync).RequirePermission(Permission.AccessWrite, wholeTenant: true);
        roles.MapPatch("/{name}", ChangeAsync).RequirePermission(Permission.AccessWrite, wholeTenant: true);
        roles.MapDelete("/{name}", DeleteAsync).RequirePermission(Permission.AccessWrite, wholeTenant: true);
    }

    private static JsonHttpResult<RoleListBody> List(HttpContext http, RoleDirectory roles) =>
        TypedResults.Json(new RoleListBody([.. BuiltInRoles.All.Select(RoleBody.From), .. roles.Of(http.Tenant()).Select(RoleBody.From)]), AccessJson.Default.RoleListBody);

    private static IResult Get(string name, HttpContext http, RoleDirectory roles) => BuiltInRoles.Named(name) is { } builtIn
        ? TypedResults.Json(RoleBody.From(builtIn), AccessJson.Default.RoleBody)
        : Answer(http, roles.Find(http.Tenant(), name), StatusCodes.Status200OK);

    private static async Task<IResult> CreateAsync(HttpContext http, RoleDirectory roles)
    {
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var name = body.Value.Text("name", RoleDirectory.NameCharsMax, required: true);
        var title = body.Value.Text("title", RoleDirectory.TitleCharsMax);
        var permissions = body.Value.Texts("permissions", required: true);
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        var created = await roles.CreateAsync(http.Principal(), http.Author(), http.Tenant(), name!, title, permissions!, http.RequestAborted);
        if (created.IsOk) http.Response.Headers.Location = $"{NativeApi.Base}/roles/{name}";
        return Answer(http, created, StatusCodes.Status201Created);
    }

    private static async Task<IResult> ChangeAsync(string name, HttpContext http, RoleDirectory roles)
    {
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var version = EntityVersion.Of(http.Request);
        if (!version.IsOk) return version.Problem.ToResult();
        var title = body.Value.Text("title", RoleDirectory.TitleCharsMax);
        var permissions = body.Value.Texts("permissions");
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        return Answer(http, await roles.ChangeAsync(http.Principal(), http.Author(), http.Tenant(), name, title, permissions, version.Value, http.RequestAborted), StatusCodes.Status200OK);
    }

    private static async Task<IResult> DeleteAsync(string name, HttpContext http, RoleDirectory roles)
    {
        var problem = await roles.DeleteAsync(http.Principal(), http.Author(), http.Tenant(), name, http.RequestAborted);
        return problem is null ? TypedResults.NoContent() : problem.ToResult();
    }

    private static IResult Answer(HttpContext http, Result<RoleRecord> role, int status)
    {
        if (!role.IsOk) return role.Problem.ToResult();
        EntityVersion.Show(http.Response, role.Value);
        return TypedResults.Json(RoleBody.From(role.Value), AccessJson.Default.RoleBody, statusCode: status);
    }
}
