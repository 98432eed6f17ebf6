using Domesday.Core.Access;
using Domesday.Ui.Administration.Applications;
using Domesday.Ui.Administration.Capture;
using Domesday.Ui.Administration.Grants;
using Domesday.Ui.Administration.Keys;
using Domesday.Ui.Administration.Retention;
using Domesday.Ui.Administration.Roles;
using Domesday.Ui.Administration.Tenants;
using Domesday.Ui.Administration.Users;
using Domesday.Ui.Layout;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Ui.Administration;

/// <summary>The pages of the administration, in the order of the navigation.</summary>
internal static class AdministrationPages
{
    private const string Group = "Administration";

    public static IReadOnlyList<NavigationItem> Items { get; } =
    [
        Item("Users", UsersPage.Path, "users", Permission.AccessRead),
        Item("Applications", ApplicationsPage.Path, "applications", Permission.AccessRead),
        Item("Keys", KeysPage.Path, "keys", Permission.AccessRead),
        Item("Roles", RolesPage.Path, "roles", Permission.AccessRead),
        Item("Grants", GrantsPage.Path, "grants", Permission.AccessRead),
        Item("Tenants", TenantsPage.Path, "tenants", Permission.ConfigRead),
        Item("Capture", CapturePage.Path, "capture", Permission.ConfigRead),
        Item("Retention", RetentionPage.Path, "retention", Permission.ConfigRead),
    ];

    public static void MapAdministration(this IEndpointRouteBuilder routes)
    {
        routes.MapUsers();
        routes.MapApplications();
        routes.MapKeys();
        routes.MapRoles();
        routes.MapGrants();
        routes.MapTenants();
        routes.MapCapture();
        routes.MapRetention();
    }

    private static NavigationItem Item(string title, string path, string icon, Permission needs) => new(title, path, icon, needs) { WholeTenant = true, Group = Group };
}
