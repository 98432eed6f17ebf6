using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Credentials;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>Applications of one tenant.</summary>
internal static class ApplicationEndpoints
{
    public static void MapApplications(this IEndpointRouteBuilder api)
    {
        var applications = api.MapGroup("/applications");
        applications.MapGet("", List).RequirePermission(Permission.AccessRead, wholeTenant: true);
        applications.MapGet("/{id}", Get).RequirePermission(Permission.AccessRead, wholeTenant: true);
        applications.MapPost("", CreateAsync).RequirePermission(Permission.AccessWrite, wholeTenant: true);
        applications.MapPatch("/{id}", ChangeAsync).RequirePermission(Permission.AccessWrite, wholeTenant: true);
        applications.MapPost("/{id}/secret", ReplaceSecretAsync).RequirePermission(Permission.AccessWrite, wholeTenant: true);
        applications.MapDelete("/{id}", DeleteAsync).RequirePermission(Permission.AccessWrite, wholeTenant: true);
    }

    private static JsonHttpResult<ApplicationListBody> List(HttpContext http, ApplicationDirectory applications, ControlLedger ledger, KeyUses uses, TimeProvider time) => TypedResults.Json(
        new ApplicationListBody([.. applications.Of(http.Tenant()).Select(application => Body(application, ledger, uses, time))]), AccessJson.Default.ApplicationListBody);

    private static IResult Get(string id, HttpContext http, ApplicationDirectory applications, ControlLedger ledger, KeyUses uses, TimeProvider time) =>
        Answer(http, applications.Find(http.Tenant(), id), ledger, uses, time);

    private static async Task<IResult> CreateAsync(HttpContext http, ApplicationDirectory applications, ControlLedger ledger, KeyUses uses, TimeProvider time)
    {
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var name = body.Value.Text("name", ApplicationDirectory.NameCharsMax, required: true);
        var wanted = new NewApplication(http.Tenant(), name ?? "") { ExpiresAt = body.Value.Time("expires_at"), Grant = GrantParts.Read(body.Value, http.Tenant()) };
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        var created = await applications.CreateAsync(http.Principal(), http.Author(), wanted, http.RequestAborted);
        if (created.IsOk) http.Response.Headers.Location = $"{NativeApi.Base}/applications/{created.Value.Record.Id}";
        return Answer(http, created, ledger, uses, time, StatusCodes.Status201Created);
    }

    private static async Task<IResult> ChangeAsync(string id, HttpContext http, ApplicationDirectory applications, ControlLedger ledger, KeyUses uses, TimeProvider time)
    {
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var version = EntityVersion.Of(http.Request);
        if (!version.IsOk) return version.Problem.ToResult();
        var change = new ApplicationChange(body.Value.Text("name", ApplicationDirectory.NameCharsMax), body.Value.Flag("disabled"), body.Value.Time("expires_at"), version.Value);
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        return Answer(http, await applications.ChangeAsync(http.Principal(), http.Author(), http.Tenant(), id, change, http.RequestAborted), ledger, uses, time);
    }

    private static async Task<IResult> ReplaceSecretAsync(string id, HttpContext http, ApplicationDirectory applications, ControlLedger ledger, KeyUses uses, TimeProvider time) =>
        Answer(http, await applications.ReplaceSecretAsync(http.Principal(), http.Author(), http.Tenant(), id, http.RequestAborted), ledger, uses, time, StatusCodes.Status200OK);

    private static async Task<IResult> DeleteAsync(string id, HttpContext http, ApplicationDirectory applications)
    {
        var problem = await applications.DeleteAsync(http.Principal(), http.Author(), http.Tenant(), id, http.RequestAborted);
        return problem is null ? TypedResults.NoContent() : problem.ToResult();
    }

    private static IResult Answer(HttpContext http, Result<ApplicationRecord> application, ControlLedger ledger, KeyUses uses, TimeProvider time)
    {
        if (!application.IsOk) return application.Problem.ToResult();
        EntityVersion.Show(http.Response, application.Value);
        return TypedResults.Json(Body(application.Value, ledger, uses, time), AccessJson.Default.ApplicationBody);
    }

    private static IResult Answer(HttpContext http, Result<ApplicationWithSecret> made, ControlLedger ledger, KeyUses uses, TimeProvider time, int status)
    {
        if (!made.IsOk) return made.Problem.ToResult();
        EntityVersion.Show(http.Response, made.Value.Record);
        return TypedResults.Json(Body(made.Value.Record, ledger, uses, time) with { ClientSecret = made.Value.Secret }, AccessJson.Default.ApplicationBody, statusCode: status);
    }

    private static ApplicationBody Body(ApplicationRecord application, ControlLedger ledger, KeyUses uses, TimeProvider time) =>
        ApplicationBody.From(application, ledger.Index, uses.Of(application.Id), Timestamp.FromDateTimeOffset(time.GetUtcNow()));
}
