using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Http.Authorization;
using Domesday.Http.Parameters;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>Events over time.</summary>
internal static class HistogramEndpoints
{
    private static readonly string[] Intervals = ["auto", "minute", "hour", "day"];

    public static void MapHistogram(this IEndpointRouteBuilder api) => api.MapGet("/histogram", GetAsync).RequirePermission(Permission.AuditList).AllowAllTenants().AllowViewers();

    private static async Task<IResult> GetAsync(HttpContext http, IEventReader reader, ReadAudit audit, TimeProvider time)
    {
        var parameters = new ParameterReader(http.Request.Query);
        var filter = EventParameters.Filter(parameters, time.GetUtcNow());
        HistogramInterval? interval = parameters.Choice("interval", Intervals) switch
        {
            "minute" => HistogramInterval.Minute,
            "hour" => HistogramInterval.Hour,
            "day" => HistogramInterval.Day,
            _ => null,
        };
        if (parameters.Problem() is { } problem) return problem.ToResult();
        var histogram = await reader.HistogramAsync(http.Scope(), filter, interval, http.RequestAborted);
        if (!histogram.IsOk) return histogram.Problem.ToResult();
        http.RecordRead(audit, "events.histogram", QueryText.Of(http.Request));
        return new WrittenJson(json => Write(json, histogram.Value));
    }

    private static void Write(Utf8JsonWriter json, Histogram histogram)
    {
        json.WriteStartObject();
        json.WriteString("interval"u8, Intervals[1 + (int)histogram.Interval]);
        json.WriteStartArray("buckets"u8);
        foreach (var bucket in histogram.Buckets)
        {
            json.WriteStartObject();
            json.WriteString("from"u8, bucket.From.ToString());
            json.WriteNumber("count"u8, bucket.Count);
            json.WriteNumber("failures"u8, bucket.Failures);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("complete_through"u8, histogram.CompleteThrough.ToString());
        json.WriteEndObject();
    }
}
