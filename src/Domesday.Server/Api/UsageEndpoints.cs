using System.Text.Json.Serialization;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Reports;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Http.Authorization;
using Domesday.Http.Parameters;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>Who causes how much: for sharing costs.</summary>
internal static class UsageEndpoints
{
    private static readonly string[] Formats = ["json", "csv", "ndjson"];

    public static void MapUsage(this IEndpointRouteBuilder api) => api.MapGet("/report/usage", GetAsync).RequirePermission(Permission.AuditList);

    private static async Task<IResult> GetAsync(HttpContext http, IEventReader reader, ReadAudit audit, TimeProvider time)
    {
        var parameters = new ParameterReader(http.Request.Query);
        var filter = EventParameters.Filter(parameters, time.GetUtcNow());
        var by = UsageReading.SplitNamed(parameters.Choice("by", UsageReading.SplitNames)) ?? UsageSplit.Project;
        var format = parameters.Choice("format", Formats);
        var withResources = !parameters.Has("resources") || parameters.Flag("resources");
        if (format == "ndjson" && !withResources) parameters.Refuse("format", "is of no use without resources: nothing is read that takes long");
        if (parameters.Problem() is { } problem) return problem.ToResult();
        if (format == "ndjson") return new UsageProgressResult(reader, http.Scope(), filter, by, time, Recorded);
        var report = withResources
            ? await new UsageReading(reader).ReadAsync(http.Scope(), filter, by, time, progress: null, http.RequestAborted)
            : await new UsageCounts(reader).ReadAsync(http.Scope(), filter, by, time, http.RequestAborted);
        if (!report.IsOk) return report.Problem.ToResult();
        Recorded();
        if (format != "csv") return TypedResults.Json(UsageBody.From(report.Value), UsageJson.Default.UsageBody);
        return TypedResults.File(UsageCsv.Of(report.Value), "text/csv; charset=utf-8", $"usage-by-{UsageReading.NameOf(by)}.csv");

        void Recorded() => http.RecordRead(audit, "report.usage", QueryText.Of(http.Request));
    }
}

/// <param name="Cut">How many values there are, when there are more than rows.</param>
internal sealed record UsageBody(string By, IReadOnlyList<UsageRowBody> Rows, UsageRowBody Total, int? Cut, Timestamp CompleteThrough)
{
    public static UsageBody From(UsageReport report) => new(
        UsageReading.NameOf(report.By), [.. report.Rows.Select(row => UsageRowBody.From(row))], UsageRowBody.From(report.Total) with { Key = null }, report.Distinct > report.Rows.Count ? report.Distinct : null, report.CompleteThrough);
}

/// <param name="Key">The project, actor, service or day.</param>
/// <param name="Resources">Different resource ids; absent when they were not counted.</param>
/// <param name="Estimated">True when there are so many that a sample of them was counted; else absent.</param>
internal sealed record UsageRowBody(string? Key, long Events, long Failures, long? Resources, bool? Estimated)
{
    public static UsageRowBody From(UsageRow row) => new(row.Key, row.Events, row.Failures, row.Resources, row.IsEstimate ? true : null);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UsageBody))]
internal sealed partial class UsageJson : JsonSerializerContext;
