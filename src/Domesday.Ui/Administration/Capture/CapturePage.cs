using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Http.Authorization;
using Domesday.Ui.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Ui.Administration.Capture;

internal static class CapturePage
{
    public const string Path = "/ui/admin/capture";

    public static void MapCapture(this IEndpointRouteBuilder routes) => routes.MapGet(Path, Get).RequirePermission(Permission.ConfigRead, wholeTenant: true);

    private static IResult Get(HttpContext http, CapturePolicies policies)
    {
        var frame = Frame.Of(http, "Capture");
        return PageResult.Page<CaptureView, CaptureModel>(frame, new(policies.Of(http.Tenant()), frame.May(Permission.ConfigWrite, wholeTenant: true)));
    }
}
