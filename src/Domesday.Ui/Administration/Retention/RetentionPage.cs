using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Erasures;
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

    private const int ErasuresMax = 50;

    public static void MapRetention(this IEndpointRouteBuilder routes) => routes.MapGet(Path, GetAsync).RequirePermission(Permission.ConfigRead, wholeTenant: true);

    private static async Task<IResult> GetAsync(HttpContext http, RetentionPolicies policies, IEventStore store, TenantCaps caps, RetentionSweep sweep, GrowthRates rates, HoldDirectory holds, ErasureDirectory erasures)
    {
        var frame = Frame.Of(http, "Retention");
        var tenant = http.Tenant();
        var next = await sweep.DueOfAsync(tenant, http.RequestAborted);
        var all = holds.Of(tenant, released: true).ToLookup(hold => hold.ReleasedAt is null);
        var erased = erasures.Of(tenant);
        return PageResult.Page<RetentionView, RetentionModel>(frame, new(
            policies.Of(tenant), store.Usage(tenant), caps.BytesOf(tenant), sweep.LastOf(tenant), next.IsOk ? next.Value : new(default, default, null), rates.Of(tenant), frame.May(Permission.ConfigWrite, wholeTenant: true))
        {
            DueProblem = next.Problem?.Detail,
            InForce = [.. all[true]],
            Released = [.. all[false]],
            MayHold = frame.May(Permission.AuditErase, wholeTenant: true),
            Erasures = [.. erased.Take(ErasuresMax)],
            ErasuresEver = erased.Count,
            ErasureDelays = erased.Select(erasure => (erasure.Id, Delay: erasures.DelayOf(erasure.Id))).Where(pair => pair.Delay is not null).ToDictionary(pair => pair.Id, pair => pair.Delay!.Detail, StringComparer.Ordinal),
            Erased = store.Erasures(tenant),
        });
    }
}
