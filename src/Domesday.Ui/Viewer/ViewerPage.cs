using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Http.Authentication.ViewerToken;
using Domesday.Http.Authorization;
using Domesday.Http.Lookup;
using Domesday.Http.Problems;
using Domesday.Ui.EventList;
using Domesday.Ui.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Ui.Viewer;

/// <summary>A page that an application shows its own customers in a frame. It holds nothing itself: its script has the token and asks for the parts with it, in a header.</summary>
internal static class ViewerPage
{
    public static void MapViewer(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Frame.ViewerPath, Get).AllowUnauthenticated();
        routes.MapGet(Frame.ViewerPath + "/part", PartAsync).RequirePermission(Permission.AuditList).AllowViewers();
        routes.MapGet(Frame.ViewerPath + "/rows", RowsAsync).RequirePermission(Permission.AuditList).AllowViewers();
        routes.MapGet(Frame.ViewerPath + "/event/{key}", EventAsync).RequirePermission(Permission.AuditGet).AllowViewers();
    }

    /// <summary>The same for everybody: whoever asks has shown nothing yet.</summary>
    private static IResult Get(HttpContext http, ViewerOptions options)
    {
        var query = http.Request.Query;
        var frame = FrameOf(http) with { Principal = null, Stylesheet = $"/ui/columns.css?columns={Uri.EscapeDataString(ColumnChoice.Parse(query[ColumnChoice.Parameter]).ToString())}" };
        return PageResult.Framed<ViewerFrameView, ViewerFrameModel>(frame, new(query["theme"].ToString() switch { "light" => "light", "dark" => "dark", _ => null }), options.Origins);
    }

    private static async Task<IResult> PartAsync(HttpContext http, IEventReader reader, ReadAudit audit, TimeProvider time)
    {
        var frame = FrameOf(http);
        if (EventListPage.Added(frame.Query) is { } added) frame = frame with { Query = added };
        var state = EventListPage.State(http, frame, time.GetUtcNow());
        var url = frame.Query.After(Frame.ViewerPath);
        if (state.Problem is { } wrong) return Part(frame, new(state), url, ProblemResults.StatusOf(wrong.Kind));
        var model = await new EventListReading(reader, http.Scope(), state, time.GetUtcNow()).ReadAsync(EventListPage.RowsOfPage, http.RequestAborted);
        if (!model.IsOk) return Part(frame, new(state with { Problem = model.Problem }), url, ProblemResults.StatusOf(model.Problem.Kind));
        if (state.Cursor is null) http.RecordRead(audit, "events.list", state.Api.ToString());
        return Part(frame, model.Value with { MayExport = frame.May(Permission.AuditExport) }, url, StatusCodes.Status200OK);
    }

    private static Task<IResult> RowsAsync(HttpContext http, IEventReader reader, TimeProvider time) => EventListPage.MoreAsync(http, FrameOf(http), reader, time);

    private static async Task<IResult> EventAsync(string key, HttpContext http, IEventReader reader, ReadAudit audit)
    {
        var found = await EventLookup.FindAsync(reader, http.Scope(), key, http.RequestAborted);
        if (!found.IsOk) return found.Problem.ToResult();
        http.RecordRead(audit, "events.get", $"sequence={found.Value.Sequence}");
        var frame = FrameOf(http);
        return PageResult.Fragment<ViewerEventView, ViewerEventModel>(frame, new(new(found.Value, EventJson.Read(found.Value.Bytes.Span)), frame.Query.After(Frame.ViewerPath)));
    }

    private static IResult Part(Frame frame, EventListModel model, string url, int status) =>
        PageResult.Fragment<ViewerListView, ViewerListModel>(frame, new(model, url), status);

    /// <summary>A token that came in the query is left out of every link.</summary>
    private static Frame FrameOf(HttpContext http)
    {
        var frame = Frame.Of(http, "Events");
        return frame with { IsViewer = true, Path = Frame.ViewerPath, Query = frame.Query.Without(ViewerTokenScheme.Parameter, "event", "theme") };
    }
}
