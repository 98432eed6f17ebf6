using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Erasures;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Http.Authorization;
using Domesday.Http.Lookup;
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
    public static void MapEvents(this IEndpointRouteBuilder api)
    {
        api.MapGet("/events", ListAsync).RequirePermission(Permission.AuditList).AllowAllTenants().AllowViewers();
        api.MapGet("/events/{**key}", GetAsync).RequirePermission(Permission.AuditGet).AllowViewers();
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

    private static async Task<IResult> GetAsync(string? key, HttpContext http, IEventReader reader, ReadAudit audit, GoneEvents gone)
    {
        var parameters = new ParameterReader(http.Request.Query);
        if (parameters.Problem() is { } problem) return problem.ToResult();
        var entry = await EventLookup.FindAsync(reader, http.Scope(), key ?? "", http.RequestAborted);
        if (!entry.IsOk) return gone.Explain(http.Scope(), key ?? "", entry.Problem).ToResult();
        var notes = await EventLookup.NotesAsync(reader, http.Scope(), entry.Value.Sequence, http.RequestAborted);
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
