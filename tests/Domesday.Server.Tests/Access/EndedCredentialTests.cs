using System.Net;
using System.Text.Json.Nodes;
using static Domesday.Server.Tests.Access.NegativeMatrixTests;

namespace Domesday.Server.Tests.Access;

/// <summary>Every route times every kind of principal whose time is over: expired, revoked, disabled, deleted, replaced.</summary>
public sealed class EndedCredentialTests
{
    /// <summary>Longer than the limiter remembers: these tests are about answers, not about haste.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(16);

    [Fact]
    public async Task A_credential_that_is_not_valid_any_more_opens_no_route_and_is_told_nothing_of_it()
    {
        await using var world = await MatrixWorld.StartAsync();
        var ended = await EndedAsync(world);
        foreach (var route in Guarded)
        {
            foreach (var (what, header, value) in ended)
            {
                using var client = new HttpClient { BaseAddress = world.Service.Url };
                // So that a session's cookie is looked at, too, where something would be changed.
                client.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
                if (header is not null) client.DefaultRequestHeaders.TryAddWithoutValidation(header, value);
                var there = await AskAsync(client, route, MatrixWorld.Call(route, world.There));
                Assert.True(there.StartsWith("401", StringComparison.Ordinal), $"{route.Route} with {what}: {there}");
                if (!route.NamesSomething) continue;
                var absent = await AskAsync(client, route, MatrixWorld.Call(route, MatrixWorld.NotThere));
                Assert.True(there == absent, $"{route.Route} with {what}\n  there:  {there}\n  absent: {absent}");
            }
            world.Time.Advance(Forgotten);
        }
    }

    /// <summary>One route of each surface: checking a password takes time by design, and does not depend on the route.</summary>
    [Theory]
    [InlineData("/audit/v1/events")]
    [InlineData("/1.3/audit-logs")]
    [InlineData("/v1/audits")]
    [InlineData("/resmgr/audit/export")]
    [InlineData("/v1/k8s/audit")]
    [InlineData("/api/ucp/config/logging")]
    public async Task A_password_is_worth_nothing_once_its_user_is_expired_disabled_or_deleted(string path)
    {
        await using var world = await MatrixWorld.StartAsync();
        await TokensAsync(world);
        world.Time.Advance(TimeSpan.FromHours(2));
        foreach (var user in new[] { "expired", "disabled", "deleted", "moved-on" })
        {
            using var client = world.Service.Client(People.Basic(user, People.Password));
            Assert.Equal(HttpStatusCode.Unauthorized, await client.StatusAsync(HttpMethod.Get, path));
        }
        using var other = world.Service.Client(People.Basic("signed-out", People.Password));
        Assert.Equal(HttpStatusCode.OK, await other.StatusAsync(HttpMethod.Get, path));
    }

    [Theory]
    [InlineData("a revoked key")]
    [InlineData("an expired key")]
    public async Task A_key_that_is_not_valid_any_more_opens_nothing_from_within_a_path(string kind)
    {
        await using var world = await MatrixWorld.StartAsync();
        var key = (await KeysAsync(world)).Single(one => one.What == kind).Key;
        world.Time.Advance(TimeSpan.FromHours(2));
        foreach (var route in Guarded.Where(route => route.TakesKeyInPath))
        {
            var answer = await AskAsync(world.Service.Nobody, route, (route.Call.Replace("nokey", key, StringComparison.Ordinal), route.Body));
            Assert.True(answer.StartsWith("401", StringComparison.Ordinal), $"{route.Route}: {answer}");
            world.Time.Advance(Forgotten);
        }
    }

