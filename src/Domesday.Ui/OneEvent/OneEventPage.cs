using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Erasures;
using Domesday.Core.Query;
using Domesday.Core.Sealing;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Http.Authorization;
using Domesday.Http.Lookup;
using Domesday.Http.Parameters;
using Domesday.Http.Problems;
using Domesday.Ui.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Ui.OneEvent;

/// <summary>The page of one event.</summary>
internal static class OneEventPage
{
    private static readonly (string Title, EventField Field)[] Related =
    [
        ("Same request", EventField.RequestId),
        ("Same session", EventField.RequestSession),
        ("Same actor", EventField.ActorId),
        ("Same actor", EventField.ActorName),
        ("Same resource", EventField.ResourceId),
        ("Same source address", EventField.SourceIp),
    ];

    public static void MapOneEvent(this IEndpointRouteBuilder routes) => routes.MapGet("/ui/event/{**key}", GetAsync).RequirePermission(Permission.AuditGet);

    private static async Task<IResult> GetAsync(string? key, HttpContext http, IEventReader reader, ReadAudit audit, LedgerProofs proofs, Sealer sealer, GoneEvents gone)
    {
        var found = await EventLookup.FindAsync(reader, http.Scope(), key ?? "", http.RequestAborted);
        if (!found.IsOk) return gone.Explain(http.Scope(), key ?? "", found.Problem).ToResult();
        var entry = found.Value;
        var notes = await EventLookup.NotesAsync(reader, http.Scope(), entry.Sequence, http.RequestAborted);
        if (!notes.IsOk) return notes.Problem.ToResult();
        http.RecordRead(audit, "events.get", $"sequence={entry.Sequence}");
        var frame = Frame.Of(http, $"Event {entry.Sequence}");
        var mayList = frame.May(Permission.AuditList);
        var model = new OneEventModel(entry, EventJson.Read(entry.Bytes.Span))
        {
            Notes = [.. notes.Value.Entries.Select(note => EventJson.Read(note.Bytes.Span))],
            Related = mayList ? await RelatedAsync(reader, http, entry) : [],
            Place = frame.May(Permission.ProofRead, wholeTenant: true) ? await LedgerPlace.CheckAsync(proofs, sealer, http.Tenant(), entry, http.RequestAborted) : null,
            Comparison = await ComparedAsync(reader, http, audit, entry),
            MayNote = frame.May(Permission.AuditNote),
            MayList = mayList,
            MayErase = frame.Tenant != TenantName.System && frame.May(Permission.AuditErase, wholeTenant: true),
        };
        return PageResult.Page<OneEventView, OneEventModel>(frame, model);
    }

    /// <summary>Counted within what the reader may list, which may be less than where they may look at one.</summary>
    private static async ValueTask<IReadOnlyList<RelatedEvents>> RelatedAsync(IEventReader reader, HttpContext http, StoredEntry entry)
    {
        var scope = http.Principal().IsSystemAdministrator ? http.Scope() : http.Principal().ScopeFor(Permission.AuditList);
        var fields = new Core.Export.EntryFields();
        fields.Read(entry);
        var related = new List<RelatedEvents>();
        foreach (var (title, field) in Related)
        {
            if (fields.Text(field) is not { } value || related.Exists(known => known.Title == title)) continue;
            var count = await reader.CountAsync(scope, new() { Conditions = [FieldCondition.Is(field, value)] }, http.RequestAborted);
            if (count.IsOk) related.Add(new(title, EventParameters.NameOf(field)!, value, count.Value));
        }
        return related;
    }

    private static async ValueTask<EventComparison?> ComparedAsync(IEventReader reader, HttpContext http, ReadAudit audit, StoredEntry entry)
    {
        if (http.Request.Query["compare"].ToString().Trim() is not { Length: > 0 } key) return null;
        var found = await EventLookup.FindAsync(reader, http.Scope(), key, http.RequestAborted);
        if (!found.IsOk) return new(key, null, null, found.Problem);
        http.RecordRead(audit, "events.get", $"sequence={found.Value.Sequence}");
        using var first = JsonDocument.Parse(entry.Bytes);
        using var second = JsonDocument.Parse(found.Value.Bytes);
        AuditEvent other = EventJson.Read(found.Value.Bytes.Span);
        return new(key, other, JsonDiff.Of(first.RootElement, second.RootElement), null);
    }
}
