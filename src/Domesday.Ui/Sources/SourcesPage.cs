using System.Globalization;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Control;
using Domesday.Core.Gaps;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Domesday.Ui.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Ui.Sources;

/// <summary>The page of sources: rates, gaps, quarantine.</summary>
internal static class SourcesPage
{
    public const string Path = "/ui/sources";

    private const int KindsMax = 50;
    private const int QuarantineMax = 50;

    public static void MapSources(this IEndpointRouteBuilder routes) => routes.MapGet(Path, GetAsync).RequirePermission(Permission.AuditList);

    private static async Task<IResult> GetAsync(HttpContext http, IEventReader reader, GapTracker gaps, ReadAudit audit)
    {
        var frame = Frame.Of(http, "Sources");
        var sources = await SourcesAsync(reader, http.Scope(), frame.Now, http.RequestAborted);
        if (!sources.IsOk) return sources.Problem.ToResult();
        http.RecordRead(audit, "events.facets", "fields=source_kind");
        var model = new SourcesModel { Sources = sources.Value, MayReplay = frame.May(Permission.Quarantine | Permission.AuditWrite, wholeTenant: true) };
        if (frame.May(Permission.AuditList, wholeTenant: true))
        {
            http.RecordRead(audit, "gaps.list", "");
            model = model with { Producers = await gaps.ReadAsync(http.Tenant(), Lines, http.RequestAborted) };
        }
        if (!frame.May(Permission.Quarantine, wholeTenant: true)) return PageResult.Page<SourcesView, SourcesModel>(frame, model);
        var quarantine = await QuarantineAsync(reader, http.Tenant(), http.RequestAborted);
        if (!quarantine.IsOk) return quarantine.Problem.ToResult();
        http.RecordRead(audit, "quarantine.list", "");
        return PageResult.Page<SourcesView, SourcesModel>(frame, model with { Quarantine = quarantine.Value });
    }

    private static async ValueTask<Result<IReadOnlyList<SourceLine>>> SourcesAsync(IEventReader reader, AccessScope scope, DateTimeOffset now, CancellationToken cancellation)
    {
        var counts = new List<Dictionary<string, long>>();
        foreach (var from in (DateTimeOffset?[])[now.AddHours(-1), now.AddDays(-1), null])
        {
            var filter = new EventFilter { From = from is { } begin ? Timestamp.FromDateTimeOffset(begin) : null };
            var facets = await reader.FacetsAsync(scope, filter, [EventField.SourceKind], KindsMax, cancellation);
            if (!facets.IsOk) return facets.Problem;
            counts.Add(facets.Value.Fields[0].Values.ToDictionary(value => value.Value, value => value.Count, StringComparer.Ordinal));
        }
        var lines = new List<SourceLine>();
        foreach (var (kind, ever) in counts[2].OrderByDescending(pair => pair.Value))
        {
            var last = await reader.ListAsync(scope, new() { Filter = new() { Conditions = [FieldCondition.Is(EventField.SourceKind, kind)] }, Limit = 1 }, cancellation);
            if (!last.IsOk) return last.Problem;
            var arrival = last.Value.Entries is [var entry, ..] ? EventJson.Read(entry.Bytes.Span).ReceivedAt : null;
            lines.Add(new(kind, counts[0].GetValueOrDefault(kind), counts[1].GetValueOrDefault(kind), ever, arrival));
        }
        return lines;
    }

    private static IReadOnlyList<(string, ProducerLine)> Lines(TenantStreams streams) =>
        [.. streams.Streams.Select(pair => (pair.Key, new ProducerLine(pair.Value.Last, pair.Value.LastAt, pair.Value.Received, pair.Value.Missing, [.. pair.Value.Gaps.TakeLast(5)]))).OrderByDescending(line => line.Item2.Missing)];

    private static async ValueTask<Result<IReadOnlyList<QuarantineLine>>> QuarantineAsync(IEventReader reader, string tenant, CancellationToken cancellation)
    {
        var scope = AccessScope.WholeTenant(TenantName.QuarantineOf(tenant));
        var page = await reader.ListAsync(scope, new() { Filter = Of(QuarantineEvents.Action), Limit = QuarantineMax }, cancellation);
        if (!page.IsOk) return page.Problem;
        var numbers = page.Value.Entries.Select(entry => entry.Sequence.ToString(CultureInfo.InvariantCulture)).ToList();
        var marks = await reader.ListAsync(scope, new() { Filter = new() { Conditions = [.. Of(QuarantineEvents.ReplayAction).Conditions, FieldCondition.Is(EventField.RefersTo, numbers)] }, Limit = QuarantineMax }, cancellation);
        if (!marks.IsOk) return marks.Problem;
        var replayed = marks.Value.Entries.Select(mark => EventJson.Read(mark.Bytes.Span)).ToDictionary(mark => mark.RefersTo!.Value, mark => mark.Time);
        var lines = new List<QuarantineLine>();
        foreach (var entry in page.Value.Entries)
        {
            var item = await QuarantinedInput.ReadAsync(reader, tenant, entry.Sequence, cancellation);
            if (!item.IsOk) return item.Problem;
            lines.Add(new(item.Value, replayed.GetValueOrDefault(entry.Sequence)));
        }
        return lines;
    }

    private static EventFilter Of(string action) => new() { Conditions = [FieldCondition.Is(EventField.Action, action)] };
}
