using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Http.Authorization;
using Domesday.Http.Parameters;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Domesday.Ingest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>What machines sent and no parser understood: to be looked at, and to be tried again.</summary>
internal static class QuarantineEndpoints
{
    private const int LimitMax = 100;
    private const int LimitDefault = 20;

    public static void MapQuarantine(this IEndpointRouteBuilder api)
    {
        var items = api.MapGroup("/quarantine");
        items.MapGet("", ListAsync).RequirePermission(Permission.Quarantine, wholeTenant: true);
        items.MapGet("/{sequence:long}", GetAsync).RequirePermission(Permission.Quarantine, wholeTenant: true);
        items.MapPost("/{sequence:long}/replay", ReplayAsync).RequirePermission(Permission.Quarantine | Permission.AuditWrite, wholeTenant: true);
    }

    private static async Task<IResult> ListAsync(HttpContext http, IEventReader reader, ReadAudit audit, TimeProvider time)
    {
        var parameters = new ParameterReader(http.Request.Query);
        var scope = QuarantineOf(http);
        var query = PageParameters.Query(parameters, scope, time.GetUtcNow(), LimitMax, LimitDefault);
        if (parameters.Problem() is { } problem) return problem.ToResult();
        var filter = query.Filter with { Conditions = [.. query.Filter.Conditions, FieldCondition.Is(EventField.Action, QuarantineEvents.Action)] };
        var page = await reader.ListAsync(scope, query with { Filter = filter }, http.RequestAborted);
        if (!page.IsOk) return page.Problem.ToResult();
        var replays = await ReplaysAsync(reader, scope, [.. page.Value.Entries.Select(entry => entry.Sequence)], http.RequestAborted);
        if (!replays.IsOk) return replays.Problem.ToResult();
        var items = new List<QuarantinedInput>();
        foreach (var entry in page.Value.Entries)
        {
            var item = await QuarantinedInput.ReadAsync(reader, http.Tenant(), entry.Sequence, http.RequestAborted);
            if (!item.IsOk) return item.Problem.ToResult();
            items.Add(item.Value with { Bytes = [] });
        }
        http.RecordRead(audit, "quarantine.list", QueryText.Of(http.Request));
        return new WrittenJson(json => Write(json, items, replays.Value, page.Value));
    }

    private static async Task<IResult> GetAsync(long sequence, HttpContext http, IEventReader reader, ReadAudit audit)
    {
        var parameters = new ParameterReader(http.Request.Query);
        if (parameters.Problem() is { } problem) return problem.ToResult();
        var item = await QuarantinedInput.ReadAsync(reader, http.Tenant(), sequence, http.RequestAborted);
        if (!item.IsOk) return item.Problem.ToResult();
        var replays = await ReplaysAsync(reader, QuarantineOf(http), [sequence], http.RequestAborted);
        if (!replays.IsOk) return replays.Problem.ToResult();
        http.RecordRead(audit, "quarantine.get", $"sequence={sequence}");
        return new WrittenJson(json => Write(json, item.Value, replays.Value.GetValueOrDefault(sequence), withBytes: true));
    }

    private static async Task<IResult> ReplayAsync(long sequence, HttpContext http, IEventReader reader, AppendPipeline pipeline)
    {
        var parameters = new ParameterReader(http.Request.Query);
        if (parameters.Problem() is { } problem) return problem.ToResult();
        var item = await QuarantinedInput.ReadAsync(reader, http.Tenant(), sequence, http.RequestAborted);
        if (!item.IsOk) return item.Problem.ToResult();
        var replays = await ReplaysAsync(reader, QuarantineOf(http), [sequence], http.RequestAborted);
        if (!replays.IsOk) return replays.Problem.ToResult();
        if (replays.Value.TryGetValue(sequence, out var earlier)) return new Problem(ProblemKind.Conflict, $"It was replayed already, at {earlier.Time}.").ToResult();
        var stored = await StoreAsync(http.Tenant(), item.Value, pipeline);
        if (!stored.IsOk) return stored.Problem.ToResult();
        var marked = await MarkAsync(http, sequence, stored.Value, pipeline);
        return marked.IsOk ? new WrittenJson(json => AppendAnswer.Write(json, stored.Value)) : marked.Problem.ToResult();
    }

