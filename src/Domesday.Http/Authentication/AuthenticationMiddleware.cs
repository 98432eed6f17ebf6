using Domesday.Core.Control;
using Domesday.Core.Credentials;
using Domesday.Core.Problems;
using Domesday.Http.Authentication.Cookie;
using Domesday.Http.Authentication.ViewerToken;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Http.Authentication;

/// <summary>Lets a request reach its route only with a credential that the route accepts; everything else ends here, in the shape of its path.</summary>
public sealed class AuthenticationMiddleware(RequestDelegate next, CredentialCheck check, ControlLedger ledger)
{
    private static readonly Problem Missing = new(ProblemKind.Unauthenticated, "The request brings no credential.");
    private static readonly Problem Forged = new(ProblemKind.Forbidden, "With the session cookie, changes are taken from the service's own pages only: bring another credential.");

    private static readonly Problem NoViewer = new(ProblemKind.Unauthenticated, "viewer_token takes viewers' tokens alone: any other credential stands in a header.");

    public async Task InvokeAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        // Routing's own answers, such as 405, are endpoints but no routes; they show nothing.
        if (http.GetEndpoint() is not RouteEndpoint endpoint)
        {
            await next(http);
            return;
        }
        var requirement = PermissionRequirement.Of(endpoint) ?? throw new InvalidOperationException($"The route {endpoint.RoutePattern.RawText} says nothing about permissions.");
        if (requirement.Permission is not null && await RefuseAsync(http, endpoint, requirement) is { } problem)
        {
            await problem.ToResult().ExecuteAsync(http);
            return;
        }
        await next(http);
    }

    /// <returns>Null when the request may go on; its principal and scope are set then.</returns>
    private async ValueTask<Problem?> RefuseAsync(HttpContext http, RouteEndpoint endpoint, PermissionRequirement requirement)
    {
        http.Response.Headers.CacheControl = "no-store";
        ViewerTokenScheme.Open(http, endpoint);
        if (CredentialSchemes.Read(http, endpoint) is not { } credential) return Missing;
        if (credential.Scheme == CookieScheme.Name && !SameSite.IsSafe(http.Request.Method) && !SameSite.IsOwn(http.Request)) return Forged;
        var reach = RouteReach.Of(endpoint);
        var checkedCredential = await check.CheckAsync(credential, http.Connection.RemoteIpAddress, http.RequestAborted, reach.Viewers);
        if (!checkedCredential.IsOk) return checkedCredential.Problem;
        if (credential.Scheme == ViewerTokenScheme.Name && checkedCredential.Value.Kind != PrincipalKinds.Viewer) return NoViewer;
        http.SetIdentity(checkedCredential.Value);
        var scope = ScopeDecision.Decide(checkedCredential.Value, requirement, reach, http.Request.Query["tenant"], ledger.State);
        if (!scope.IsOk) return scope.Problem;
        http.SetPrincipal(checkedCredential.Value, scope.Value);
        return null;
    }
}
