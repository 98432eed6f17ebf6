using System.Text.Json.Serialization;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Erasures;
using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Http.Authorization;
using Domesday.Http.Parameters;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>Erasing events for good, and which were.</summary>
internal static class ErasureEndpoints
{
    private const int ListedDefault = 100;
    private const int ListedMax = 1_000;
    private const int FirstMax = 10;

    public static void MapErasures(this IEndpointRouteBuilder api)
    {
        var erasures = api.MapGroup("/erasures");
        erasures.MapGet("", List).RequirePermission(Permission.ConfigRead, wholeTenant: true);
        erasures.MapGet("/{id}", Get).RequirePermission(Permission.ConfigRead, wholeTenant: true);
        erasures.MapPost("", EraseAsync).RequirePermission(Permission.AuditErase, wholeTenant: true);
    }

    private static IResult List(HttpContext http, ErasureDirectory directory, IEventStore store)
    {
        var parameters = new ParameterReader(http.Request.Query);
        var limit = (int)(parameters.Number("limit", 1, ListedMax) ?? ListedDefault);
        if (parameters.Problem() is { } problem) return problem.ToResult();
        var all = directory.Of(http.Tenant());
        return TypedResults.Json(new ErasureListBody([.. all.Take(limit).Select(erasure => ErasureBody.Of(erasure, directory.DelayOf(erasure.Id)))], all.Count, ErasedBody.Of(store, http.Tenant())), ErasureJson.Default.ErasureListBody);
    }

    private static IResult Get(string id, HttpContext http, ErasureDirectory directory, IEventStore store)
    {
        var found = directory.Find(http.Tenant(), id);
        return found.IsOk ? Answer(found.Value, directory.DelayOf(id), store, StatusCodes.Status200OK) : found.Problem.ToResult();
    }

    private static async Task<IResult> EraseAsync(HttpContext http, ErasureDirectory directory, IEventStore store, ReadAudit audit)
    {
        var parameters = new ParameterReader(http.Request.Query);
        var isPreview = parameters.Flag("preview");
        if (parameters.Problem() is { } unknown) return unknown.ToResult();
        var read = await JsonBody.ReadAsync(http);
        if (!read.IsOk) return read.Problem.ToResult();
        isPreview |= read.Value.Flag("preview") == true;
        var wish = Wish(read.Value, isPreview);
        if (read.Value.Problem() is { } problem) return problem.ToResult();
        if (isPreview) return await PreviewAsync(http, directory, wish, audit);
        var done = await directory.EraseAsync(http.Author(), http.Tenant(), wish, http.RequestAborted);
        if (!done.IsOk) return done.Problem.ToResult();
        http.Response.Headers.Location = $"{NativeApi.Base}/erasures/{done.Value.Record.Id}";
        return Answer(done.Value.Record, done.Value.Delayed, store, done.Value.Delayed is null ? StatusCodes.Status201Created : StatusCodes.Status202Accepted);
    }

    private static ErasureWish Wish(JsonBody body, bool isPreview)
    {
        var (ids, sequences) = (body.Texts("ids"), body.Numbers("sequences", min: 0));
        foreach (var (name, count) in ((string, int)[])[("ids", ids?.Count ?? 0), ("sequences", sequences?.Count ?? 0)])
        {
            if (count > ErasureWish.NamedMax) body.Fault(name, $"has {count} events, more than the {ErasureWish.NamedMax} that one erasure names: use a filter");
        }
        return new(body.Text("reason", ErasureWish.ReasonCharsMax, required: !isPreview) ?? "", body.Text("case", ErasureWish.CaseCharsMax), ids, sequences,
            body.OptionalText("filter", FilterText.CharsMax), body.Time("from"), body.Time("to"), body.LongOrNull("expected_count", 0, long.MaxValue));
    }

    /// <summary>A count is a read. What was looked for is not recorded: it may be the very name that is to go.</summary>
    private static async Task<IResult> PreviewAsync(HttpContext http, ErasureDirectory directory, ErasureWish wish, ReadAudit audit)
    {
        var preview = await directory.PreviewAsync(http.Tenant(), wish, http.RequestAborted);
        if (!preview.IsOk) return preview.Problem.ToResult();
        http.RecordRead(audit, "erasures.preview", "");
        return TypedResults.Json(new ErasurePreviewBody(true, preview.Value.Matched, preview.Value.Notes, preview.Value.Gone, [.. preview.Value.Sequences.Take(FirstMax)]), ErasureJson.Default.ErasurePreviewBody);
    }

    private static JsonHttpResult<ErasureBody> Answer(ErasureRecord erasure, Problem? delay, IEventStore store, int status) =>
        TypedResults.Json(ErasureBody.Of(erasure, delay) with { Ledger = ErasedBody.Of(store, erasure.Tenant) }, ErasureJson.Default.ErasureBody, statusCode: status);
}

/// <param name="Total">Of the tenant, listed or not.</param>
internal sealed record ErasureListBody(IReadOnlyList<ErasureBody> Erasures, int Total, ErasedBody Ledger);

/// <param name="Matched">Events that were asked for.</param>
/// <param name="Notes">Events that would go along, because they refer to them.</param>
/// <param name="Gone">Asked for by name, and gone already.</param>
/// <param name="First">Sequences of the first ones.</param>
internal sealed record ErasurePreviewBody(bool Preview, long Matched, long Notes, long Gone, IReadOnlyList<long> First);

/// <param name="Events">Erased from the ledger, by all erasures together, without those that retention has dropped since.</param>
/// <param name="InFiles">Of them those that nobody can read any more, and whose bytes are still in the store's files for a while.</param>
internal sealed record ErasedBody(long Events, long InFiles)
{
    public static ErasedBody Of(IEventStore store, string tenant) => Of(store.Erasures(tenant));

    private static ErasedBody Of(LedgerErasures erased) => new(erased.Events, erased.Pending);
}

/// <param name="State"><c>erased</c>, or <c>pending</c> while it is still to be carried out.</param>
/// <param name="By">How the events were chosen: <c>ids</c>, <c>sequences</c> or <c>filter</c>.</param>
/// <param name="Events">All that it is about.</param>
/// <param name="Notes">Of them those that go because they refer to others.</param>
/// <param name="Sequences">Such as <c>17,20-24</c>; left out when it is too long.</param>
/// <param name="Erased">How many events went.</param>
/// <param name="Problem">What it waits for.</param>
internal sealed record ErasureBody(
    string Id, string Tenant, string State, string Reason, string? Case, string By, long Events, long Notes, long FirstSequence, long LastSequence, string? Sequences, Timestamp CreatedAt, string CreatedBy, Timestamp? CompletedAt, long? Erased, string? Problem)
{
    /// <summary>How the whole ledger stands.</summary>
    public ErasedBody? Ledger { get; init; }

    public static ErasureBody Of(ErasureRecord erasure, Problem? delay) => new(
        erasure.Id, erasure.Tenant, erasure.CompletedAt is null ? "pending" : "erased", erasure.Reason, erasure.Case, erasure.By, erasure.Events, erasure.Notes, erasure.First, erasure.Last, erasure.Sequences,
        erasure.CreatedAt, erasure.CreatedBy, erasure.CompletedAt, erasure.Erased, erasure.CompletedAt is null ? delay?.Detail : null);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErasureListBody))]
[JsonSerializable(typeof(ErasurePreviewBody))]
internal sealed partial class ErasureJson : JsonSerializerContext;
