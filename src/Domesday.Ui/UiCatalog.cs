using Domesday.Core.Access;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Domesday.Ui.Administration;
using Domesday.Ui.Alerts;
using Domesday.Ui.Assets;
using Domesday.Ui.EventList;
using Domesday.Ui.Integrity;
using Domesday.Ui.Layout;
using Domesday.Ui.OneEvent;
using Domesday.Ui.Overview;
using Domesday.Ui.Profile;
using Domesday.Ui.Refusals;
using Domesday.Ui.SignIn;
using Domesday.Ui.Sinks;
using Domesday.Ui.Sources;
using Domesday.Ui.Usage;
using Domesday.Ui.Viewer;
using Domesday.Ui.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Domesday.Ui;

/// <summary>The pages: a new one is a folder, a line in the navigation, and a line in <see cref="MapUi"/>.</summary>
public static class UiCatalog
{
    private static readonly Navigation Navigation = new(
    [
        new("Overview", OverviewPage.Path, "overview", Permission.AuditList),
        new("Events", EventListPage.Path, "events", Permission.AuditList),
        new("Integrity", IntegrityPage.Path, "integrity", Permission.ProofRead) { WholeTenant = true },
        new("Sources", SourcesPage.Path, "sources", Permission.AuditList),
        new("Sinks", SinksPage.Path, "sinks", Permission.SinkRead) { WholeTenant = true },
        new("Alerts", AlertsPage.Path, "alerts", Permission.SinkRead) { WholeTenant = true },
        new("Usage", UsagePage.Path, "usage", Permission.AuditList),
        .. AdministrationPages.Items,
    ]);

    /// <param name="viewer">Who may show the viewer's page.</param>
    public static IServiceCollection AddUi(this IServiceCollection services, ViewerOptions viewer) =>
        services.AddSingleton(Navigation).AddSingleton(viewer).AddSingleton<IProblemShape, UiProblems>().AddSingleton<ConcernFinder>();

    public static void MapUi(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/ui/assets/{name}", UiAssets.Get).AllowUnauthenticated();
        routes.MapSignIn();
        routes.MapEventList();
        routes.MapOneEvent();
        routes.MapViewLinks();
        routes.MapViewer();
        routes.MapIntegrity();
        routes.MapOverview();
        routes.MapSources();
        routes.MapSinks();
        routes.MapAlerts();
        routes.MapUsage();
        routes.MapProfile();
        routes.MapAdministration();
    }
}
