using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Http.Authorization;
using Microsoft.Extensions.Primitives;

namespace Domesday.Http.Tests.Authorization;

public sealed class ScopeDecisionTests
{
    private static readonly PermissionRequirement List = new(Permission.AuditList, false);
    private static readonly RouteReach OneTenant = new(AllTenants: false, OperatorOnly: false);
    private static readonly RouteReach AllTenants = new(AllTenants: true, OperatorOnly: false);
    private static readonly RouteReach Operators = new(AllTenants: false, OperatorOnly: true);

    private static readonly ControlState State = ControlState.Empty with
    {
        Tenants = ControlState.Empty.Tenants.AddRange(new[] { "system", "default", "acme", "closed" }.Select(name => KeyValuePair.Create(name, new TenantRecord
        {
            Name = name,
            CreatedAt = default,
            DisabledAt = name == "closed" ? new Timestamp(1) : null,
        }))),
    };

    private static readonly Principal Administrator = new("default", "user", "admin", "admin", Rights.All) { IsSystemAdministrator = true };
    private static readonly Principal SystemKey = new("system", "api_key", "k0", "automation", Rights.All) { IsSystemAdministrator = true };
    private static readonly Principal Monitor = new("system", "api_key", "k1", "prometheus", Permission.ConfigRead);
    private static readonly Principal Acme = new("acme", "api_key", "k2", "acme's", Rights.All);
    private static readonly Principal Viewer = new("acme", "api_key", "k3", "viewer", Permission.AuditList) { Projects = ["p1"] };

    [Fact]
    public void Without_a_tenant_everyone_means_their_own_and_the_system_administrator_the_default()
    {
        Assert.Equal("default", Ok(Administrator).Tenant);
        Assert.Equal("default", Ok(SystemKey).Tenant);
        Assert.Equal("acme", Ok(Acme).Tenant);
        Assert.Equal(["p1"], Ok(Viewer).Projects!);
    }

    [Fact]
    public void Naming_ones_own_tenant_changes_nothing()
    {
        Assert.Equal("acme", Ok(Acme, tenant: "acme").Tenant);
        Assert.Equal(["p1"], Ok(Viewer, tenant: "acme").Projects!);
    }

    [Theory]
    [InlineData("default")]
    [InlineData("system")]
    [InlineData("nowhere")]
    [InlineData("*")]
    [InlineData("")]
    [InlineData("ACME")]
    [InlineData("acme~quarantine")]
    public void A_foreign_tenant_and_one_that_is_not_there_look_the_same(string tenant)
    {
        var problem = Refused(Acme, reach: AllTenants, tenant: tenant);
        Assert.Equal(ProblemKind.NotFound, problem.Kind);
        Assert.Equal(Refused(Acme, tenant: "nowhere").Detail.Replace("nowhere", tenant, StringComparison.Ordinal), problem.Detail);
    }

    [Fact]
    public void A_foreign_tenant_is_not_found_even_without_any_permission() =>
        Assert.Equal(ProblemKind.NotFound, Refused(new Principal("acme", "api_key", "k", "n", Permission.None), tenant: "default").Kind);

    [Fact]
    public void The_system_administrator_names_any_tenant_that_exists()
    {
        Assert.Equal("acme", Ok(Administrator, tenant: "acme").Tenant);
        Assert.Equal("system", Ok(Administrator, tenant: "system").Tenant);
        Assert.Equal("closed", Ok(Administrator, tenant: "closed").Tenant);
        Assert.Equal(ProblemKind.NotFound, Refused(Administrator, tenant: "nowhere").Kind);
        Assert.Equal(ProblemKind.NotFound, Refused(Administrator, tenant: "acme~quarantine").Kind);
    }

    [Fact]
    public void All_tenants_are_reached_only_by_the_system_administrator_where_the_route_allows_it()
    {
        Assert.True(Ok(Administrator, reach: AllTenants, tenant: "*").IsAllTenants);
        Assert.Equal(ProblemKind.Invalid, Refused(Administrator, tenant: "*").Kind);
    }

    [Fact]
    public void Two_tenants_at_once_are_refused() => Assert.Equal(ProblemKind.Invalid, Refused(Administrator, tenant: new StringValues(["acme", "default"])).Kind);

    [Fact]
    public void A_missing_permission_is_named()
    {
        var problem = Refused(Viewer, new(Permission.AuditList | Permission.AuditExport, false));
        Assert.Equal(ProblemKind.Forbidden, problem.Kind);
        Assert.Contains("audit.export", problem.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("audit.list", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_credential_limited_to_projects_does_not_reach_what_is_about_the_whole_tenant() =>
        Assert.Equal(ProblemKind.Forbidden, Refused(Viewer, new(Permission.AuditList, WholeTenant: true)).Kind);

    [Fact]
    public void Only_those_who_run_the_service_pass_where_they_alone_may()
    {
        var requirement = new PermissionRequirement(Permission.ConfigRead, false);
        Assert.Equal(ProblemKind.Forbidden, Refused(Acme, requirement, Operators).Kind);
        Assert.Equal("default", Ok(Administrator, requirement, Operators).Tenant);
        Assert.Equal("system", Ok(Monitor, requirement, Operators).Tenant);
    }

    [Fact]
    public void Nobody_appends_to_the_system_ledger_or_to_a_disabled_tenant()
    {
        var write = new PermissionRequirement(Permission.AuditWrite, false);
        Assert.Equal(ProblemKind.Forbidden, Refused(Administrator, write, tenant: "system").Kind);
        Assert.Equal(ProblemKind.Conflict, Refused(Administrator, write, tenant: "closed").Kind);
        Assert.Equal("acme", Ok(Administrator, write, tenant: "acme").Tenant);
    }

    private static AccessScope Ok(Principal principal, PermissionRequirement? requirement = null, RouteReach? reach = null, StringValues tenant = default)
    {
        var scope = ScopeDecision.Decide(principal, requirement ?? new(Permission.None, false), reach ?? OneTenant, tenant, State);
        Assert.Null(scope.Problem);
        return scope.Value;
    }

    private static Problem Refused(Principal principal, PermissionRequirement? requirement = null, RouteReach? reach = null, StringValues tenant = default)
    {
        var scope = ScopeDecision.Decide(principal, requirement ?? List, reach ?? OneTenant, tenant, State);
        Assert.NotNull(scope.Problem);
        return scope.Problem;
    }
}
