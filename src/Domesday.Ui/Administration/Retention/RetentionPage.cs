using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Retention;
using Domesday.Core.Storage;
using Domesday.Http.Authorization;
using Domesday.Ui.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Ui.Administration.Retention;

internal static class RetentionPage
{
    public const string Path = "/ui/admin/retention";

    public static void MapRetention(this IEndpointRouteBuilder routes) => routes.MapGet(Path, Get).RequirePermission(Permission.ConfigRead, wholeTenant: true);

    private static IResult Get(HttpContext http, RetentionPolicies policies, IEventStore store, TenantCaps caps, RetentionSweep sweep, GrowthRates rates)
    {
        var frame = Frame.Of(http, "Retention");
        var tenant = http.Tenant();
        return PageResult.Page<RetentionView, RetentionModel>(frame, new(
            policies.Of(tenant), store.Usage(tenant), caps.BytesOf(tenant), sweep.LastOf(tenant), sweep.DueOf(tenant), rates.Of(tenant), frame.May(Permission.ConfigWrite, wholeTenant: true)));
    }
}
