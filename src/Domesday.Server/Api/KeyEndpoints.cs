using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Credentials;
using Domesday.Events;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>API keys of one tenant.</summary>
internal static class KeyEndpoints
{
    public static void MapKeys(this IEndpointRouteBuilder api)
    {
        var keys = api.MapGroup("/keys");
        keys.MapGet("", List).RequirePermission(Permission.AccessRead, wholeTenant: true);
        keys.MapGet("/{id}", Get).RequirePermission(Permission.AccessRead, wholeTenant: true);
        keys.MapPost("", CreateAsync).RequirePermission(Permission.AccessWrite, wholeTenant: true);
        keys.MapPatch("/{id}", ChangeAsync).RequirePermission(Permission.AccessWrite, wholeTenant: true);
        keys.MapDelete("/{id}", RevokeAsync).RequirePermission(Permission.AccessWrite, wholeTenant: true);
    }

    private static JsonHttpResult<KeyListBody> List(HttpContext http, KeyDirectory keys, KeyUses uses, TimeProvider time) =>
        TypedResults.Json(new KeyListBody([.. keys.Of(http.Tenant()).Select(key => Body(key, uses, time))]), AdministrationJson.Default.KeyListBody);

    private static IResult Get(string id, HttpContext http, KeyDirectory keys, KeyUses uses, TimeProvider time)
    {
        var key = keys.Find(http.Tenant(), id);
        return key.IsOk ? TypedResults.Json(Body(key.Value, uses, time), AdministrationJson.Default.KeyBody) : key.Problem.ToResult();
    }

    private static async Task<IResult> CreateAsync(HttpContext http, KeyDirectory keys, KeyUses uses, TimeProvider time)
    {
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var name = body.Value.Text("name", KeyDirectory.NameCharsMax, required: true);
        var rights = RightsOf(body.Value);
        var permissions = body.Value.Texts("permissions") ?? [];
        var projects = body.Value.Texts("projects");
        var expires = body.Value.Time("expires_at");
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        var wanted = new NewKey(http.Tenant(), name!, rights) { Permissions = permissions, Projects = projects, ExpiresAt = expires };
        var created = await keys.CreateAsync(http.Principal(), http.Author(), wanted, http.RequestAborted);
        if (!created.IsOk) return created.Problem.ToResult();
        http.Response.Headers.Location = $"{NativeApi.Base}/keys/{created.Value.Record.Id}";
        return TypedResults.Json(Body(created.Value.Record, uses, time) with { Key = created.Value.Text.Reveal() }, AdministrationJson.Default.KeyBody, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> ChangeAsync(string id, HttpContext http, KeyDirectory keys, KeyUses uses, TimeProvider time)
    {
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var (name, expires) = (body.Value.Text("name", KeyDirectory.NameCharsMax), body.Value.Time("expires_at"));
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        var changed = await keys.ChangeAsync(http.Principal(), http.Author(), http.Tenant(), id, name, expires, http.RequestAborted);
        return changed.IsOk ? TypedResults.Json(Body(changed.Value, uses, time), AdministrationJson.Default.KeyBody) : changed.Problem.ToResult();
    }

    private static async Task<IResult> RevokeAsync(string id, HttpContext http, KeyDirectory keys)
    {
        var revoked = await keys.RevokeAsync(http.Author(), http.Tenant(), id, http.RequestAborted);
        return revoked.IsOk ? TypedResults.NoContent() : revoked.Problem.ToResult();
    }

    private static List<Right> RightsOf(JsonBody body)
    {
        var rights = new List<Right>();
        var names = body.Texts("rights", required: !body.Has("permissions")) ?? [];
        for (var i = 0; i < names.Count; i++)
        {
            if (Rights.TryParse(names[i], out var right)) rights.Add(right);
            else body.Fault($"rights[{i}]", $"must be one of {string.Join(", ", Rights.Names)}");
        }
        return rights;
    }

    private static KeyBody Body(ApiKeyRecord key, KeyUses uses, TimeProvider time) => KeyBody.From(key, uses.Of(key.Id), Timestamp.FromDateTimeOffset(time.GetUtcNow()));
}
