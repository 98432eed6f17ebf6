using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Storage;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Domesday.Ui.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Ui.Overview;

/// <summary>The first page: what is going on, what is new, and what needs somebody.</summary>
internal static class OverviewPage
{
    public const string Path = "/";

    public static void MapOverview(this IEndpointRouteBuilder routes) => routes.MapGet(Path, GetAsync).RequirePermission(Permission.AuditList);

    private static async Task<IResult> GetAsync(HttpContext http, IEventReader reader, ReadAudit audit, ConcernFinder concerns)
    {
        var frame = Frame.Of(http, "Overview");
        var model = await new OverviewReading(reader, http.Scope(), frame.Now).ReadAsync(http.RequestAborted);
        if (!model.IsOk) return model.Problem.ToResult();
        http.RecordRead(audit, "events.facets", "from=-24h");
        return PageResult.Page<OverviewView, OverviewModel>(frame, model.Value with { Concerns = await concerns.FindAsync(frame, http.RequestAborted) });
    }
}
