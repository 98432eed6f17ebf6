using Domesday.Core.Access;
using Domesday.Core.Alerts;
using Domesday.Core.Control;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>Rules that tell people when something happens. What they raised are events: <c>GET /events?operation=alert.fired</c>.</summary>
internal static class AlertEndpoints
{
    private const int NameCharsMax = 200;
    private const int CountMax = 1_000;
    private const int SecondsMax = 2_592_000;

    public static void MapAlerts(this IEndpointRouteBuilder api)
    {
        var alerts = api.MapGroup("/alerts");
        alerts.MapGet("", List).RequirePermission(Permission.SinkRead, wholeTenant: true);
        alerts.MapGet("/stock", Stock).RequirePermission(Permission.SinkRead, wholeTenant: true);
        alerts.MapGet("/{id}", Get).RequirePermission(Permission.SinkRead, wholeTenant: true);
        alerts.MapPost("", CreateAsync).RequirePermission(Permission.SinkWrite, wholeTenant: true);
        alerts.MapPatch("/{id}", ChangeAsync).RequirePermission(Permission.SinkWrite, wholeTenant: true);
        alerts.MapDelete("/{id}", DeleteAsync).RequirePermission(Permission.SinkWrite, wholeTenant: true);
        alerts.MapPost("/{id}/mute", MuteAsync).RequirePermission(Permission.SinkWrite, wholeTenant: true);
        alerts.MapPost("/{id}/test", TestAsync).RequirePermission(Permission.SinkWrite, wholeTenant: true);
    }

    private static JsonHttpResult<AlertListBody> List(HttpContext http, AlertDirectory directory, AlertWatch watch) =>
        TypedResults.Json(new AlertListBody([.. directory.Of(http.Tenant()).Select(rule => AlertBody.From(rule, watch))]), AlertBodyJson.Default.AlertListBody);

    private static JsonHttpResult<StockAlertsBody> Stock() => TypedResults.Json(new StockAlertsBody(StockAlerts.All), AlertBodyJson.Default.StockAlertsBody);

    private static IResult Get(string id, HttpContext http, AlertDirectory directory, AlertWatch watch)
    {
        var found = directory.Find(http.Tenant(), id);
        return found.IsOk ? Answer(http, found.Value, watch) : found.Problem.ToResult();
    }

    private static async Task<IResult> CreateAsync(HttpContext http, AlertDirectory directory, AlertWatch watch)
    {
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var stock = body.Value.Text("stock", NameCharsMax);
        if (stock is not null && StockAlerts.Find(stock) is null) body.Value.Fault("stock", $"must be one of {string.Join(", ", StockAlerts.All.Select(known => known.Name))}");
        var wish = Wish(body.Value);
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        var created = await directory.CreateAsync(http.Author(), http.Tenant(), stock is null ? wish : Over(StockAlerts.Find(stock)!, wish), http.RequestAborted);
        if (!created.IsOk) return created.Problem.ToResult();
        http.Response.Headers.Location = $"{NativeApi.Base}/alerts/{created.Value.Id}";
        return Answer(http, created.Value, watch, StatusCodes.Status201Created);
    }

    private static async Task<IResult> ChangeAsync(string id, HttpContext http, AlertDirectory directory, AlertWatch watch)
    {
        var expected = EntityVersion.Of(http.Request);
        if (!expected.IsOk) return expected.Problem.ToResult();
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var wish = Wish(body.Value) with { Version = expected.Value };
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        var changed = await directory.ChangeAsync(http.Author(), http.Tenant(), id, wish, "update", http.RequestAborted);
        return changed.IsOk ? Answer(http, changed.Value, watch) : changed.Problem.ToResult();
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext http, AlertDirectory directory)
    {
        var problem = await directory.DeleteAsync(http.Author(), http.Tenant(), id, http.RequestAborted);
        return problem is null ? TypedResults.NoContent() : problem.ToResult();
    }

    private static async Task<IResult> MuteAsync(string id, HttpContext http, AlertDirectory directory, AlertWatch watch)
    {
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        if (!body.Value.Has("seconds")) body.Value.Fault("seconds", "is missing: for how long, or 0 to end it");
        var seconds = body.Value.Number("seconds", 0, SecondsMax);
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        var changed = await directory.ChangeAsync(http.Author(), http.Tenant(), id, new() { MuteSeconds = seconds }, "mute", http.RequestAborted);
        return changed.IsOk ? Answer(http, changed.Value, watch) : changed.Problem.ToResult();
    }

    private static async Task<IResult> TestAsync(string id, HttpContext http, AlertDirectory directory, AlertWatch watch)
    {
        var found = directory.Find(http.Tenant(), id);
        if (!found.IsOk) return found.Problem.ToResult();
        return await watch.TestAsync(found.Value, http.RequestAborted) is { } problem ? problem.ToResult() : TypedResults.NoContent();
    }

    private static JsonHttpResult<AlertBody> Answer(HttpContext http, AlertRecord rule, AlertWatch watch, int status = StatusCodes.Status200OK)
    {
        EntityVersion.Show(http.Response, rule);
        return TypedResults.Json(AlertBody.From(rule, watch), AlertBodyJson.Default.AlertBody, statusCode: status);
    }

    private static AlertWish Wish(JsonBody body) => new()
    {
        Name = body.Text("name", NameCharsMax),
        Filter = body.OptionalText("filter", FilterText.CharsMax),
        Condition = body.Text("condition", 32),
        Count = body.Number("count", 1, CountMax),
        WindowSeconds = body.Number("window_seconds", 1, SecondsMax),
        GroupBy = body.Texts("group_by"),
        CooldownSeconds = body.Number("cooldown_seconds", 0, SecondsMax),
        Severity = body.Text("severity", 32),
        Channels = body.Texts("channels"),
        Disabled = body.Flag("disabled"),
    };

    /// <summary>A stock rule, and what is wished for instead of its own.</summary>
    private static AlertWish Over(StockAlert stock, AlertWish wish) => wish with
    {
        Name = wish.Name ?? stock.Title,
        Filter = wish.Filter ?? stock.Filter,
        Condition = wish.Condition ?? stock.Condition,
        Count = wish.Count ?? (stock.Count == 0 ? null : stock.Count),
        WindowSeconds = wish.WindowSeconds ?? (stock.WindowSeconds == 0 ? null : stock.WindowSeconds),
        GroupBy = wish.GroupBy ?? stock.GroupBy,
        Severity = wish.Severity ?? stock.Severity,
    };
}
