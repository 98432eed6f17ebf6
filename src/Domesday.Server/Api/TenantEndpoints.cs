using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Domesday.Server.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>Tenants: those who run the service make and disable them; a tenant's own people see theirs.</summary>
internal static class TenantEndpoints
{
    private const int NameCharsMax = 63;

    public static void MapTenants(this IEndpointRouteBuilder api)
    {
        var tenants = api.MapGroup("/tenants");
        tenants.MapGet("", List).RequirePermission(Permission.ConfigRead, wholeTenant: true);
        tenants.MapGet("/{name}", Get).RequirePermission(Permission.ConfigRead, wholeTenant: true);
        tenants.MapPost("", CreateAsync).RequirePermission(Permission.ConfigWrite).RequireOperator();
        tenants.MapPatch("/{name}", ChangeAsync).RequirePermission(Permission.ConfigWrite).RequireOperator();
        tenants.MapDelete("/{name}", DisableAsync).RequirePermission(Permission.ConfigWrite).RequireOperator();
    }

    private static JsonHttpResult<TenantListBody> List(HttpContext http, TenantDirectory tenants, IEventStore store)
    {
        var known = tenants.KnownTo(http.Principal()).Select(tenant => TenantBody.From(tenant, store.Size(tenant.Name)));
        return TypedResults.Json(new TenantListBody([.. known]), AdministrationJson.Default.TenantListBody);
    }

    private static IResult Get(string name, HttpContext http, TenantDirectory tenants, IEventStore store) =>
        Answer(http, tenants.Find(http.Principal(), name), store, StatusCodes.Status200OK);

    private static async Task<IResult> CreateAsync(HttpContext http, TenantDirectory tenants, ServiceSettings settings, IEventStore store)
    {
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var name = body.Value.Text("name", NameCharsMax, required: true);
        var title = body.Value.Text("title", TenantDirectory.TitleCharsMax);
        var retention = RetentionEndpoints.PolicyOf(body.Value, "retention_days", "retention_preset", settings.Retention);
        if (name is not null && TenantName.Check(name) is { } wrong) body.Value.Fault("name", wrong.Detail);
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        var created = await tenants.CreateAsync(http.Author(), name!, title, retention, http.RequestAborted);
        if (created.IsOk) http.Response.Headers.Location = $"{NativeApi.Base}/tenants/{name}";
        return Answer(http, created, store, StatusCodes.Status201Created);
    }

    private static async Task<IResult> ChangeAsync(string name, HttpContext http, TenantDirectory tenants, IEventStore store)
    {
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var title = body.Value.Text("title", TenantDirectory.TitleCharsMax);
        var disabled = body.Value.Flag("disabled");
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        var version = EntityVersion.Of(http.Request);
        if (!version.IsOk) return version.Problem.ToResult();
        return Answer(http, await tenants.ChangeAsync(http.Author(), name, title, disabled, version.Value, http.RequestAborted), store, StatusCodes.Status200OK);
    }

    /// <summary>An audit log is not thrown away with its owner: deleting a tenant disables it.</summary>
    private static async Task<IResult> DisableAsync(string name, HttpContext http, TenantDirectory tenants, IEventStore store) =>
        Answer(http, await tenants.ChangeAsync(http.Author(), name, null, true, null, http.RequestAborted), store, StatusCodes.Status200OK);

    private static IResult Answer(HttpContext http, Result<TenantRecord> tenant, IEventStore store, int status)
    {
        if (!tenant.IsOk) return tenant.Problem.ToResult();
        EntityVersion.Show(http.Response, tenant.Value);
        return TypedResults.Json(TenantBody.From(tenant.Value, store.Size(tenant.Value.Name)), AdministrationJson.Default.TenantBody, statusCode: status);
    }
}
