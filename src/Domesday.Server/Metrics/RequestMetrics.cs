using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Metrics;

/// <summary>Counts and times requests by method, route pattern and status: patterns, because paths may hold keys and have no bound.</summary>
internal sealed class RequestMetrics(RequestDelegate next, RequestInstruments instruments, TimeProvider time)
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
            var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
            var status = http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted ? "aborted" : http.Response.StatusCode.ToString(CultureInfo.InvariantCulture);
            instruments.Seconds.Record(time.GetElapsedTime(start).TotalSeconds, new("method", Method(http.Request.Method)), new("route", route), new("status", status));
        }
    }

    /// <summary>A caller may send any word as a method.</summary>
    private static string Method(string method) => method is "GET" or "POST" or "PUT" or "PATCH" or "DELETE" or "HEAD" or "OPTIONS" ? method : "other";
}

/// <summary>What <see cref="RequestMetrics"/> records to.</summary>
internal sealed class RequestInstruments(Meter meter)
{
    public Histogram<double> Seconds { get; } = meter.CreateHistogram<double>("domesday_http_request_seconds", "s", "Time from a request's headers to the end of its answer.");

    public UpDownCounter<long> Running { get; } = meter.CreateUpDownCounter<long>("domesday_http_requests_running", "{request}", "Requests that are being answered.");
}
