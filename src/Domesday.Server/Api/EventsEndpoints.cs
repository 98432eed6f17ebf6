using System.Globalization;
using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events.Schema;
using Domesday.Http.Authorization;
using Domesday.Http.Parameters;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>Pages of events, and one event with everything that refers to it.</summary>
internal static class EventsEndpoints
{
    private const int NotesMax = 1_000;

    public static void MapEvents(this IEndpointRouteBuilder api)
    {
        api.MapGet("/events", ListAsync).RequirePermission(Permission.AuditList).AllowAllTenants();
        api.MapGet("/events/{**key}", GetAsync).RequirePermission(Permission.AuditGet);
    }

    /// <summary>Finds an event by its sequence, or else by the producer's id.</summary>
    public static async ValueTask<Result<StoredEntry>> FindAsync(IEventReader reader, AccessScope scope, string key, CancellationToken cancellation)
    {
        if (long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
        {
            var entry = await reader.GetAsync(scope, sequence, cancellation);
            if (entry.Problem?.Kind != ProblemKind.NotFound) return entry;
        }
        var found = await reader.FindAsync(scope, key, cancellation);
        // A slash within an id may come escaped, and stays so on the way through routing.
        return found.Problem?.Kind == ProblemKind.NotFound && key.Contains("%2F", StringComparison.OrdinalIgnoreCase)
            ? await reader.FindAsync(scope, key.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase), cancellation)
            : found;
    }

    private static async Task<IResult> ListAsync(HttpContext http, IEventReader reader, ReadAudit audit, TimeProvider time)
    {
        var parameters = new ParameterReader(http.Request.Query);
        var query = PageParameters.Query(parameters, http.Scope(), time.GetUtcNow());
        if (parameters.Problem() is { } problem) return problem.ToResult();
        var page = await reader.ListAsync(http.Scope(), query, http.RequestAborted);
        if (!page.IsOk) return page.Problem.ToResult();
        if (query is { After: null, Offset: 0 }) http.RecordRead(audit, "events.list", QueryText.Of(http.Request));
        return new EventPageResult(page.Value);
    }

    private static async Task<IResult> GetAsync(string? key, HttpContext http, IEventReader reader, ReadAudit audit)
    {
        var parameters = new ParameterReader(http.Request.Query);
        if (parameters.Problem() is { } problem) return problem.ToResult();
        var entry = await FindAsync(reader, http.Scope(), key ?? "", http.RequestAborted);
        if (!entry.IsOk) return entry.Problem.ToResult();
        var notes = await reader.ListAsync(http.Scope(), new()
        {
            Filter = new() { Conditions = [FieldCondition.Is(EventField.RefersTo, entry.Value.Sequence.ToString(CultureInfo.InvariantCulture))] },
            Descending = false,
            Limit = NotesMax,
        }, http.RequestAborted);
        if (!notes.IsOk) return notes.Problem.ToResult();
        http.RecordRead(audit, "events.get", $"sequence={entry.Value.Sequence}");
        return new WrittenJson(json => Write(json, entry.Value, notes.Value));
    }

    private static void Write(Utf8JsonWriter json, StoredEntry entry, EventPage notes)
    {
        json.WriteStartObject();
        json.WritePropertyName("event"u8);
        json.WriteRawValue(entry.Bytes.Span, skipInputValidation: true);
        json.WriteStartArray("notes"u8);
        foreach (var note in notes.Entries) json.WriteRawValue(note.Bytes.Span, skipInputValidation: true);
        json.WriteEndArray();
        json.WriteString("complete_through"u8, notes.CompleteThrough.ToString());
        json.WriteEndObject();
    }
}
