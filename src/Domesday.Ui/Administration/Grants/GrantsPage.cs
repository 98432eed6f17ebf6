using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Http.Authorization;
using Domesday.Ui.Forms;
using Domesday.Ui.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Ui.Administration.Grants;

internal static class GrantsPage
{
    public const string Path = "/ui/admin/grants";

    public static void MapGrants(this IEndpointRouteBuilder routes) => routes.MapGet(Path, Get).RequirePermission(Permission.AccessRead, wholeTenant: true);

    private static IResult Get(HttpContext http, GrantDirectory grants, UserDirectory users, ApplicationDirectory applications, RoleDirectory roles)
    {
        var frame = Frame.Of(http, "Grants");
        var tenant = http.Tenant();
        IReadOnlyList<(string Kind, string Id, string Name)> people =
            [.. users.Of(tenant).Select(user => (PrincipalKinds.User, user.Id, user.Name)), .. applications.Of(tenant).Select(application => (PrincipalKinds.Application, application.Id, application.Name))];
        var listed = grants.Of(tenant).Select(grant => (grant, people.FirstOrDefault(one => one.Id == grant.Principal).Name ?? grant.Principal));
        return PageResult.Page<GrantsView, GrantsModel>(frame, new([.. listed], people, roles.Names(tenant), frame.May(Permission.AccessWrite, wholeTenant: true)));
    }
}
