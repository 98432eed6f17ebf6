using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Domesday.Server.Metrics;

/// <summary>Counts, times and (at level debug) logs requests by method, route pattern and status: patterns, because paths may hold keys and have no bound.</summary>
internal sealed class RequestMetrics(RequestDelegate next, RequestInstruments instruments, TimeProvider time, ILogger<RequestMetrics> logger)
{
    public async Task InvokeAsync(HttpContext http)
    {
        var start = time.GetTimestamp();
        instruments.Running.Add(1);
        try
        {
            await next(http);
        }
        finally
        {
            instruments.Running.Add(-1);
            var route = Route(http.GetEndpoint());
            var status = http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted ? "aborted" : http.Response.StatusCode.ToString(CultureInfo.InvariantCulture);
            var (method, elapsed) = (Method(http.Request.Method), time.GetElapsedTime(start));
            instruments.Seconds.Record(elapsed.TotalSeconds, new("method", method), new("route", route), new("status", status));
            MetricsLog.Answered(logger, method, route, status, elapsed.TotalMilliseconds);
        }
    }

    /// <summary>A group's own route ends in a slash that nobody types.</summary>
    private static string Route(Endpoint? endpoint) => (endpoint as RouteEndpoint)?.RoutePattern.RawText switch
    {
        null => "none",
        [.. { Length: > 0 } path, '/'] => path,
        var path => path,
    };

    /// <summary>A caller may send any word as a method.</summary>
    private static string Method(string method) => method is "GET" or "POST" or "PUT" or "PATCH" or "DELETE" or "HEAD" or "OPTIONS" ? method : "other";
}

/// <summary>What <see cref="RequestMetrics"/> records to.</summary>
internal sealed class RequestInstruments(Meter meter)
{
    public Histogram<double> Seconds { get; } = meter.CreateHistogram<double>("domesday_http_request_seconds", "s", "Time from a request's headers to the end of its answer.");

    public UpDownCounter<long> Running { get; } = meter.CreateUpDownCounter<long>("domesday_http_requests_running", "{request}", "Requests that are being answered.");
}
