using System.Text.Json.Serialization;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Reports;
using Domesday.Events;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>Usage reports that are sent by themselves. What was sent are events: <c>GET /events?operation=report.sent</c>.</summary>
internal static class ReportEndpoints
{
    private const int NameCharsMax = 200;

    public static void MapReports(this IEndpointRouteBuilder api)
    {
        var reports = api.MapGroup("/reports");
        reports.MapGet("", List).RequirePermission(Permission.SinkRead, wholeTenant: true);
        reports.MapGet("/{id}", Get).RequirePermission(Permission.SinkRead, wholeTenant: true);
        reports.MapPost("", CreateAsync).RequirePermission(Permission.SinkWrite | Permission.AuditList, wholeTenant: true);
        reports.MapPatch("/{id}", ChangeAsync).RequirePermission(Permission.SinkWrite | Permission.AuditList, wholeTenant: true);
        reports.MapDelete("/{id}", DeleteAsync).RequirePermission(Permission.SinkWrite, wholeTenant: true);
        reports.MapPost("/{id}/send", SendAsync).RequirePermission(Permission.SinkWrite | Permission.AuditList, wholeTenant: true);
    }

    private static JsonHttpResult<ReportListBody> List(HttpContext http, ReportDirectory directory, TimeProvider time) =>
        TypedResults.Json(new ReportListBody([.. directory.Of(http.Tenant()).Select(report => ReportBody.From(report, time.GetUtcNow()))]), ReportJson.Default.ReportListBody);

    private static IResult Get(string id, HttpContext http, ReportDirectory directory, TimeProvider time) => Answer(http, directory.Find(http.Tenant(), id), time);

    private static async Task<IResult> CreateAsync(HttpContext http, ReportDirectory directory, TimeProvider time)
    {
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var wish = Wish(body.Value);
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        var created = await directory.CreateAsync(http.Author(), http.Tenant(), wish, http.RequestAborted);
        if (created.IsOk) http.Response.Headers.Location = $"{NativeApi.Base}/reports/{created.Value.Id}";
        return Answer(http, created, time, StatusCodes.Status201Created);
    }

    private static async Task<IResult> ChangeAsync(string id, HttpContext http, ReportDirectory directory, TimeProvider time)
    {
        var expected = EntityVersion.Of(http.Request);
        if (!expected.IsOk) return expected.Problem.ToResult();
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var wish = Wish(body.Value) with { Version = expected.Value };
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        return Answer(http, await directory.ChangeAsync(http.Author(), http.Tenant(), id, wish, http.RequestAborted), time);
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext http, ReportDirectory directory)
    {
        var problem = await directory.DeleteAsync(http.Author(), http.Tenant(), id, http.RequestAborted);
        return problem is null ? TypedResults.NoContent() : problem.ToResult();
    }

    private static async Task<IResult> SendAsync(string id, HttpContext http, ReportDirectory directory, ScheduledReports reports)
    {
        var found = directory.Find(http.Tenant(), id);
        if (!found.IsOk) return found.Problem.ToResult();
        var sent = await reports.SendNowAsync(found.Value, http.Author(), http.RequestAborted);
        return sent.IsOk ? TypedResults.Json(new ReportSentBody(sent.Value), ReportJson.Default.ReportSentBody) : sent.Problem.ToResult();
    }

    private static IResult Answer(HttpContext http, Result<ReportRecord> report, TimeProvider time, int status = StatusCodes.Status200OK)
    {
        if (!report.IsOk) return report.Problem.ToResult();
        EntityVersion.Show(http.Response, report.Value);
        return TypedResults.Json(ReportBody.From(report.Value, time.GetUtcNow()), ReportJson.Default.ReportBody, statusCode: status);
    }

    private static ReportWish Wish(JsonBody body) => new()
    {
        Name = body.Text("name", NameCharsMax),
        By = body.Text("by", 32),
        Filter = body.OptionalText("filter", FilterText.CharsMax),
        Every = body.Text("every", 32),
        Hour = body.Number("hour", 0, ReportDirectory.HourMax),
        Channels = body.Texts("channels"),
        Disabled = body.Flag("disabled"),
    };
}

internal sealed record ReportListBody(IReadOnlyList<ReportBody> Reports);

/// <param name="Every">day, week or month: how long a time each report is about.</param>
/// <param name="Hour">Hours after its end, in UTC, when it is sent.</param>
/// <param name="Channels">Ids of sinks.</param>
/// <param name="NextAt">When the next one is due; null for a disabled one.</param>
internal sealed record ReportBody(
    string Id,
    string Tenant,
    string Name,
    string By,
    string? Filter,
    string Every,
    int Hour,
    IReadOnlyList<string> Channels,
    bool Disabled,
    long Version,
    Timestamp CreatedAt,
    Timestamp UpdatedAt,
    Timestamp? NextAt)
{
    public static ReportBody From(ReportRecord report, DateTimeOffset now) => new(
        report.Id, report.Tenant, report.Name, report.By, report.Filter, report.Every, report.Hour, report.Channels, report.Disabled, report.Version, report.CreatedAt, report.UpdatedAt,
        report.Disabled ? null : Timestamp.FromDateTimeOffset(ReportPeriod.Last(report.Every, report.Hour, now).Next(report.Every).Due));
}

internal sealed record ReportSentBody(IReadOnlyList<ReportAnswer> Answers);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReportListBody))]
[JsonSerializable(typeof(ReportSentBody))]
internal sealed partial class ReportJson : JsonSerializerContext;
