using System.Text.Json;
using System.Text.Json.Serialization;
using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Core.Reports;
using Domesday.Core.Storage;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Http;

namespace Domesday.Server.Api;

/// <summary>A usage report whose reading can be watched: lines that say how far it is, and at last the report. Leaving stops it.</summary>
/// <param name="recorded">Called once the report is complete.</param>
internal sealed class UsageProgressResult(IEventReader reader, AccessScope scope, EventFilter filter, UsageSplit by, TimeProvider time, Action recorded) : IResult
{
    public const string MediaType = "application/x-ndjson";

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, cancellation) = (httpContext.Response, httpContext.RequestAborted);
        var total = await reader.CountAsync(scope, filter, cancellation);
        if (!total.IsOk)
        {
            await total.Problem.ToResult().ExecuteAsync(httpContext);
            return;
        }
        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-store";
        await WriteAsync(response, new(0, total.Value, null, null), cancellation);
        var said = time.GetTimestamp();
        try
        {
            var report = await new UsageReading(reader).ReadAsync(scope, filter, by, time, async read =>
            {
                if (time.GetElapsedTime(said) < Between) return;
                said = time.GetTimestamp();
                await WriteAsync(response, new(read, total.Value, null, null), cancellation);
            }, cancellation);
            if (report.IsOk) recorded();
            await WriteAsync(response, report.IsOk ? new(null, null, UsageBody.From(report.Value), null) : new(null, null, null, report.Problem.Detail), cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Whoever asked has left: that is how a report is stopped.
        }
    }

    private static async ValueTask WriteAsync(HttpResponse response, UsageProgressBody line, CancellationToken cancellation)
    {
        await JsonSerializer.SerializeAsync(response.Body, line, UsageProgressJson.Default.UsageProgressBody, cancellation);
        await response.Body.WriteAsync("\n"u8.ToArray(), cancellation);
        await response.Body.FlushAsync(cancellation);
    }
}

/// <summary>One line: how far it is, or the report, or why there is none.</summary>
/// <param name="Read">Events that were read.</param>
/// <param name="Total">Events that matched when it began.</param>
internal sealed record UsageProgressBody(long? Read, long? Total, UsageBody? Report, string? Problem);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UsageProgressBody))]
internal sealed partial class UsageProgressJson : JsonSerializerContext;
