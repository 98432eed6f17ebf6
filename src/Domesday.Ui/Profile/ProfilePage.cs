using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events.Schema;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Domesday.Ui.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Ui.Profile;

/// <summary>One's own profile, keys and activity.</summary>
internal static class ProfilePage
{
    public const string Path = "/ui/me";

    private const int ActivityMax = 25;

    public static void MapProfile(this IEndpointRouteBuilder routes) => routes.MapGet(Path, GetAsync).RequireCredential();

    private static async Task<IResult> GetAsync(HttpContext http, ControlLedger ledger, KeyDirectory keys, IEventReader reader, ReadAudit audit)
    {
        var frame = Frame.Of(http, "Your profile");
        var me = http.Principal();
        var model = new ProfileModel(me)
        {
            User = me.Kind == PrincipalKinds.User ? ledger.State.Users.GetValueOrDefault(me.Id) : null,
            Keys = [.. keys.Of(frame.Tenant).Where(key => key.CreatedBy == me.Id)],
            MayRevoke = frame.May(Permission.AccessWrite, wholeTenant: true),
        };
        if (!frame.May(Permission.AuditList)) return PageResult.Page<ProfileView, ProfileModel>(frame, model);
        // The scope of the route is of any credential: what may be listed is less.
        var scope = me.IsSystemAdministrator ? AccessScope.WholeTenant(frame.Tenant) : me.ScopeFor(Permission.AuditList);
        var page = await reader.ListAsync(scope, new() { Filter = new() { Conditions = [FieldCondition.Is(EventField.ActorId, me.Id)] }, Limit = ActivityMax }, http.RequestAborted);
        if (!page.IsOk) return page.Problem.ToResult();
        audit.Read(http.Author(), scope, "events.list", $"actor_id={me.Id}");
        return PageResult.Page<ProfileView, ProfileModel>(frame, model with { Activity = page.Value.Entries });
    }
}
