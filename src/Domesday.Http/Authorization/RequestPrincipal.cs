using Domesday.Core.Access;
using Microsoft.AspNetCore.Http;

namespace Domesday.Http.Authorization;

/// <summary>Who sends a request, and what of which tenant it may see; set once by authentication.</summary>
public static class RequestPrincipal
{
    /// <exception cref="InvalidOperationException">The route let an unauthenticated request through.</exception>
    public static Principal Principal(this HttpContext http) => Feature(http).Principal;

    /// <summary>The ledger that the request is about: the credential's tenant, or the one that a system administrator named with <c>tenant=</c>.</summary>
    /// <exception cref="InvalidOperationException">It is about all tenants, which only the routes that say so allow.</exception>
    public static string Tenant(this HttpContext http) => Feature(http).Scope.Tenant ?? throw new InvalidOperationException("This route is about one tenant.");

    /// <summary>What the request may see.</summary>
    public static AccessScope Scope(this HttpContext http) => Feature(http).Scope;

    public static bool IsAuthenticated(this HttpContext http) => http.Features.Get<RequestPrincipalFeature>() is not null;

    /// <summary>Whose credential the request brought, also when its route then refused it; null without a valid one.</summary>
    public static Principal? Identity(this HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return http.Features.Get<IdentityFeature>()?.Principal;
    }

    /// <summary>For authentication alone.</summary>
    internal static void SetIdentity(this HttpContext http, Principal principal) => http.Features.Set(new IdentityFeature(principal));

    /// <summary>For authentication alone.</summary>
    public static void SetPrincipal(this HttpContext http, Principal principal, AccessScope scope) => http.Features.Set(new RequestPrincipalFeature(principal, scope));

    private static RequestPrincipalFeature Feature(HttpContext http) =>
        http.Features.Get<RequestPrincipalFeature>() ?? throw new InvalidOperationException("The request is not authenticated.");

    private sealed record IdentityFeature(Principal Principal);

    private sealed record RequestPrincipalFeature(Principal Principal, AccessScope Scope);
}
