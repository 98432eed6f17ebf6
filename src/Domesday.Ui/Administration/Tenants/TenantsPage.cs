using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Storage;
using Domesday.Http.Authorization;
using Domesday.Ui.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Ui.Administration.Tenants;

internal static class TenantsPage
{
    public const string Path = "/ui/admin/tenants";

    public static void MapTenants(this IEndpointRouteBuilder routes) => routes.MapGet(Path, Get).RequirePermission(Permission.ConfigRead, wholeTenant: true);

    private static IResult Get(HttpContext http, TenantDirectory tenants, IEventStore store)
    {
        var me = http.Principal();
        var isOperator = (me.IsSystemAdministrator || me.Tenant == TenantName.System) && me.May(Permission.ConfigWrite);
        return PageResult.Page<TenantsView, TenantsModel>(Frame.Of(http, "Tenants"), new([.. tenants.KnownTo(me).Select(tenant => (tenant, store.Size(tenant.Name)))], isOperator));
    }
}