    [Fact]
    public async Task A_role_that_was_taken_away_or_has_expired_allows_nothing_any_more()
    {
        await using var world = await MatrixWorld.StartAsync();
        var (service, tenant) = (world.Service, MatrixWorld.Tenant);
        await service.UserAsync(tenant, "lapsed");
        await service.UserAsync(tenant, "bereft");
        await GrantAsync(world, "lapsed", world.Time.GetUtcNow().AddMinutes(1).ToString("o"));
        var taken = await GrantAsync(world, "bereft", null);
        using var lapsed = await service.SignedInAsync("lapsed");
        using var bereft = await service.SignedInAsync("bereft");
        foreach (var client in new[] { lapsed, bereft }) Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(HttpMethod.Get, "/audit/v1/facets"));
        Assert.Equal(HttpStatusCode.NoContent, await service.Admin.StatusAsync(HttpMethod.Delete, $"/audit/v1/grants/{taken}?tenant={tenant}"));
        world.Time.Advance(TimeSpan.FromMinutes(2));
        foreach (var route in Guarded.Where(route => route.For != RouteFor.Anybody))
        {
            foreach (var client in new[] { lapsed, bereft })
            {
                var (there, absent) = (await AskAsync(client, route, MatrixWorld.Call(route, world.There)), await AskAsync(client, route, MatrixWorld.Call(route, MatrixWorld.NotThere)));
                Assert.True(there.StartsWith("403", StringComparison.Ordinal), $"{route.Route}: {there}");
                Assert.Equal(there, absent);
            }
        }
    }

    private static async Task<string> GrantAsync(MatrixWorld world, string user, string? expires)
    {
        var body = new JsonObject { ["user"] = user, ["role"] = "tenant_admin" };
        if (expires is not null) body["expires_at"] = expires;
        return (await TestService.PostAsync(world.Service.Admin, $"/audit/v1/grants?tenant={MatrixWorld.Tenant}", body))["id"]!.GetValue<string>();
    }

    private static async Task<List<(string What, string Key)>> KeysAsync(MatrixWorld world)
    {
        var (service, tenant) = (world.Service, MatrixWorld.Tenant);
        var (id, revoked) = await service.KeyAsync(tenant, "admin");
        Assert.Equal(HttpStatusCode.NoContent, await service.Admin.StatusAsync(HttpMethod.Delete, $"/audit/v1/keys/{id}?tenant={tenant}"));
        var body = new JsonObject { ["name"] = "k", ["rights"] = new JsonArray("admin"), ["expires_at"] = Soon(world) };
        var expiring = (await TestService.PostAsync(service.Admin, $"/audit/v1/keys?tenant={tenant}", body))["key"]!.GetValue<string>();
        return [("a revoked key", revoked), ("an expired key", expiring)];
    }

    private static string Soon(MatrixWorld world) => world.Time.GetUtcNow().AddMinutes(1).ToString("o");

    /// <summary>Each was good, and is not two hours later.</summary>
    private static async Task<List<(string What, string? Header, string? Value)>> EndedAsync(MatrixWorld world)
    {
        var keys = await KeysAsync(world);
        var tokens = await TokensAsync(world);
        world.Time.Advance(TimeSpan.FromHours(2));
        return
        [
            ("nothing", null, null),
            (keys[0].What, "Authorization", "Bearer " + keys[0].Key),
            (keys[1].What, "ApiKey", keys[1].Key),
            ("a wrong password", "Authorization", People.Basic("signed-out", "wrong").ToString()),
            .. tokens,
        ];
    }

    private static async Task<List<(string What, string? Header, string? Value)>> TokensAsync(MatrixWorld world)
    {
        var (service, tenant) = (world.Service, MatrixWorld.Tenant);
        foreach (var user in new[] { "disabled", "signed-out", "deleted", "moved-on" }) await service.UserAsync(tenant, user, "tenant_admin");
        await TestService.PostAsync(service.Admin, $"/audit/v1/users?tenant={tenant}", new() { ["name"] = "expired", ["password"] = People.Password, ["role"] = "tenant_admin", ["expires_at"] = Soon(world) });
        var deleted = await service.ApplicationAsync(tenant, "tenant_admin");
        var disabled = await service.ApplicationAsync(tenant, "tenant_admin");
        List<(string What, string? Header, string? Value)> tokens =
        [
            ("a token of a disabled user", "X-Auth-Token", await service.TokenAsync("disabled")),
            ("a token of an expired user", "Authorization", await service.TokenAsync("expired")),
            ("a token of a deleted user", "X-Auth-Token", await service.TokenAsync("deleted")),
            ("a token from before the password was changed", "Authorization", "Bearer " + await service.TokenAsync("moved-on")),
            ("the token of a deleted application", "Authorization", await ApplicationTokenAsync(service, deleted)),
            ("the token of a disabled application", "Authorization", "Bearer " + await ApplicationTokenAsync(service, disabled)),
            ("an expired token", "Authorization", "Bearer " + await service.TokenAsync("signed-out")),
        ];
        var ended = await service.TokenAsync("signed-out");
        using (var client = service.Bearer(ended)) Assert.Equal(HttpStatusCode.NoContent, await client.StatusAsync(HttpMethod.Post, "/audit/v1/sign-out"));
        tokens.Add(("the token of a session that was ended", "Authorization", "Bearer " + ended));
        tokens.Add(("the cookie of a session that was ended", "Cookie", "domesday_session=" + ended));
        Assert.Equal(HttpStatusCode.OK, await service.Admin.StatusAsync(HttpMethod.Patch, $"/audit/v1/users/disabled?tenant={tenant}", new() { ["disabled"] = true }));
        Assert.Equal(HttpStatusCode.OK, await service.Admin.StatusAsync(HttpMethod.Patch, $"/audit/v1/users/moved-on?tenant={tenant}", new() { ["password"] = "another good password" }));
        Assert.Equal(HttpStatusCode.NoContent, await service.Admin.StatusAsync(HttpMethod.Delete, $"/audit/v1/users/deleted?tenant={tenant}"));
        Assert.Equal(HttpStatusCode.NoContent, await service.Admin.StatusAsync(HttpMethod.Delete, $"/audit/v1/applications/{deleted.Id}?tenant={tenant}"));
        Assert.Equal(HttpStatusCode.OK, await service.Admin.StatusAsync(HttpMethod.Patch, $"/audit/v1/applications/{disabled.Id}?tenant={tenant}", new() { ["disabled"] = true }));
        return tokens;
    }

    private static async Task<string> ApplicationTokenAsync(TestService service, (string Id, string Secret) application) =>
        (await TestService.PostAsync(service.Nobody, "/audit/v1/sign-in", new() { ["client_id"] = application.Id, ["client_secret"] = application.Secret }))["token"]!.GetValue<string>();
}
