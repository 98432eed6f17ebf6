using Microsoft.AspNetCore.Routing;

namespace Domesday.Http.Authorization;

/// <summary>Refuses to start with a route that forgot to say what it asks of its callers.</summary>
public static class RouteCheck
{
    /// <exception cref="InvalidOperationException">Names every route without a <see cref="PermissionRequirement"/>.</exception>
    public static void EnsureRequirements(IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var silent = routes.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => PermissionRequirement.Of(endpoint) is null)
            .Select(endpoint => endpoint.DisplayName ?? endpoint.RoutePattern.RawText).ToList();
        if (silent.Count > 0) throw new InvalidOperationException($"These routes say nothing about permissions: {string.Join("; ", silent)}");
    }
}
