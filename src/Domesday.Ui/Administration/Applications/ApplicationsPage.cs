using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Credentials;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Domesday.Ui.Forms;
using Domesday.Ui.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Ui.Administration.Applications;

internal static class ApplicationsPage
{
    public const string Path = "/ui/admin/applications";

    public static void MapApplications(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, List).RequirePermission(Permission.AccessRead, wholeTenant: true);
        routes.MapGet(Path + "/{id}", Get).RequirePermission(Permission.AccessRead, wholeTenant: true);
    }

    private static IResult List(HttpContext http, ApplicationDirectory applications, RoleDirectory roles, ControlLedger ledger, KeyUses uses)
    {
        var frame = Frame.Of(http, "Applications");
        return PageResult.Page<ApplicationsView, ApplicationsModel>(frame, new(
            [.. applications.Of(http.Tenant()).Select(application => Line(application, ledger, uses))], roles.Names(http.Tenant()), frame.May(Permission.AccessWrite, wholeTenant: true)));
    }

    private static IResult Get(string id, HttpContext http, ApplicationDirectory applications, RoleDirectory roles, ControlLedger ledger, KeyUses uses)
    {
        var application = applications.Find(http.Tenant(), id);
        if (!application.IsOk) return application.Problem.ToResult();
        var frame = Frame.Of(http, application.Value.Name);
        return PageResult.Page<OneApplicationView, OneApplicationModel>(frame, new(
            Line(application.Value, ledger, uses), roles.Names(http.Tenant()), frame.May(Permission.AccessWrite, wholeTenant: true)));
    }

    private static ApplicationLine Line(ApplicationRecord application, ControlLedger ledger, KeyUses uses) =>
        new(application, [.. ledger.Index.GrantsOf(PrincipalKinds.Application, application.Id)], uses.Of(application.Id));
}
