using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Http.Authorization;
using Domesday.Http.Parameters;
using Domesday.Http.Problems;
using Domesday.Ui.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Ui.EventList;

/// <summary>The page of events, further rows of it, and the widths of its columns.</summary>
internal static class EventListPage
{
    public const string Path = "/ui/events";

    internal const int RowsOfPage = 100;

    public static void MapEventList(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, GetAsync).RequirePermission(Permission.AuditList);
        routes.MapGet(Path + "/rows", RowsAsync).RequirePermission(Permission.AuditList);
        routes.MapGet("/ui/columns.css", Css).AllowUnauthenticated();
    }

    private static async Task<IResult> GetAsync(HttpContext http, IEventReader reader, ReadAudit audit, ViewDirectory views, TimeProvider time)
    {
        var frame = Frame.Of(http, "Events");
        if (Added(frame.Query) is { } added) return TypedResults.Redirect(added.After(Path));
        if (frame.Query["zone"] is { } zone && frame.Zone.Id == zone) http.Response.Cookies.Append(Preferences.ZoneCookie, zone, new() { MaxAge = TimeSpan.FromDays(400), SameSite = SameSiteMode.Lax, Path = "/" });
        var state = State(http, frame, time.GetUtcNow());
        frame = frame with { Stylesheet = $"/ui/columns.css?columns={Uri.EscapeDataString(state.Columns.ToString())}" };
        if (state.Problem is { } wrong) return PageResult.Page<EventListView, EventListModel>(frame, new(state), ProblemResults.StatusOf(wrong.Kind));
        var model = await new EventListReading(reader, http.Scope(), state, time.GetUtcNow()).ReadAsync(RowsOfPage, http.RequestAborted);
        if (!model.IsOk) return PageResult.Page<EventListView, EventListModel>(frame, new(state with { Problem = model.Problem }), ProblemResults.StatusOf(model.Problem.Kind));
        if (state.Cursor is null) http.RecordRead(audit, "events.list", state.Api.ToString());
        return PageResult.Page<EventListView, EventListModel>(frame, model.Value with { MayExport = frame.May(Permission.AuditExport), LastVisit = LastVisit(http), Views = views.Of(http.Principal(), http.Tenant()) });
    }

    /// <summary>Further rows, for the script that shows them below the others. They continue a page that was recorded.</summary>
    private static Task<IResult> RowsAsync(HttpContext http, IEventReader reader, TimeProvider time) => MoreAsync(http, Frame.Of(http, "Events"), reader, time);

    internal static async Task<IResult> MoreAsync(HttpContext http, Frame frame, IEventReader reader, TimeProvider time)
    {
        var state = State(http, frame, time.GetUtcNow());
        if (state.Problem is { } wrong) return wrong.ToResult();
        if (state.Cursor is null) return new Core.Problems.Problem(Core.Problems.ProblemKind.Invalid, "The parameter cursor is missing.", "cursor").ToResult();
        var page = await reader.ListAsync(http.Scope(), EventListReading.PageOf(state, RowsOfPage, total: false), http.RequestAborted);
        return page.IsOk ? PageResult.Fragment<EventRowsView, EventRows>(frame, new(state.Columns, page.Value.Entries, page.Value.Next)) : page.Problem.ToResult();
    }

    private static ContentHttpResult Css(HttpContext http)
    {
        http.Response.Headers.CacheControl = "public, max-age=3600";
        return TypedResults.Text(ColumnChoice.Parse(http.Request.Query[ColumnChoice.Parameter]).ToCss(), "text/css", Encoding.UTF8);
    }

    internal static EventListState State(HttpContext http, Frame frame, DateTimeOffset now) =>
        EventListState.Of(frame.Query, http.Scope(), frame.Zone, http.Request.Cookies[Preferences.ColumnsCookie], now);

    private static Timestamp? LastVisit(HttpContext http) =>
        http.Request.Cookies[Preferences.VisitCookie] is { Length: > 0 and < 40 } text && Timestamp.TryParse(Encoding.UTF8.GetBytes(text), out var time, out _) ? time : null;

    /// <summary>A filter that the form adds, in its place in the URL; null when it adds none.</summary>
    internal static UrlState? Added(UrlState url)
    {
        if (url["add_field"] is not { } field) return null;
        var rest = url.Without("add_field", "add_value", "add_mode", "cursor");
        var name = url["add_mode"] == "exclude" ? EventParameters.ExcludePrefix + field : field;
        return EventParameters.TryFind(field, out _) && url["add_value"]?.Trim() is { Length: > 0 } value ? rest.Plus(name, value) : rest;
    }
}
