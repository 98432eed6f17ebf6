using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Sealing;
using Domesday.Events.Merkle;
using Domesday.Http.Authorization;
using Domesday.Http.Parameters;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>The ledger as a transparency log: checkpoint, tiles and bundles by C2SP tlog-tiles, and proofs for those who do not want to compute them.</summary>
internal static class LogEndpoints
{
    private const string Octets = "application/octet-stream";
    private const string Text = "text/plain; charset=utf-8";

    /// <summary>The answer depends on the credential, so that shared caches must not keep it; it never changes, so that the caller's own may.</summary>
    private const string Immutable = "private, max-age=31536000, immutable";

    public static void MapLog(this IEndpointRouteBuilder api)
    {
        // All of it is about the whole tenant: a tree's size alone tells how many events there are in projects that the caller may not see.
        var log = api.MapGroup("/log");
        log.MapGet("/checkpoint", Checkpoint).RequirePermission(Permission.ProofRead, wholeTenant: true);
        log.MapGet("/key", Key).RequirePermission(Permission.ProofRead, wholeTenant: true);
        log.MapGet("/tile/{level}/{**place}", TileAsync).RequirePermission(Permission.ProofRead, wholeTenant: true);
        log.MapGet("/tile/entries/{**place}", EntriesAsync).RequirePermission(Permission.ProofRead | Permission.AuditExport, wholeTenant: true);
        log.MapGet("/tile/kept/{**place}", KeptAsync).RequirePermission(Permission.ProofRead | Permission.AuditExport, wholeTenant: true);
        log.MapGet("/proof/inclusion", InclusionAsync).RequirePermission(Permission.ProofRead, wholeTenant: true);
        log.MapGet("/proof/consistency", ConsistencyAsync).RequirePermission(Permission.ProofRead, wholeTenant: true);
    }

    private static IResult Checkpoint(HttpContext http, Sealer sealer)
    {
        var head = sealer.HeadOf(http.Tenant());
        if (!head.IsOk) return head.Problem.ToResult();
        http.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Text(head.Value.Note, Text, Encoding.UTF8);
    }

    /// <summary>Verifier keys, a line for each, the one that signs today first.</summary>
    private static ContentHttpResult Key(HttpContext http, Sealer sealer)
    {
        http.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Text(string.Concat(sealer.KeysOf(http.Tenant()).Select(key => $"{key}\n")), Text, Encoding.UTF8);
    }

    private static async Task<IResult> TileAsync(string level, string? place, HttpContext http, LedgerProofs proofs)
    {
        if (!TreeTile.TryParse(level, place ?? "", out var tile)) return NoSuchPath();
        var hashes = await proofs.TileAsync(http.Tenant(), tile, http.RequestAborted);
        return hashes.IsOk ? Unchanging(http, Bytes(hashes.Value)) : hashes.Problem.ToResult();
    }

    private static async Task<IResult> EntriesAsync(string? place, HttpContext http, LedgerProofs proofs, BundleAudit audit)
    {
        if (!TreeTile.TryParsePlace(place ?? "", out var index, out var width)) return NoSuchPath();
        audit.Record(http);
        var bundle = await proofs.EntriesAsync(http.Scope(), new(0, index, width), http.RequestAborted);
        return bundle.IsOk ? Unchanging(http, bundle.Value) : bundle.Problem.ToResult();
    }

    private static async Task<IResult> KeptAsync(string? place, HttpContext http, LedgerProofs proofs, BundleAudit audit)
    {
        if (!TreeTile.TryParsePlace(place ?? "", out var index, out var width)) return NoSuchPath();
        audit.Record(http);
        var bundle = await proofs.KeptEntriesAsync(http.Scope(), new(0, index, width), http.RequestAborted);
        if (!bundle.IsOk) return bundle.Problem.ToResult();
        // Further entries may be erased.
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Bytes(bundle.Value, Octets);
    }

    private static async Task<IResult> InclusionAsync(HttpContext http, LedgerProofs proofs)
    {
        var parameters = new ParameterReader(http.Request.Query);
        var sequence = Required(parameters, "sequence");
        var size = parameters.Number("size", 1, long.MaxValue);
        if (parameters.Problem() is { } problem) return problem.ToResult();
        var proven = await proofs.InclusionAsync(http.Tenant(), sequence, size, http.RequestAborted);
        return proven.IsOk ? TypedResults.Json(InclusionBody.Of(proven.Value), LogJson.Plain.InclusionBody) : proven.Problem.ToResult();
    }

    private static async Task<IResult> ConsistencyAsync(HttpContext http, LedgerProofs proofs)
    {
        var parameters = new ParameterReader(http.Request.Query);
        var from = Required(parameters, "from");
        var to = parameters.Number("to", 0, long.MaxValue);
        if (parameters.Problem() is { } problem) return problem.ToResult();
        var proven = await proofs.ConsistencyAsync(http.Tenant(), from, to, http.RequestAborted);
        return proven.IsOk ? TypedResults.Json(ConsistencyBody.Of(proven.Value), LogJson.Plain.ConsistencyBody) : proven.Problem.ToResult();
    }

    private static long Required(ParameterReader parameters, string name)
    {
        if (!parameters.Has(name)) parameters.Refuse(name, "is missing");
        return parameters.Number(name, 0, long.MaxValue) ?? 0;
    }

    private static IResult NoSuchPath() => new Problem(ProblemKind.NotFound, "The path is not one of a tile: see C2SP tlog-tiles.").ToResult();

    private static FileContentHttpResult Unchanging(HttpContext http, ReadOnlyMemory<byte> bytes)
    {
        http.Response.Headers.CacheControl = Immutable;
        return TypedResults.Bytes(bytes, Octets);
    }

    private static byte[] Bytes(MerkleHash[] hashes)
    {
        var bytes = new byte[hashes.Length * MerkleHash.Size];
        for (var place = 0; place < hashes.Length; place++) hashes[place].CopyTo(bytes.AsSpan(place * MerkleHash.Size));
        return bytes;
    }
}

/// <summary>Hashes in base64, from leaf to root.</summary>
internal sealed record InclusionBody(long Sequence, long TreeSize, string LeafHash, IReadOnlyList<string> Hashes, string? Checkpoint)
{
    public static InclusionBody Of(ProvenInclusion proven) =>
        new(proven.Sequence, proven.TreeSize, proven.LeafHash.ToBase64(), [.. proven.Hashes.Select(hash => hash.ToBase64())], proven.Checkpoint);
}

/// <summary>Hashes in base64, in the order of RFC 6962.</summary>
internal sealed record ConsistencyBody(long From, long To, IReadOnlyList<string> Hashes, string? Checkpoint)
{
    public static ConsistencyBody Of(ProvenConsistency proven) =>
        new(proven.From, proven.To, [.. proven.Hashes.Select(hash => hash.ToBase64())], proven.Checkpoint);
}

[JsonSerializable(typeof(InclusionBody))]
[JsonSerializable(typeof(ConsistencyBody))]
internal sealed partial class LogJson : JsonSerializerContext
{
    /// <summary>Leaves the plus signs of base64 as they are, for readers that do not parse.</summary>
    public static LogJson Plain { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
