using Domesday.Core.Access;
using Domesday.Http.Authorization;
using Domesday.Server.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Operations;

/// <summary><c>/metrics</c> for Prometheus. What one service does for all its tenants is not a tenant's to see.</summary>
internal static class MetricsEndpoint
{
    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", (MetricsRegistry metrics) => TypedResults.Text(metrics.Expose(), PrometheusText.ContentType))
            .RequirePermission(Permission.ConfigRead).RequireOperator();
}
