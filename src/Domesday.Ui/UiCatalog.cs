using Domesday.Core.Access;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Domesday.Ui.Assets;
using Domesday.Ui.EventList;
using Domesday.Ui.Layout;
using Domesday.Ui.Refusals;
using Domesday.Ui.SignIn;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Domesday.Ui;

/// <summary>The pages: a new one is a folder, a line in the navigation, and a line in <see cref="MapUi"/>.</summary>
public static class UiCatalog
{
    private const string EventsPath = "/ui/events";

    private static readonly Navigation Navigation = new(
    [
        new("Events", EventsPath, "events", Permission.AuditList),
    ]);

    public static IServiceCollection AddUi(this IServiceCollection services) =>
        services.AddSingleton(Navigation).AddSingleton<IProblemShape, UiProblems>();

    public static void MapUi(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/ui/assets/{name}", UiAssets.Get).AllowUnauthenticated();
        routes.MapGet("/", (HttpContext http) => TypedResults.Redirect(Frame.Of(http, "").Href(EventsPath))).RequireCredential();
        routes.MapSignIn();
        routes.MapEventList();
    }
}
