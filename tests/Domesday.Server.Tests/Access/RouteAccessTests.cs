using System.Net;
using System.Text.Json.Nodes;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Http.Authorization;
using Domesday.Http.PlugIns;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Domesday.Server.Tests.Access;

/// <summary>Goes through the route table, so that a new route is tried like all others.</summary>
public sealed class RouteAccessTests
{
    private static readonly (string Right, Permission Permissions)[] RightsAlone =
        [.. Enum.GetValues<Right>().Select(right => (Rights.NameOf(right), Rights.PermissionsOf([right])))];

    [Fact]
    public async Task Only_the_routes_that_the_table_names_are_open_to_strangers()
    {
        await using var service = await TestService.StartAsync(sources: Domesday.Ingest.IngestCatalog.Sources);
        var open = service.Service.Routes.Where(route => PermissionRequirement.Of(route)!.Permission is null)
            .SelectMany(route => route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {route.RoutePattern.RawText}"));
        Assert.Equal(RouteTable.All.Where(route => route.For == RouteFor.Everybody).Select(route => route.Route).Order(StringComparer.Ordinal), open.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_route_refuses_a_caller_without_a_valid_credential()
    {
        var time = new ManualTime();
        await using var service = await StartAsync(time);
        var credentials = await BadCredentialsAsync(service, time);
        foreach (var (method, path) in Calls(service))
        {
            foreach (var (what, header, value) in credentials)
            {
                using var request = new HttpRequestMessage(method, path);
                if (header is not null) request.Headers.TryAddWithoutValidation(header, value);
                using var response = await service.Nobody.SendAsync(request, TestContext.Current.CancellationToken);
                Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{method} {path} with {what}: {(int)response.StatusCode}");
                // A browser would answer the challenge with a window of its own: its pages get the form for signing in instead.
                var isPage = path.Split('?')[0] is var bare && (bare == "/" || bare.StartsWith("/ui/", StringComparison.Ordinal));
                // Under vendors' paths the form is the vendor's.
                Assert.Contains(response.Content.Headers.ContentType?.ToString(), isPage ? ["text/html; charset=utf-8"] : (string[])["application/problem+json", "application/json"]);
                Assert.Equal(isPage, response.Headers.WwwAuthenticate.Count == 0);
            }
            // A minute and more later the limiter has forgotten: this test is about answers, not about haste.
            time.Advance(TimeSpan.FromMinutes(16));
        }
    }

    [Fact]
    public async Task Every_route_hides_another_tenant()
    {
        await using var service = await StartAsync();
        await service.TenantAsync("acme");
        using var stranger = service.Bearer((await service.KeyAsync("acme", "admin")).Text);
        foreach (var (method, path) in Calls(service))
        {
            foreach (var tenant in (string[])["default", "system", "nowhere", "*"])
            {
                using var response = await stranger.SendAsync(new(method, $"{path}?tenant={tenant}"), TestContext.Current.CancellationToken);
                Assert.True(response.StatusCode == HttpStatusCode.NotFound, $"{method} {path}?tenant={tenant}: {(int)response.StatusCode}");
            }
        }
    }

    [Fact]
    public async Task Every_route_refuses_a_key_that_lacks_its_permission()
    {
        await using var service = await StartAsync();
        var refused = 0;
        foreach (var (right, permissions) in RightsAlone)
        {
            using var client = service.Bearer((await service.KeyAsync("default", right)).Text);
            foreach (var route in Guarded(service).Where(route => !IsEnough(permissions, PermissionRequirement.Of(route)!)))
            {
                var (method, path) = Call(route);
                using var response = await client.SendAsync(new(method, path), TestContext.Current.CancellationToken);
                Assert.True(response.StatusCode == HttpStatusCode.Forbidden, $"{method} {path} with {right}: {(int)response.StatusCode}");
                refused++;
            }
        }
        Assert.True(refused > 10);
    }

    [Fact]
    public async Task Every_route_of_those_who_run_the_service_refuses_a_tenants_own_administrator()
    {
        await using var service = await StartAsync();
        using var client = service.Bearer((await service.KeyAsync("default", "admin")).Text);
        var routes = Guarded(service).Where(route => RouteReach.Of(route).OperatorOnly).ToList();
        Assert.Contains(routes, route => route.RoutePattern.RawText == "/metrics");
        foreach (var route in routes)
        {
            var (method, path) = Call(route);
            using var response = await client.SendAsync(new(method, path), TestContext.Current.CancellationToken);
            Assert.True(response.StatusCode == HttpStatusCode.Forbidden, $"{method} {path}: {(int)response.StatusCode}");
        }
    }

    [Fact]
    public async Task Every_route_about_the_whole_tenant_refuses_a_key_limited_to_projects()
    {
        await using var service = await StartAsync();
        var made = await TestService.PostAsync(service.Admin, "/audit/v1/keys",
            new JsonObject { ["name"] = "viewer", ["rights"] = new JsonArray("read", "write", "monitor"), ["projects"] = new JsonArray("p1") });
        using var client = service.Bearer(made["key"]!.GetValue<string>());
        var routes = Guarded(service).Where(route => PermissionRequirement.Of(route)!.WholeTenant).ToList();
        Assert.NotEmpty(routes);
        foreach (var route in routes)
        {
            var (method, path) = Call(route);
            using var response = await client.SendAsync(new(method, path), TestContext.Current.CancellationToken);
            Assert.True(response.StatusCode == HttpStatusCode.Forbidden, $"{method} {path}: {(int)response.StatusCode}");
        }
    }

    [Fact]
    public async Task A_key_in_the_path_opens_only_the_routes_that_take_one()
    {
        await using var service = await StartAsync();
        var (_, key) = await service.KeyAsync("default", "write");
        using var taken = await service.Nobody.PostAsync($"/ingest/test/{key}", null, TestContext.Current.CancellationToken);
        Assert.Equal("default", await taken.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var wrong = await service.Nobody.PostAsync($"/ingest/test/{key[..^1]}x", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        using var elsewhere = await service.Nobody.GetAsync($"/audit/v1/tenants/{key}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, elsewhere.StatusCode);
    }

    [Fact]
    public async Task A_route_that_says_nothing_about_permissions_stops_the_start()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => TestService.StartAsync(sources: [new TestSource(routes => routes.MapGet("/forgotten", () => "open"))]));
        Assert.Contains("/forgotten", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_tenants_are_asked_for_only_where_the_route_allows_it()
    {
        await using var service = await StartAsync();
        using var allowed = await service.Admin.GetAsync("/test/all?tenant=*", TestContext.Current.CancellationToken);
        Assert.Equal("all", await allowed.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var refused = await service.Admin.GetAsync("/audit/v1/keys?tenant=*", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Nobody_appends_to_the_system_ledger_over_a_source()
    {
        await using var service = await StartAsync();
        using var response = await service.Admin.PostAsync("/ingest/test?tenant=system", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    private static Task<TestService> StartAsync(TimeProvider? time = null) => TestService.StartAsync(time: time, sources: [new TestSource(routes =>
    {
        routes.MapPost("/ingest/test", (HttpContext http) => http.Tenant()).RequirePermission(Permission.AuditWrite);
        routes.MapPost("/ingest/test/{key}", (HttpContext http) => http.Tenant()).RequirePermission(Permission.AuditWrite).AcceptKeyInPath();
        routes.MapGet("/test/all", (HttpContext http) => http.Scope().IsAllTenants ? "all" : "one").RequirePermission(Permission.AuditList).AllowAllTenants();
    })]);

    private static async Task<IReadOnlyList<(string What, string? Header, string? Value)>> BadCredentialsAsync(TestService service, ManualTime time)
    {
        var (id, good) = await service.KeyAsync("default", "admin");
        var (revokedId, revoked) = await service.KeyAsync("default", "admin");
        using var _ = await service.Admin.DeleteAsync($"/audit/v1/keys/{revokedId}", TestContext.Current.CancellationToken);
        var expiry = new JsonObject { ["name"] = "short", ["rights"] = new JsonArray("admin"), ["expires_at"] = time.GetUtcNow().AddMinutes(1).ToString("o") };
        var expired = (await TestService.PostAsync(service.Admin, "/audit/v1/keys", expiry))["key"]!.GetValue<string>();
        time.Advance(TimeSpan.FromMinutes(2));
        var changed = good[..^1] + (good[^1] == '0' ? '1' : '0');
        return
        [
            ("nothing", null, null),
            ("a changed secret", "Authorization", "Bearer " + changed),
            ("another key's id", "ApiKey", ApiKeyText.Create().Reveal()),
            ("a key of no form", "X-Auth-Token", "dk_" + id),
            ("a revoked key", "Authorization", "Bearer " + revoked),
            ("an expired key", "Authorization", "Bearer " + expired),
            ("no scheme", "Authorization", good),
        ];
    }

    private static bool IsEnough(Permission held, PermissionRequirement needed) => held.HasFlag(needed.Permission!.Value) || (needed.Or is { } or && held.HasFlag(or));

    private static IEnumerable<RouteEndpoint> Guarded(TestService service) => service.Service.Routes.Where(route => PermissionRequirement.Of(route)!.Permission is not null);

    private static IEnumerable<(HttpMethod Method, string Path)> Calls(TestService service) => Guarded(service).Select(Call);

    private static (HttpMethod Method, string Path) Call(RouteEndpoint route)
    {
        var path = string.Join('/', route.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternSeparatorPart separator => separator.Content,
            _ => "1",
        }))));
        return (new(route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0]), "/" + path);
    }
}

/// <summary>Routes that a test adds to the service.</summary>
internal sealed class TestSource(Action<IEndpointRouteBuilder> map) : IIngestSource
{
    public string Kind => "test";

    public void Map(IEndpointRouteBuilder routes) => map(routes);

    public Result<IReadOnlyList<ReadOnlyMemory<byte>>> Read(ReadOnlyMemory<byte> input, string? context) => new Problem(ProblemKind.Invalid, "The test's source reads nothing.");
}
