using Domesday.Core.Control;

namespace Domesday.Server.Api;

/// <summary>The role that a body may ask for together with a new user or application.</summary>
internal static class GrantParts
{
    public static NewGrant? Read(JsonBody body, string tenant)
    {
        var role = body.Text("role", RoleDirectory.NameCharsMax);
        var projects = body.Texts("projects");
        if (role is null && projects is not null) body.Fault("projects", "belong to a role: say role too");
        return role is null ? null : new NewGrant(tenant, "", "", role) { Projects = projects };
    }
}
