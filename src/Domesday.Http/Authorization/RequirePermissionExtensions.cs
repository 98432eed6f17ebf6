using Domesday.Core.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Domesday.Http.Authorization;

/// <summary>What a route asks of its callers. A route without a word about it is refused at start.</summary>
public static class RequirePermissionExtensions
{
    /// <summary>The caller must be authenticated and hold all of these permissions.</summary>
    /// <param name="wholeTenant">The caller must not be limited to projects.</param>
    /// <param name="or">Holding this instead will do too.</param>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder routes, Permission permission, bool wholeTenant = false, Permission? or = null)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new PermissionRequirement(permission, wholeTenant) { Or = or });

    /// <summary>Any valid credential will do, such as for a principal's own profile. What the handler shows must be decided by the principal.</summary>
    public static TBuilder RequireCredential<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new PermissionRequirement(Permission.None, false));

    /// <summary>Anyone may call it: health, signing in, and the pages that explain refusals.</summary>
    public static TBuilder AllowUnauthenticated<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new PermissionRequirement(null, false));

    /// <summary>A system administrator may say <c>tenant=*</c> here; the handler then sees a scope of all tenants.</summary>
    public static TBuilder AllowAllTenants<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new AllTenantsAllowed());

    /// <summary>
    /// The bearer of a viewer's token may call it, which nobody else's say-so allows; the token may stand in the query as <c>viewer_token</c>, for pages that cannot set a header.
    /// What is shown must come from readers that were given the request's scope.
    /// </summary>
    public static TBuilder AllowViewers<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new ViewersAllowed());

    /// <summary>Only those who run the service may call it: system administrators, and keys of the tenant <c>system</c>.</summary>
    public static TBuilder RequireOperator<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new OperatorRequired());

    /// <summary>The route may also carry an API key in its path, for senders that cannot set a header. A credential in a header goes before it.</summary>
    /// <param name="routeValue">Name of the route's part that holds it.</param>
    public static TBuilder AcceptKeyInPath<TBuilder>(this TBuilder routes, string routeValue = "key")
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new KeyInPath(routeValue));
}

/// <summary>What a route asks of its callers.</summary>
/// <param name="Permission">Null: nothing, not even a credential.</param>
public sealed record PermissionRequirement(Permission? Permission, bool WholeTenant)
{
    /// <summary>Will do instead; null where there is no other way.</summary>
    public Permission? Or { get; init; }

    /// <summary>The requirement that counts: the one closest to the route.</summary>
    public static PermissionRequirement? Of(Endpoint endpoint) => endpoint?.Metadata.GetMetadata<PermissionRequirement>();
}

/// <summary>Whom a route is for, beyond permissions.</summary>
public readonly record struct RouteReach(bool AllTenants, bool OperatorOnly, bool Viewers = false)
{
    /// <summary>What the route says; nothing said is false.</summary>
    public static RouteReach Of(Endpoint endpoint) => new(
        endpoint?.Metadata.GetMetadata<AllTenantsAllowed>() is not null, endpoint?.Metadata.GetMetadata<OperatorRequired>() is not null, endpoint?.Metadata.GetMetadata<ViewersAllowed>() is not null);
}

internal sealed record AllTenantsAllowed;

internal sealed record OperatorRequired;

internal sealed record ViewersAllowed;

/// <summary>Where in the path a key may stand.</summary>
internal sealed record KeyInPath(string RouteValue);
