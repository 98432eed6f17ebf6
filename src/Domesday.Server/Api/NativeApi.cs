using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>Everything under <c>/audit/v1</c>: one line for each group of endpoints.</summary>
internal static class NativeApi
{
    public const string Base = "/audit/v1";

    public static void MapNativeApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(Base);
        api.MapSessions();
        api.MapViewerTokens();
        api.MapTenants();
        api.MapMe();
        api.MapUsers();
        api.MapApplications();
        api.MapKeys();
        api.MapCertificates();
        api.MapRoles();
        api.MapGrants();
        api.MapEvents();
        api.MapAttachments();
        api.MapNotes();
        api.MapFacets();
        api.MapHistogram();
        api.MapExport();
        api.MapImport();
        api.MapTail();
        api.MapQuarantine();
        api.MapPolicies();
        api.MapRetention();
        api.MapHolds();
        api.MapErasures();
        api.MapGaps();
        api.MapSinks();
        api.MapAlerts();
        api.MapViews();
        api.MapLog();
        api.MapWitnesses();
        api.MapVerification();
        api.MapUsage();
        api.MapReports();
        api.MapBackup();
    }
}
