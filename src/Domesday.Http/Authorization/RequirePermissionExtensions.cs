using Domesday.Core.Access;
using Microsoft.AspNetCore.Builder;

namespace Domesday.Http.Authorization;

/// <summary>What a route asks of its callers. A route without a word about it is refused at start.</summary>
public static class RequirePermissionExtensions
{
    /// <summary>The caller must be authenticated and hold all of these permissions.</summary>
    /// <param name="wholeTenant">The caller must not be limited to projects.</param>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder routes, Permission permission, bool wholeTenant = false)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new PermissionRequirement(permission, wholeTenant));

    /// <summary>Anyone may call it: health only.</summary>
    public static TBuilder AllowUnauthenticated<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new PermissionRequirement(null, false));
}

/// <summary>What a route asks of its callers.</summary>
/// <param name="Permission">Null: nothing, not even a credential.</param>
public sealed record PermissionRequirement(Permission? Permission, bool WholeTenant);
