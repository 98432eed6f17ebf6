using Domesday.Core.Access;
using Domesday.Core.Control;

namespace Domesday.Ui.Forms;

/// <summary>What forms offer to choose from.</summary>
internal static class RoleNames
{
    /// <summary>The roles that can be given in a tenant: the built-in ones, then its own.</summary>
    public static IReadOnlyList<string> Names(this RoleDirectory roles, string tenant) =>
        [.. BuiltInRoles.All.Where(role => role.Name != BuiltInRoles.SystemAdministrator || tenant == TenantName.System).Select(role => role.Name), .. roles.Of(tenant).Select(role => role.Name)];
}
