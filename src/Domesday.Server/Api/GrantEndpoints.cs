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

/// <summary>Who has which role in one tenant.</summary>
internal static class GrantEndpoints
{
    public static void MapGrants(this IEndpointRouteBuilder api)
    {
        var grants = api.MapGroup("/grants");
        grants.MapGet("", List).RequirePermission(Permission.AccessRead, wholeTenant: true);
        grants.MapGet("/{id}", Get).RequirePermission(Permission.AccessRead, wholeTenant: true);
        grants.MapPost("", CreateAsync).RequirePermission(Permission.AccessWrite, wholeTenant: true);
        grants.MapPatch("/{id}", ChangeAsync).RequirePermission(Permission.AccessWrite, wholeTenant: true);
        grants.MapDelete("/{id}", DeleteAsync).RequirePermission(Permission.AccessWrite, wholeTenant: true);
    }

    private static JsonHttpResult<GrantListBody> List(HttpContext http, GrantDirectory grants) =>
        TypedResults.Json(new GrantListBody([.. grants.Of(http.Tenant()).Select(GrantBody.From)]), AccessJson.Default.GrantListBody);

    private static IResult Get(string id, HttpContext http, GrantDirectory grants) => Answer(grants.Find(http.Tenant(), id), StatusCodes.Status200OK);

    private static async Task<IResult> CreateAsync(HttpContext http, GrantDirectory grants)
    {
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var (user, application) = (body.Value.Text("user", UserDirectory.NameCharsMax), body.Value.Text("application", ApplicationDirectory.NameCharsMax));
        if (user is null == application is null) body.Value.Fault("user", "or application: say one of them");
        var role = body.Value.Text("role", RoleDirectory.NameCharsMax, required: true);
        var projects = body.Value.Texts("projects");
        var expires = body.Value.Time("expires_at");
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        var wanted = new NewGrant(http.Tenant(), user is null ? PrincipalKinds.Application : PrincipalKinds.User, user ?? application!, role!) { Projects = projects, ExpiresAt = expires };
        var created = await grants.CreateAsync(http.Principal(), http.Author(), wanted, http.RequestAborted);
        if (created.IsOk) http.Response.Headers.Location = $"{NativeApi.Base}/grants/{created.Value.Id}";
        return Answer(created, StatusCodes.Status201Created);
    }

    private static async Task<IResult> ChangeAsync(string id, HttpContext http, GrantDirectory grants)
    {
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var projects = body.Value.Texts("projects");
        var expires = body.Value.Time("expires_at");
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        return Answer(await grants.ChangeAsync(http.Principal(), http.Author(), http.Tenant(), id, projects, expires, http.RequestAborted), StatusCodes.Status200OK);
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext http, GrantDirectory grants)
    {
        var problem = await grants.DeleteAsync(http.Principal(), http.Author(), http.Tenant(), id, http.RequestAborted);
        return problem is null ? TypedResults.NoContent() : problem.ToResult();
    }

    private static IResult Answer(Result<GrantRecord> grant, int status) =>
        grant.IsOk ? TypedResults.Json(GrantBody.From(grant.Value), AccessJson.Default.GrantBody, statusCode: status) : grant.Problem.ToResult();
}
