using System.Globalization;
using Domesday.Core.Access;
using Domesday.Core.Export;
using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>Where a tenant's events are forwarded to, and what became of them.</summary>
internal static class SinkEndpoints
{
    private const int RejectedShownMax = 1_000;
    private const int FieldsMax = 64;
    private const int BatchEventsMax = 10_000;
    private const int BatchMillisecondsMax = 600_000;

    public static void MapSinks(this IEndpointRouteBuilder api)
    {
        var sinks = api.MapGroup("/sinks");
        sinks.MapGet("", ListAsync).RequirePermission(Permission.SinkRead, wholeTenant: true);
        sinks.MapGet("/types", TypesAsync).RequirePermission(Permission.SinkRead, wholeTenant: true);
        sinks.MapGet("/{id}", GetAsync).RequirePermission(Permission.SinkRead, wholeTenant: true);
        sinks.MapPost("", CreateAsync).RequirePermission(Permission.SinkWrite, wholeTenant: true);
        sinks.MapPatch("/{id}", ChangeAsync).RequirePermission(Permission.SinkWrite, wholeTenant: true);
        sinks.MapDelete("/{id}", DeleteAsync).RequirePermission(Permission.SinkWrite, wholeTenant: true);
        sinks.MapPost("/{id}/test", TestAsync).RequirePermission(Permission.SinkWrite, wholeTenant: true);
        sinks.MapPost("/{id}/pause", (string id, HttpContext http, SinkDirectory directory, Forwarder forwarder) => SetPausedAsync(id, http, directory, forwarder, true)).RequirePermission(Permission.SinkWrite, wholeTenant: true);
        sinks.MapPost("/{id}/resume", (string id, HttpContext http, SinkDirectory directory, Forwarder forwarder) => SetPausedAsync(id, http, directory, forwarder, false)).RequirePermission(Permission.SinkWrite, wholeTenant: true);
        sinks.MapPost("/{id}/replay", SinkReplays.StartAsync).RequirePermission(Permission.SinkWrite, wholeTenant: true);
        sinks.MapGet("/{id}/rejected", Rejected).RequirePermission(Permission.SinkRead, wholeTenant: true);
        sinks.MapDelete("/{id}/rejected", DiscardAsync).RequirePermission(Permission.SinkWrite, wholeTenant: true);
    }

    private static async Task<IResult> ListAsync(HttpContext http, SinkDirectory directory, Forwarder forwarder)
    {
        var bodies = new List<SinkBody>();
        foreach (var sink in directory.Of(http.Tenant()))
        {
            var body = await BodyAsync(http, sink, directory, forwarder);
            if (!body.IsOk) return body.Problem.ToResult();
            bodies.Add(body.Value);
        }
        return TypedResults.Json(new SinkListBody(bodies), SinkJson.Default.SinkListBody);
    }

    private static async Task<JsonHttpResult<SinkTypesBody>> TypesAsync(HttpContext http, SinkOpener opener)
    {
        var bodies = new List<SinkTypeBody>();
        foreach (var type in opener.Types)
        {
            var settings = await opener.DescribeAsync(type, new Dictionary<string, string>(), http.Tenant());
            bodies.Add(new(type.Name, type.Title, type.Secrets, type.FormatDefault, type.IsForOperators, [.. settings.Select(SinkSettingBody.From)]));
        }
        return TypedResults.Json(new SinkTypesBody(bodies, EventFormats.Names), SinkJson.Default.SinkTypesBody);
    }

    private static async Task<IResult> GetAsync(string id, HttpContext http, SinkDirectory directory, Forwarder forwarder)
    {
        var found = directory.Find(http.Tenant(), id);
        return found.IsOk ? await AnswerAsync(http, found.Value, directory, forwarder, StatusCodes.Status200OK) : found.Problem.ToResult();
    }

    private static async Task<IResult> CreateAsync(HttpContext http, SinkDirectory directory, Forwarder forwarder, IEventStore store)
    {
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var wish = Wish(body.Value, isNew: true) with { StartSequence = Start(body.Value, store.Usage(http.Tenant())) };
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        var created = await directory.CreateAsync(http.Principal(), http.Author(), http.Tenant(), wish, http.RequestAborted);
        if (!created.IsOk) return created.Problem.ToResult();
        http.Response.Headers.Location = $"{NativeApi.Base}/sinks/{created.Value.Id}";
        return await AnswerAsync(http, created.Value, directory, forwarder, StatusCodes.Status201Created);
    }

