using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Credentials;
using Domesday.Core.Problems;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>The caller's own profile, whoever it is.</summary>
internal static class MeEndpoints
{
    private const string Scheme = "change_password";

    public static void MapMe(this IEndpointRouteBuilder api)
    {
        var me = api.MapGroup("/me");
        me.MapGet("", Get).RequireCredential();
        me.MapPut("/password", ChangePasswordAsync).RequireCredential();
    }

    private static JsonHttpResult<MeBody> Get(HttpContext http) => TypedResults.Json(MeBody.From(http.Principal()), AccessJson.Default.MeBody);

    private static async Task<IResult> ChangePasswordAsync(HttpContext http, UserDirectory users, ControlLedger ledger, CredentialCheck check)
    {
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var old = body.Value.Text("old_password", PasswordHash.PasswordBytesMax, required: true);
        var password = body.Value.Text("new_password", PasswordHash.PasswordBytesMax, required: true);
        if (body.Value.Problem() is { } wrong) return wrong.ToResult();
        if (http.Principal().Kind != PrincipalKinds.User || !ledger.State.Users.TryGetValue(http.Principal().Id, out var user))
            return new Problem(ProblemKind.Conflict, "Only users have passwords.").ToResult();
        // A token that was left lying about must not be enough to take an account over.
        var known = await check.CheckAsync(new PresentedPassword(Scheme, user.Name, old!) { Tenant = user.Tenant }, http.Connection.RemoteIpAddress, http.RequestAborted);
        if (!known.IsOk) return Refused(known.Problem).ToResult();
        var problem = await users.ChangeOwnPasswordAsync(http.Author(), user.Id, password!, http.RequestAborted);
        return problem is null ? TypedResults.NoContent() : problem.ToResult();
    }

    private static Problem Refused(Problem problem) => problem.Kind == ProblemKind.Unauthenticated ? new(ProblemKind.Invalid, "The old password is not right.", "old_password") : problem;
}
