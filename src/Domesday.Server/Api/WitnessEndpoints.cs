using System.Text;
using System.Text.Json.Serialization;
using Domesday.Core.Access;
using Domesday.Core.Sealing;
using Domesday.Core.Witnesses;
using Domesday.Events;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>What witnesses cosigned, and how they stand.</summary>
internal static class WitnessEndpoints
{
    public static void MapWitnesses(this IEndpointRouteBuilder api)
    {
        api.MapGet("/log/checkpoint/cosigned", Cosigned).RequirePermission(Permission.ProofRead, wholeTenant: true);
        api.MapGet("/log/witnesses", List).RequirePermission(Permission.ProofRead, wholeTenant: true);
    }

    /// <summary>Without a witness the newest checkpoint as it is: who wants cosignatures counts them.</summary>
    private static IResult Cosigned(HttpContext http, Witnessing witnessing, Sealer sealer)
    {
        http.Response.Headers.CacheControl = "no-cache";
        if (witnessing.NoteOf(http.Tenant()) is { } note) return TypedResults.Text(note, "text/plain; charset=utf-8", Encoding.UTF8);
        var head = sealer.HeadOf(http.Tenant());
        return head.IsOk ? TypedResults.Text(head.Value.Note, "text/plain; charset=utf-8", Encoding.UTF8) : head.Problem.ToResult();
    }

    private static JsonHttpResult<WitnessListBody> List(HttpContext http, Witnessing witnessing) =>
        TypedResults.Json(new WitnessListBody([.. witnessing.Of(http.Tenant()).Zip(witnessing.Witnesses, WitnessBody.Of)]), WitnessBodyJson.Default.WitnessListBody);
}

internal sealed record WitnessListBody(IReadOnlyList<WitnessBody> Witnesses);

/// <param name="Key">Verifier key of the kind cosignature/v1.</param>
/// <param name="Size">Of the last checkpoint that it cosigned; 0 for none.</param>
/// <param name="CosignedAt">By its own clock; null for never.</param>
/// <param name="Problem">Why it did not cosign when it was last asked; null when it did.</param>
internal sealed record WitnessBody(string Name, string Key, string Url, long Size, Timestamp? CosignedAt, Timestamp? AskedAt, string? Problem)
{
    public static WitnessBody Of(WitnessMark mark, Witness witness) => new(witness.Key.Name, mark.Witness, witness.Url.ToString(), mark.Size, mark.CosignedAt, mark.AskedAt, mark.Problem);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(WitnessListBody))]
internal sealed partial class WitnessBodyJson : JsonSerializerContext;