    private static async ValueTask<Result<AppendResult>> StoreAsync(string tenant, QuarantinedInput item, AppendPipeline pipeline)
    {
        if (!item.IsWhole) return new Problem(ProblemKind.Conflict, $"Only the first {item.Bytes.Length} of its {item.Length} bytes were kept: it cannot be replayed.");
        if (IngestCatalog.Find(item.Source) is not { } source) return new Problem(ProblemKind.Conflict, $"There is no source {item.Source} to replay it through.");
        var events = source.Read(item.Bytes, item.Context);
        if (!events.IsOk) return events.Problem;
        return await pipeline.AppendAsync(new(tenant, source.Kind, events.Value), CancellationToken.None);
    }

    /// <summary>The id is the item's, so that of two replays at the same time one is recorded.</summary>
    private static ValueTask<Result<AppendResult>> MarkAsync(HttpContext http, long sequence, AppendResult stored, AppendPipeline pipeline)
    {
        var author = http.Author();
        var mark = new AuditEvent
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"{QuarantineEvents.ReplayAction}/{sequence}"),
            Action = QuarantineEvents.ReplayAction,
            Service = "domesday",
            Actor = author.Actor,
            Source = author.Source,
            Outcome = new() { Result = OutcomeResult.Success },
            RefersTo = sequence,
            Labels = new Dictionary<string, string> { ["sequences"] = string.Join(' ', stored.Receipts.Take(100).Select(receipt => receipt.Sequence)) },
        };
        return pipeline.AppendAsync(new(TenantName.QuarantineOf(http.Tenant()), QuarantineEvents.SourceKind, [EventJson.Write(mark)]), CancellationToken.None);
    }

    /// <summary>The marks of replays, by the item that they are about.</summary>
    private static async ValueTask<Result<Dictionary<long, AuditEvent>>> ReplaysAsync(IEventReader reader, AccessScope scope, IReadOnlyList<long> sequences, CancellationToken cancellation)
    {
        var page = await reader.ListAsync(scope, new()
        {
            Filter = new()
            {
                Conditions =
                [
                    FieldCondition.Is(EventField.Action, QuarantineEvents.ReplayAction),
                    FieldCondition.Is(EventField.RefersTo, [.. sequences.Select(sequence => sequence.ToString(CultureInfo.InvariantCulture))]),
                ],
            },
            Limit = sequences.Count,
        }, cancellation);
        if (!page.IsOk) return page.Problem;
        return page.Value.Entries.Select(entry => EventJson.Read(entry.Bytes.Span)).ToDictionary(mark => mark.RefersTo!.Value);
    }

    private static AccessScope QuarantineOf(HttpContext http) => AccessScope.WholeTenant(TenantName.QuarantineOf(http.Tenant()));

    private static void Write(Utf8JsonWriter json, List<QuarantinedInput> items, Dictionary<long, AuditEvent> replays, EventPage page)
    {
        json.WriteStartObject();
        json.WriteStartArray("items"u8);
        foreach (var item in items) Write(json, item, replays.GetValueOrDefault(item.Sequence), withBytes: false);
        json.WriteEndArray();
        if (page.Next is { } next) json.WriteString("next_cursor"u8, next.ToString());
        if (page.Total is { } total) json.WriteNumber("total"u8, total);
        json.WriteString("complete_through"u8, page.CompleteThrough.ToString());
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, QuarantinedInput item, AuditEvent? replay, bool withBytes)
    {
        json.WriteStartObject();
        json.WriteNumber("sequence"u8, item.Sequence);
        json.WriteString("time"u8, item.Time.ToString());
        json.WriteString("source_kind"u8, item.Source);
        if (item.Context is not null) json.WriteString("context"u8, item.Context);
        json.WriteNumber("length"u8, item.Length);
        json.WriteString("sha256"u8, item.Sha256);
        json.WriteStartArray("errors"u8);
        foreach (var fault in item.Faults)
        {
            json.WriteStartObject();
            json.WriteString("field"u8, fault.Field);
            json.WriteString("reason"u8, fault.Reason);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (replay?.Time is { } time) json.WriteString("replayed_at"u8, time.ToString());
        if (withBytes)
        {
            json.WriteBase64String("bytes"u8, item.Bytes);
            if (Utf8.IsValid(item.Bytes)) json.WriteString("text"u8, Encoding.UTF8.GetString(item.Bytes));
        }
        json.WriteEndObject();
    }
}
