using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Microsoft.Extensions.Primitives;

namespace Domesday.Http.Authorization;

/// <summary>Decides what of which tenant a request is about, and whether its principal may do it there.</summary>
internal static class ScopeDecision
{
    private const string All = "*";

    /// <param name="tenant">The query parameter <c>tenant</c>.</param>
    /// <returns>
    /// <see cref="ProblemKind.NotFound"/> for a tenant that the principal may not know of, before anything else is said;
    /// <see cref="ProblemKind.Forbidden"/> when a permission lacks.
    /// </returns>
    public static Result<AccessScope> Decide(Principal principal, PermissionRequirement requirement, RouteReach reach, StringValues tenant, ControlState state)
    {
        if (requirement is { Permission: { } first, Or: { } other } && !principal.May(first) && principal.May(other)) requirement = requirement with { Permission = other };
        var scope = ScopeOf(principal, requirement.Permission ?? Permission.None, reach, tenant, state);
        if (!scope.IsOk) return scope;
        if (reach.OperatorOnly && !principal.IsSystemAdministrator && principal.Tenant != TenantName.System) return Forbidden("This is for those who run the service.");
        if (requirement.Permission is { } permission && !principal.May(permission))
            return Forbidden($"The credential lacks the permission {string.Join(", ", PermissionNames.Of(permission & ~principal.AllPermissions))}.");
        if (requirement.WholeTenant && !scope.Value.IsWholeTenant) return Forbidden("The credential is limited to projects, and this is about the whole tenant.");
        return requirement.Permission?.HasFlag(Permission.AuditWrite) == true ? Writable(scope.Value, state) : scope;
    }

    private static Result<AccessScope> ScopeOf(Principal principal, Permission permission, RouteReach reach, StringValues tenant, ControlState state)
    {
        if (tenant.Count > 1) return new Problem(ProblemKind.Invalid, "tenant may be said once.", "tenant");
        var named = tenant.ToString();
        if (tenant.Count == 0) return principal is { IsSystemAdministrator: true, Tenant: TenantName.System } ? AccessScope.WholeTenant(TenantName.Default) : principal.ScopeFor(permission);
        if (!principal.IsSystemAdministrator) return named == principal.Tenant ? principal.ScopeFor(permission) : Unknown(named);
        if (named == All) return reach.AllTenants ? AccessScope.AllTenants() : new Problem(ProblemKind.Invalid, "This is about one tenant: name it.", "tenant");
        return state.Tenants.ContainsKey(named) ? AccessScope.WholeTenant(named) : Unknown(named);
    }

    private static Result<AccessScope> Writable(AccessScope scope, ControlState state)
    {
        if (scope.Tenant == TenantName.System) return Forbidden("The service alone writes to the system ledger.");
        return scope.Tenant is { } name && !state.IsActive(name) ? new Problem(ProblemKind.Conflict, $"The tenant '{name}' is disabled: nothing is appended.") : scope;
    }

    private static Problem Forbidden(string detail) => new(ProblemKind.Forbidden, detail);

    private static Problem Unknown(string name) => new(ProblemKind.NotFound, $"There is no tenant '{EventText.Clean(name, 64)}'.", "tenant");
}
