using System.Text.Json.Serialization;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Verification;
using Domesday.Events;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>Has the service read a whole ledger again and compare it with what it signed.</summary>
internal static class VerificationEndpoints
{
    public static void MapVerification(this IEndpointRouteBuilder api)
    {
        api.MapGet("/log/verification", Get).RequirePermission(Permission.ProofRead, wholeTenant: true);
        api.MapPost("/log/verification", Start).RequirePermission(Permission.ProofRead, wholeTenant: true);
    }

    private static IResult Get(HttpContext http, LedgerVerifier verifier) => verifier.Of(http.Tenant()) is { } run
        ? TypedResults.Json(VerificationBody.From(run), VerificationJson.Default.VerificationBody)
        : new Problem(ProblemKind.NotFound, "The ledger was not verified since the service started.").ToResult();

    private static IResult Start(HttpContext http, LedgerVerifier verifier)
    {
        var started = verifier.Start(http.Tenant(), http.Author());
        return started.IsOk
            ? TypedResults.Json(VerificationBody.From(started.Value), VerificationJson.Default.VerificationBody, statusCode: StatusCodes.Status202Accepted)
            : started.Problem.ToResult();
    }
}

/// <param name="State"><c>running</c>, <c>sound</c> or <c>broken</c>.</param>
internal sealed record VerificationBody(string Tenant, string State, long Size, long Checked, long WithoutBody, Timestamp StartedAt, Timestamp? FinishedAt, string? Fault, string? Root)
{
    public static VerificationBody From(LedgerVerification run) => new(
        run.Tenant, run.IsSound switch { null => "running", true => "sound", false => "broken" }, run.Size, run.Checked, run.WithoutBody, run.StartedAt, run.FinishedAt, run.Fault, run.Root);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VerificationBody))]
internal sealed partial class VerificationJson : JsonSerializerContext;
