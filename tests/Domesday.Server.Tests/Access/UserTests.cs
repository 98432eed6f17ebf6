using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Domesday.Events.Json;
using Domesday.Ingest;

namespace Domesday.Server.Tests.Access;

public sealed class UserTests
{
    private static readonly HttpMethod Get = HttpMethod.Get;
    private static readonly HttpMethod Post = HttpMethod.Post;
    private static readonly HttpMethod Patch = HttpMethod.Patch;
    private static readonly HttpMethod Delete = HttpMethod.Delete;

    [Fact]
    public async Task A_user_who_was_made_signs_in_and_may_do_what_its_role_says_also_after_a_restart()
    {
        using var folder = new TestFolder();
        await using var first = await TestService.StartAsync(data: folder, sources: IngestCatalog.Sources);
        await first.TenantAsync("acme");
        await first.UserAsync("acme", "alice@example.com", "auditor");
        var token = await first.TokenAsync("alice@example.com");
        await first.DisposeAsync();
        await using var second = await TestService.StartAsync(first.Store, data: folder, sources: IngestCatalog.Sources);
        foreach (var client in new[] { second.Bearer(token), second.Client(People.Basic("alice@example.com", People.Password)), await second.SignedInAsync("acme/alice@example.com") })
        {
            Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(Get, "/audit/v1/events"));
            Assert.Equal(HttpStatusCode.OK, await client.StatusAsync(Get, "/audit/v1/users"));
            Assert.Equal(HttpStatusCode.Forbidden, await client.StatusAsync(Post, "/audit/v1/events", new() { ["action"] = "create" }));
            client.Dispose();
        }
    }

    [Fact]
    public async Task A_password_that_is_left_out_is_made_up_and_shown_once()
    {
        await using var service = await TestService.StartAsync();
        var made = await TestService.PostAsync(service.Admin, "/audit/v1/users", new() { ["name"] = "bob" });
        var password = made["password"]!.GetValue<string>();
        Assert.Equal(HttpStatusCode.OK, await service.SignInStatusAsync("bob", password));
        Assert.Null((await TestService.GetAsync(service.Admin, "/audit/v1/users/bob"))["password"]);
        foreach (var ledger in (string[])["system", "default"])
            Assert.DoesNotContain(await service.EventsAsync(ledger), kept => Encoding.UTF8.GetString(EventJson.Write(kept)).Contains(password, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whatever_ends_an_account_ends_its_tokens_and_passwords_at_once()
    {
        var time = new ManualTime();
        await using var service = await TestService.StartAsync(time: time);
        await service.TenantAsync("acme");
        foreach (var (name, method, path, body) in new (string, HttpMethod, string, JsonObject?)[]
        {
            ("disabled", Patch, "/audit/v1/users/disabled?tenant=acme", new() { ["disabled"] = true }),
            ("deleted", Delete, "/audit/v1/users/deleted?tenant=acme", null),
            ("expiring", Patch, "/audit/v1/users/expiring?tenant=acme", new() { ["expires_at"] = time.GetUtcNow().AddMinutes(1).ToString("o") }),
        })
        {
            await service.UserAsync("acme", name, "auditor");
            using var byToken = await service.SignedInAsync(name);
            using var byPassword = service.Client(People.Basic(name, People.Password));
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await byToken.StatusAsync(Get, "/audit/v1/me"), await byPassword.StatusAsync(Get, "/audit/v1/me")));
            Assert.True(await service.Admin.StatusAsync(method, path, body) is HttpStatusCode.OK or HttpStatusCode.NoContent);
            if (name == "expiring") time.Advance(TimeSpan.FromMinutes(2));
            Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (await byToken.StatusAsync(Get, "/audit/v1/me"), await byPassword.StatusAsync(Get, "/audit/v1/me")));
            Assert.Equal(HttpStatusCode.Unauthorized, await service.SignInStatusAsync(name));
        }
    }

    [Fact]
    public async Task Ending_all_sessions_leaves_the_password_and_ends_the_tokens()
    {
        var time = new ManualTime();
        await using var service = await TestService.StartAsync(time: time);
        await service.UserAsync("default", "alice", "auditor");
        using var before = await service.SignedInAsync("alice");
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(HttpStatusCode.NoContent, await service.Admin.StatusAsync(Post, "/audit/v1/users/alice/sign-out"));
        time.Advance(TimeSpan.FromMilliseconds(1));
        using var after = await service.SignedInAsync("alice");
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await before.StatusAsync(Get, "/audit/v1/me"), await after.StatusAsync(Get, "/audit/v1/me")));
    }

    [Fact]
    public async Task Users_change_their_own_password_only_with_the_old_one()
    {
        await using var service = await TestService.StartAsync();
        await service.UserAsync("default", "alice");
        using var alice = await service.SignedInAsync("alice");
        var path = "/audit/v1/me/password";
        Assert.Equal(HttpStatusCode.BadRequest, await alice.StatusAsync(HttpMethod.Put, path, new() { ["old_password"] = "not the old one", ["new_password"] = "another password" }));
        Assert.Equal(HttpStatusCode.BadRequest, await alice.StatusAsync(HttpMethod.Put, path, new() { ["old_password"] = People.Password, ["new_password"] = "short" }));
        Assert.Equal(HttpStatusCode.NoContent, await alice.StatusAsync(HttpMethod.Put, path, new() { ["old_password"] = People.Password, ["new_password"] = "another password" }));
        Assert.Equal(HttpStatusCode.Unauthorized, await alice.StatusAsync(Get, "/audit/v1/me"));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await service.SignInStatusAsync("alice"), await service.SignInStatusAsync("alice", "another password")));
        var changed = (await service.EventsAsync("default")).Single(kept => kept.Operation == "control.user.password");
        Assert.Equal(changed.Resource!.Id, changed.Actor!.Id);
    }

    [Fact]
    public async Task Everybody_sees_who_they_are_and_what_they_may_do()
    {
        await using var service = await TestService.StartAsync();
        await service.UserAsync("default", "alice", "project_viewer", "p1");
        using var alice = await service.SignedInAsync("alice");
        var me = await TestService.GetAsync(alice, "/audit/v1/me");
        Assert.Equal(("user", "alice", "default", false), (me["kind"]!.GetValue<string>(), me["name"]!.GetValue<string>(), me["tenant"]!.GetValue<string>(), me["system_administrator"]!.GetValue<bool>()));
        Assert.Equal("""[{"permissions":["audit.list","audit.get","audit.export"],"projects":["p1"]}]""", me["allowed"]!.ToJsonString());
        Assert.NotNull(me["session"]);
        Assert.True((await TestService.GetAsync(service.Admin, "/audit/v1/me"))["system_administrator"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Nobody_takes_charge_of_somebody_who_may_do_more()
    {
        await using var service = await TestService.StartAsync();
        await service.UserAsync("default", "boss", "tenant_admin");
        await TestService.PostAsync(service.Admin, "/audit/v1/roles", new() { ["name"] = "helpdesk", ["permissions"] = new JsonArray("access.*") });
        await service.UserAsync("default", "helper", "helpdesk");
        await service.UserAsync("default", "nobody");
        using var boss = await service.SignedInAsync("boss");
        using var helper = await service.SignedInAsync("helper");
        var reset = () => new JsonObject { ["password"] = "taken over by me" };
        Assert.Equal(HttpStatusCode.Forbidden, await boss.StatusAsync(Patch, "/audit/v1/users/admin", reset()));
        Assert.Equal(HttpStatusCode.Forbidden, await boss.StatusAsync(Post, "/audit/v1/users/admin/sign-out"));
        Assert.Equal(HttpStatusCode.Forbidden, await boss.StatusAsync(Post, "/audit/v1/grants", new() { ["user"] = "boss", ["role"] = "system_admin" }));
        Assert.Equal(HttpStatusCode.Forbidden, await helper.StatusAsync(Patch, "/audit/v1/users/boss", reset()));
        Assert.Equal(HttpStatusCode.Forbidden, await helper.StatusAsync(Delete, "/audit/v1/users/boss"));
        Assert.Equal(HttpStatusCode.Forbidden, await helper.StatusAsync(Post, "/audit/v1/grants", new() { ["user"] = "helper", ["role"] = "tenant_admin" }));
        Assert.Equal(HttpStatusCode.Forbidden, await helper.StatusAsync(Patch, "/audit/v1/roles/helpdesk", new() { ["permissions"] = new JsonArray("access.*", "audit.*") }));
        Assert.Equal(HttpStatusCode.Forbidden, await helper.StatusAsync(Post, "/audit/v1/users", new() { ["name"] = "puppet", ["role"] = "auditor" }));
        Assert.Equal(HttpStatusCode.Forbidden, await helper.StatusAsync(Post, "/audit/v1/applications", new() { ["name"] = "puppet", ["role"] = "auditor" }));
        Assert.Equal(HttpStatusCode.Forbidden, await helper.StatusAsync(Post, "/audit/v1/keys", new() { ["name"] = "puppet", ["permissions"] = new JsonArray("audit.list") }));
        Assert.Equal(HttpStatusCode.OK, await helper.StatusAsync(Patch, "/audit/v1/users/nobody", reset()));
        Assert.Equal(HttpStatusCode.Created, await boss.StatusAsync(Post, "/audit/v1/grants", new() { ["user"] = "nobody", ["role"] = "auditor" }));
    }

    [Fact]
    public async Task The_same_name_in_two_tenants_is_no_conflict_and_so_tells_nothing()
    {
        await using var service = await TestService.StartAsync();
        await service.TenantAsync("acme");
        await service.UserAsync("default", "alice");
        await service.UserAsync("acme", "alice");
        Assert.Equal(HttpStatusCode.Conflict, await service.Admin.StatusAsync(Post, "/audit/v1/users?tenant=acme", new() { ["name"] = "alice" }));
    }

    [Fact]
    public async Task The_first_administrator_cannot_be_deleted_and_nobody_disables_themselves()
    {
        await using var service = await TestService.StartAsync();
        Assert.Equal(HttpStatusCode.Conflict, await service.Admin.StatusAsync(Delete, "/audit/v1/users/admin"));
        Assert.Equal(HttpStatusCode.Conflict, await service.Admin.StatusAsync(Patch, "/audit/v1/users/admin", new() { ["disabled"] = true }));
    }

    [Theory]
    [InlineData("""{"name":"a:b"}""", "name")]
    [InlineData("""{"name":"a/b"}""", "name")]
    [InlineData("""{"name":" a"}""", "name")]
    [InlineData("""{"name":"app_0123456789abcdef"}""", "name")]
    [InlineData("""{"name":"a","password":"short"}""", "password")]
    [InlineData("""{"name":"long enough","password":"long enough"}""", "password")]
    [InlineData("""{"name":"a","email":"nowhere"}""", "email")]
    [InlineData("""{"name":"a","role":"king"}""", "role")]
    [InlineData("""{"name":"a","role":"project_viewer"}""", "projects")]
    [InlineData("""{"name":"a","role":"auditor","projects":["p"]}""", "projects")]
    [InlineData("""{"name":"a","projects":["p"]}""", "projects")]
    [InlineData("""{"name":"a","expires_at":"2001-01-01T00:00:00Z"}""", "expires_at")]
    public async Task A_user_who_makes_no_sense_is_refused_with_the_field(string body, string field)
    {
        await using var service = await TestService.StartAsync();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await service.Admin.PostAsync("/audit/v1/users", content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(field, (await TestService.JsonAsync(response))["errors"]![0]!["field"]!.GetValue<string>());
    }
}
