using System.Text.Json.Serialization;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Retention;
using Domesday.Events;
using Domesday.Http.Authorization;
using Domesday.Http.Parameters;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>Legal holds: what keeps events beyond their retention.</summary>
internal static class HoldEndpoints
{
    public static void MapHolds(this IEndpointRouteBuilder api)
    {
        var holds = api.MapGroup("/holds");
        holds.MapGet("", List).RequirePermission(Permission.ConfigRead, wholeTenant: true);
        holds.MapGet("/{id}", Get).RequirePermission(Permission.ConfigRead, wholeTenant: true);
        holds.MapPost("", PlaceAsync).RequirePermission(Permission.AuditErase, wholeTenant: true);
        holds.MapPost("/{id}/release", ReleaseAsync).RequirePermission(Permission.AuditErase, wholeTenant: true);
    }

    private static IResult List(HttpContext http, HoldDirectory directory)
    {
        var parameters = new ParameterReader(http.Request.Query);
        var released = parameters.Flag("released");
        if (parameters.Problem() is { } problem) return problem.ToResult();
        return TypedResults.Json(new HoldListBody([.. directory.Of(http.Tenant(), released).Select(HoldBody.Of)]), HoldJson.Default.HoldListBody);
    }

    private static IResult Get(string id, HttpContext http, HoldDirectory directory) => Answer(directory.Find(http.Tenant(), id));

    private static async Task<IResult> PlaceAsync(HttpContext http, HoldDirectory directory)
    {
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var (matter, reason) = (body.Value.Text("case", HoldDirectory.CaseCharsMax, required: true), body.Value.Text("reason", HoldDirectory.ReasonCharsMax, required: true));
        var wish = new HoldWish(matter ?? "", reason ?? "", body.Value.Time("from"), body.Value.Time("to"), body.Value.OptionalText("filter", FilterText.CharsMax));
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        var placed = await directory.PlaceAsync(http.Author(), http.Tenant(), wish, http.RequestAborted);
        if (placed.IsOk) http.Response.Headers.Location = $"{NativeApi.Base}/holds/{placed.Value.Id}";
        return Answer(placed, StatusCodes.Status201Created);
    }

    private static async Task<IResult> ReleaseAsync(string id, HttpContext http, HoldDirectory directory)
    {
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var reason = body.Value.Text("reason", HoldDirectory.ReasonCharsMax, required: true);
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        return Answer(await directory.ReleaseAsync(http.Author(), http.Tenant(), id, reason!, http.RequestAborted));
    }

    private static IResult Answer(Result<HoldRecord> hold, int status = StatusCodes.Status200OK) =>
        hold.IsOk ? TypedResults.Json(HoldBody.Of(hold.Value), HoldJson.Default.HoldBody, statusCode: status) : hold.Problem.ToResult();
}

internal sealed record HoldListBody(IReadOnlyList<HoldBody> Holds);

/// <param name="Case">The reference by which people know the matter.</param>
/// <param name="From">Null: from the beginning.</param>
/// <param name="To">Exclusive; null: without an end.</param>
/// <param name="Filter">In the form of a query's parameters; null for all events.</param>
/// <param name="ReleasedAt">Null while it is in force.</param>
internal sealed record HoldBody(
    string Id, string Tenant, string Case, string Reason, Timestamp? From, Timestamp? To, string? Filter, Timestamp PlacedAt, string PlacedBy, Timestamp? ReleasedAt, string? ReleasedBy, string? ReleaseReason)
{
    public static HoldBody Of(HoldRecord hold) => new(
        hold.Id, hold.Tenant, hold.Case, hold.Reason, hold.From, hold.To, hold.Filter, hold.PlacedAt, hold.PlacedBy, hold.ReleasedAt, hold.ReleasedBy, hold.ReleaseReason);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HoldListBody))]
internal sealed partial class HoldJson : JsonSerializerContext;
