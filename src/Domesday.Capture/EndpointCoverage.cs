using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Capture;

/// <summary>Which endpoints that may change something were tried, and left an event. For tests: see <see cref="CaptureOptions.FailsWithoutEvent"/>.</summary>
public sealed class EndpointCoverage
{
    private readonly EndpointDataSource _endpoints;
    private readonly ConcurrentDictionary<string, bool> _tried = new(StringComparer.Ordinal);

    internal EndpointCoverage(EndpointDataSource endpoints) => _endpoints = endpoints;

    /// <summary>Endpoints, by method and route, that may change something and were never answered with success.</summary>
    public IReadOnlyList<string> Untried => [.. Mutating.Where(name => !_tried.ContainsKey(name))];

    /// <summary>Endpoints that may change something, were answered with success, and left no event.</summary>
    public IReadOnlyList<string> WithoutEvent => [.. _tried.Where(one => !one.Value).Select(one => one.Key).Order(StringComparer.Ordinal)];

    private IEnumerable<string> Mutating => _endpoints.Endpoints.OfType<RouteEndpoint>()
        .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).Where(method => !Acts.HttpVerb.IsSafe(method)).Select(method => NameOf(method, endpoint)))
        .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <exception cref="MissingEventException">Somebody left nothing or too little.</exception>
    public void Check()
    {
        var missing = WithoutEvent.Select(name => $"{name} leaves no event").Concat(Untried.Select(name => $"{name} was never tried")).ToList();
        if (missing.Count > 0) throw new MissingEventException(string.Join("; ", missing) + ".");
    }

    internal void Note(HttpContext http, bool hasEvent)
    {
        if (http.GetEndpoint() is not RouteEndpoint endpoint) return;
        _tried.AddOrUpdate(NameOf(http.Request.Method, endpoint), hasEvent, (_, before) => before && hasEvent);
    }

    internal static string NameOf(string method, RouteEndpoint endpoint) => $"{method} /{endpoint.RoutePattern.RawText?.TrimStart('/')}";
}

/// <summary>A request that may change something left no event.</summary>
public sealed class MissingEventException(string message) : Exception(message);