    private static async Task<IResult> ChangeAsync(string id, HttpContext http, SinkDirectory directory, Forwarder forwarder)
    {
        var expected = EntityVersion.Of(http.Request);
        if (!expected.IsOk) return expected.Problem.ToResult();
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var wish = Wish(body.Value, isNew: false) with { Version = expected.Value };
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        var changed = await directory.ChangeAsync(http.Principal(), http.Author(), http.Tenant(), id, wish, "update", http.RequestAborted);
        return changed.IsOk ? await AnswerAsync(http, changed.Value, directory, forwarder, StatusCodes.Status200OK) : changed.Problem.ToResult();
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext http, SinkDirectory directory)
    {
        var problem = await directory.DeleteAsync(http.Author(), http.Tenant(), id, http.RequestAborted);
        return problem is null ? TypedResults.NoContent() : problem.ToResult();
    }

    private static async Task<IResult> SetPausedAsync(string id, HttpContext http, SinkDirectory directory, Forwarder forwarder, bool paused)
    {
        var changed = await directory.ChangeAsync(http.Principal(), http.Author(), http.Tenant(), id, new() { Paused = paused }, paused ? "pause" : "resume", http.RequestAborted);
        return changed.IsOk ? await AnswerAsync(http, changed.Value, directory, forwarder, StatusCodes.Status200OK) : changed.Problem.ToResult();
    }

    private static async Task<IResult> TestAsync(string id, HttpContext http, SinkDirectory directory, Forwarder forwarder)
    {
        var found = directory.Find(http.Tenant(), id);
        if (!found.IsOk) return found.Problem.ToResult();
        var answer = await forwarder.TestAsync(found.Value, http.RequestAborted);
        return answer.IsOk ? TypedResults.Json(new SinkTestBody(answer.Value.IsAccepted, answer.Value.Text), SinkJson.Default.SinkTestBody) : answer.Problem.ToResult();
    }

    private static IResult Rejected(string id, HttpContext http, SinkDirectory directory, Forwarder forwarder)
    {
        var found = directory.Find(http.Tenant(), id);
        if (!found.IsOk) return found.Problem.ToResult();
        return TypedResults.Json(new RejectedListBody(forwarder.Rejected(found.Value.Id, RejectedShownMax), forwarder.Of(found.Value.Id)?.RejectedKept ?? 0), SinkJson.Default.RejectedListBody);
    }

    private static async Task<IResult> DiscardAsync(string id, HttpContext http, SinkDirectory directory, Forwarder forwarder, SinkReplays replays)
    {
        var found = directory.Find(http.Tenant(), id);
        if (!found.IsOk) return found.Problem.ToResult();
        var discarded = forwarder.Discard(found.Value.Id);
        await replays.RecordAsync(http, found.Value, "discard", discarded);
        return TypedResults.Json(new DiscardedBody(discarded), SinkJson.Default.DiscardedBody);
    }

    private static SinkWish Wish(JsonBody body, bool isNew) => new()
    {
        Name = body.Text("name", SinkDirectory.NameCharsMax, required: isNew),
        Type = isNew ? body.Text("type", 32, required: true) : null,
        Settings = body.Settings("settings"),
        Filter = body.OptionalText("filter", FilterText.CharsMax),
        Fields = Fields(body),
        Format = body.Text("format", 32),
        Channel = body.Flag("channel"),
        Paused = body.Flag("paused"),
        BatchEvents = body.Number("batch_events", 1, BatchEventsMax),
        BatchMilliseconds = body.Number("batch_milliseconds", 0, BatchMillisecondsMax),
    };

    private static IReadOnlyList<string>? Fields(JsonBody body)
    {
        var fields = body.Texts("fields");
        if (fields?.Count > FieldsMax) body.Fault("fields", $"has more than {FieldsMax} fields");
        return fields;
    }

    /// <summary>Where a new sink begins: now, at the oldest event that is kept, or at a sequence.</summary>
    private static long? Start(JsonBody body, LedgerUsage usage)
    {
        if (body.Text("start", 20) is not { } start || start == "now") return null;
        if (start == "beginning") return usage.FirstSequence;
        if (long.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) && sequence <= usage.Size) return Math.Max(sequence, usage.FirstSequence);
        body.Fault("start", $"must be now, beginning, or a sequence up to {usage.Size}");
        return null;
    }

    private static async Task<IResult> AnswerAsync(HttpContext http, SinkDefinition sink, SinkDirectory directory, Forwarder forwarder, int status)
    {
        var body = await BodyAsync(http, sink, directory, forwarder);
        if (!body.IsOk) return body.Problem.ToResult();
        http.Response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{sink.Version}\"");
        return TypedResults.Json(body.Value, SinkJson.Default.SinkBody, statusCode: status);
    }

    private static async ValueTask<Result<SinkBody>> BodyAsync(HttpContext http, SinkDefinition sink, SinkDirectory directory, Forwarder forwarder)
    {
        var lag = await forwarder.LagAsync(sink, http.RequestAborted);
        if (!lag.IsOk) return lag.Problem;
        var standing = forwarder.Of(sink.Id);
        return SinkBody.From(sink, directory.Record(sink.Id), standing, lag.Value);
    }
}
