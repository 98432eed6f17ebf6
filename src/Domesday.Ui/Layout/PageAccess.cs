using Domesday.Core.Access;

namespace Domesday.Ui.Layout;

/// <summary>What a page may show of what the API would answer to the same principal.</summary>
public static class PageAccess
{
    /// <param name="wholeTenant">It is about the whole tenant: projects must not limit the permission.</param>
    public static bool May(Principal principal, Permission permission, bool wholeTenant = false)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (permission == Permission.None || principal.IsSystemAdministrator) return true;
        return principal.May(permission) && (!wholeTenant || principal.ProjectsFor(permission) is null);
    }
}
