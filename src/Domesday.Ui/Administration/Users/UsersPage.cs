using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Domesday.Ui.Forms;
using Domesday.Ui.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Ui.Administration.Users;

internal static class UsersPage
{
    public const string Path = "/ui/admin/users";

    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, List).RequirePermission(Permission.AccessRead, wholeTenant: true);
        routes.MapGet(Path + "/{id}", Get).RequirePermission(Permission.AccessRead, wholeTenant: true);
    }

    private static IResult List(HttpContext http, UserDirectory users, RoleDirectory roles, ControlLedger ledger)
    {
        var frame = Frame.Of(http, "Users");
        var index = ledger.Index;
        var listed = users.Of(http.Tenant()).Select(user => (user, (IReadOnlyList<GrantRecord>)[.. index.GrantsOf(PrincipalKinds.User, user.Id)]));
        return PageResult.Page<UsersView, UsersModel>(frame, new([.. listed], roles.Names(http.Tenant()), frame.May(Permission.AccessWrite, wholeTenant: true)));
    }

    private static IResult Get(string id, HttpContext http, UserDirectory users, RoleDirectory roles, ControlLedger ledger)
    {
        var user = users.Find(http.Tenant(), id);
        if (!user.IsOk) return user.Problem.ToResult();
        var frame = Frame.Of(http, user.Value.Name);
        var grants = ledger.Index.GrantsOf(PrincipalKinds.User, user.Value.Id);
        return PageResult.Page<OneUserView, OneUserModel>(frame, new(user.Value, [.. grants], roles.Names(http.Tenant()), frame.May(Permission.AccessWrite, wholeTenant: true)));
    }
}
