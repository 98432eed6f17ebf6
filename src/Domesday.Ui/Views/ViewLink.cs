using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Http.Authorization;
using Domesday.Http.Parameters;
using Domesday.Http.Problems;
using Domesday.Ui.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Ui.Views;

/// <summary>A saved view's short link: leads to the page of events with the view's parameters.</summary>
internal static class ViewLink
{
    public static void MapViewLinks(this IEndpointRouteBuilder routes) => routes.MapGet("/ui/v/{id}", Open).RequirePermission(Permission.AuditList);

    /// <summary>Office hours are those of whoever looks: the zone that the link names, or that they chose for times.</summary>
    private static UrlState Local(UrlState query, Frame frame) =>
        query[EventParameters.OutsideHours] is { } hours && frame.Zone != TimeZoneInfo.Utc
            ? query.With(EventParameters.OutsideHours, $"{hours}@{frame.Zone.Id}").With("zone", frame.Zone.Id)
            : query;

    private static IResult Open(string id, HttpContext http, ViewDirectory views)
    {
        var frame = Frame.Of(http, "View");
        if (StockViews.Find(id) is { } stock) return TypedResults.Redirect(frame.Href("/ui/events", Local(UrlState.Of(stock.Query), frame)));
        var view = views.Find(http.Principal(), http.Tenant(), id);
        return view.IsOk ? TypedResults.Redirect(frame.Href("/ui/events", UrlState.Of(view.Value.Query))) : view.Problem.ToResult();
    }
}
