using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Credentials;
using Domesday.Http.Authorization;
using Domesday.Ui.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Ui.Administration.Keys;

internal static class KeysPage
{
    public const string Path = "/ui/admin/keys";

    public static void MapKeys(this IEndpointRouteBuilder routes) => routes.MapGet(Path, GetAsync).RequirePermission(Permission.AccessRead, wholeTenant: true);

    private static async Task<IResult> GetAsync(HttpContext http, KeyDirectory keys, KeyUses uses, ViewerTokens viewers)
    {
        var frame = Frame.Of(http, "Keys");
        var all = keys.Of(http.Tenant()).OrderBy(key => key.RevokedAt is not null).Select(key => (key, uses.Of(key.Id)));
        return PageResult.Page<KeysView, KeysModel>(frame, new([.. all], await viewers.ListAsync(http.Tenant(), http.RequestAborted), frame.May(Permission.AccessWrite, wholeTenant: true)));
    }
}
