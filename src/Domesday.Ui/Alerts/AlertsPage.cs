using Domesday.Core.Access;
using Domesday.Core.Alerts;
using Domesday.Core.Control;
using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events.Schema;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Domesday.Ui.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Ui.Alerts;

/// <summary>Rules that tell people when something happens, and what they raised.</summary>
internal static class AlertsPage
{
    public const string Path = "/ui/alerts";

    private const int HistoryMax = 25;

    public static void MapAlerts(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ListAsync).RequirePermission(Permission.SinkRead, wholeTenant: true);
        routes.MapGet(Path + "/new", New).RequirePermission(Permission.SinkWrite, wholeTenant: true);
        routes.MapGet(Path + "/{id}", GetAsync).RequirePermission(Permission.SinkRead, wholeTenant: true);
    }

    private static async Task<IResult> ListAsync(HttpContext http, AlertDirectory directory, AlertWatch watch, SinkDirectory sinks, IEventReader reader, ReadAudit audit)
    {
        var frame = Frame.Of(http, "Alerts");
        var rules = directory.Of(http.Tenant());
        var history = await HistoryAsync(http, frame, null, reader, audit);
        if (!history.IsOk) return history.Problem.ToResult();
        var stock = StockAlerts.All.Select(alert => new StockLine(alert, rules.Any(rule => rule.Filter == alert.Filter && rule.Condition == alert.Condition)));
        return PageResult.Page<AlertsView, AlertsModel>(frame, new([.. rules.Select(rule => Line(rule, watch))], Channels(http, sinks), [.. stock], history.Value, MayChange(frame)));
    }

    private static async Task<IResult> GetAsync(string id, HttpContext http, AlertDirectory directory, AlertWatch watch, SinkDirectory sinks, IEventReader reader, ReadAudit audit)
    {
        var found = directory.Find(http.Tenant(), id);
        if (!found.IsOk) return found.Problem.ToResult();
        var frame = Frame.Of(http, found.Value.Name);
        var history = await HistoryAsync(http, frame, found.Value.Id, reader, audit);
        if (!history.IsOk) return history.Problem.ToResult();
        return PageResult.Page<OneAlertView, OneAlertModel>(frame, new(Line(found.Value, watch), Channels(http, sinks), history.Value, MayChange(frame)));
    }

    private static IResult New(HttpContext http, SinkDirectory sinks) =>
        PageResult.Page<OneAlertView, OneAlertModel>(Frame.Of(http, "New alert"), new(null, Channels(http, sinks), null, true));

    private static bool MayChange(Frame frame) => frame.May(Permission.SinkWrite, wholeTenant: true);

    private static AlertLine Line(AlertRecord rule, AlertWatch watch)
    {
        var (fired, last) = watch.HistoryOf(rule.Tenant, rule.Id);
        return new(rule, fired, last);
    }

    private static IReadOnlyList<(string Id, string Name)> Channels(HttpContext http, SinkDirectory sinks) =>
        [.. sinks.Of(http.Tenant()).Where(sink => sink.IsChannel).Select(sink => (sink.Id, sink.Name))];

    /// <param name="rule">Null for all rules.</param>
    private static async ValueTask<Result<List<StoredEntry>?>> HistoryAsync(HttpContext http, Frame frame, string? rule, IEventReader reader, ReadAudit audit)
    {
        if (!frame.May(Permission.AuditList, wholeTenant: true)) return (List<StoredEntry>?)null;
        var conditions = new List<FieldCondition> { FieldCondition.Is(EventField.Operation, AlertConditions.Operation) };
        if (rule is not null) conditions.Add(FieldCondition.Is(EventField.ResourceId, rule));
        var page = await reader.ListAsync(http.Scope(), new() { Filter = new() { Conditions = conditions }, Limit = HistoryMax }, http.RequestAborted);
        if (!page.IsOk) return page.Problem;
        http.RecordRead(audit, "events.list", $"operation={AlertConditions.Operation}{(rule is null ? "" : $"&resource_id={rule}")}");
        return page.Value.Entries.ToList();
    }
}
