using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>Users of one tenant. A path may name a user by id or by name.</summary>
internal static class UserEndpoints
{
    public static void MapUsers(this IEndpointRouteBuilder api)
    {
        var users = api.MapGroup("/users");
        users.MapGet("", List).RequirePermission(Permission.AccessRead, wholeTenant: true);
        users.MapGet("/{id}", Get).RequirePermission(Permission.AccessRead, wholeTenant: true);
        users.MapPost("", CreateAsync).RequirePermission(Permission.AccessWrite, wholeTenant: true);
        users.MapPatch("/{id}", ChangeAsync).RequirePermission(Permission.AccessWrite, wholeTenant: true);
        users.MapPost("/{id}/sign-out", EndSessionsAsync).RequirePermission(Permission.AccessWrite, wholeTenant: true);
        users.MapDelete("/{id}", DeleteAsync).RequirePermission(Permission.AccessWrite, wholeTenant: true);
    }

    private static JsonHttpResult<UserListBody> List(HttpContext http, UserDirectory users, ControlLedger ledger, TimeProvider time) =>
        TypedResults.Json(new UserListBody([.. users.Of(http.Tenant()).Select(user => UserBody.From(user, ledger.Index, Now(time)))]), AccessJson.Default.UserListBody);

    private static IResult Get(string id, HttpContext http, UserDirectory users, ControlLedger ledger, TimeProvider time) =>
        Answer(http, users.Find(http.Tenant(), id), ledger, time);

    private static async Task<IResult> CreateAsync(HttpContext http, UserDirectory users, ControlLedger ledger, TimeProvider time)
    {
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var name = body.Value.Text("name", UserDirectory.NameCharsMax, required: true);
        var wanted = new NewUser(http.Tenant(), name ?? "", body.Value.Text("password", PasswordHash.PasswordBytesMax))
        {
            FullName = body.Value.Text("full_name", UserDirectory.NameCharsMax),
            Email = body.Value.Text("email", UserDirectory.EmailCharsMax),
            ExpiresAt = body.Value.Time("expires_at"),
            Grant = GrantParts.Read(body.Value, http.Tenant()),
        };
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        var created = await users.CreateAsync(http.Principal(), http.Author(), wanted, http.RequestAborted);
        if (!created.IsOk) return created.Problem.ToResult();
        http.Response.Headers.Location = $"{NativeApi.Base}/users/{created.Value.Record.Id}";
        EntityVersion.Show(http.Response, created.Value.Record);
        var shown = UserBody.From(created.Value.Record, ledger.Index, Now(time)) with { Password = created.Value.MadePassword };
        return TypedResults.Json(shown, AccessJson.Default.UserBody, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> ChangeAsync(string id, HttpContext http, UserDirectory users, ControlLedger ledger, TimeProvider time)
    {
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var version = EntityVersion.Of(http.Request);
        if (!version.IsOk) return version.Problem.ToResult();
        var change = new UserChange(
            body.Value.Text("full_name", UserDirectory.NameCharsMax), body.Value.Text("email", UserDirectory.EmailCharsMax), body.Value.Text("password", PasswordHash.PasswordBytesMax),
            body.Value.Flag("disabled"), body.Value.Time("expires_at"), version.Value);
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        return Answer(http, await users.ChangeAsync(http.Principal(), http.Author(), http.Tenant(), id, change, http.RequestAborted), ledger, time);
    }

    private static async Task<IResult> EndSessionsAsync(string id, HttpContext http, UserDirectory users)
    {
        var problem = await users.EndSessionsAsync(http.Principal(), http.Author(), http.Tenant(), id, http.RequestAborted);
        return problem is null ? TypedResults.NoContent() : problem.ToResult();
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext http, UserDirectory users)
    {
        var problem = await users.DeleteAsync(http.Principal(), http.Author(), http.Tenant(), id, http.RequestAborted);
        return problem is null ? TypedResults.NoContent() : problem.ToResult();
    }

    private static IResult Answer(HttpContext http, Result<UserRecord> user, ControlLedger ledger, TimeProvider time)
    {
        if (!user.IsOk) return user.Problem.ToResult();
        EntityVersion.Show(http.Response, user.Value);
        return TypedResults.Json(UserBody.From(user.Value, ledger.Index, Now(time)), AccessJson.Default.UserBody);
    }

    private static Timestamp Now(TimeProvider time) => Timestamp.FromDateTimeOffset(time.GetUtcNow());
}
