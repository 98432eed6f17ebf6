using Domesday.Capture.Acts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Capture;

/// <summary>What an endpoint says about itself, over what its path looks like.</summary>
internal static class EndpointActs
{
    public static Act Refine(Act act, HttpContext http)
    {
        var endpoint = http.GetEndpoint();
        if (endpoint?.Metadata.GetMetadata<AuditAttribute>() is not { } audit)
        {
            // Without a word of its own an endpoint is still known by its route, which is the same for all ids.
            return act.Operation is null && endpoint is RouteEndpoint { RoutePattern.RawText: { } pattern } ? act with { Operation = $"{http.Request.Method} {(pattern.StartsWith('/') ? pattern : "/" + pattern)}" } : act;
        }
        var id = http.Request.RouteValues.TryGetValue(audit.IdFrom, out var value) ? Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) : null;
        return act with { Action = audit.Action, Operation = audit.Operation ?? act.Operation, ResourceType = audit.ResourceType ?? act.ResourceType, ResourceId = id ?? act.ResourceId };
    }
}
