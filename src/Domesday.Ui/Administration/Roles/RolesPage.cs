using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Http.Authorization;
using Domesday.Ui.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Ui.Administration.Roles;

internal static class RolesPage
{
    public const string Path = "/ui/admin/roles";

    public static void MapRoles(this IEndpointRouteBuilder routes) => routes.MapGet(Path, Get).RequirePermission(Permission.AccessRead, wholeTenant: true);

    private static IResult Get(HttpContext http, RoleDirectory roles)
    {
        var frame = Frame.Of(http, "Roles");
        return PageResult.Page<RolesView, RolesModel>(frame, new(roles.Of(http.Tenant()), frame.May(Permission.AccessWrite, wholeTenant: true)));
    }
}
