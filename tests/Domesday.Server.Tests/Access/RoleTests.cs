using System.Net;
using System.Text.Json.Nodes;
using Domesday.Ingest;

namespace Domesday.Server.Tests.Access;

public sealed class RoleTests
{
    private static readonly HttpMethod Get = HttpMethod.Get;
    private static readonly HttpMethod Post = HttpMethod.Post;
    private static readonly HttpMethod Patch = HttpMethod.Patch;
    private static readonly HttpMethod Delete = HttpMethod.Delete;

    [Fact]
    public async Task Every_built_in_role_may_do_what_its_name_says_and_no_more()
    {
        await using var service = await TestService.StartAsync(sources: IngestCatalog.Sources);
        foreach (var (role, read, write, people, makePeople, proofs, operate) in new[]
        {
            ("tenant_admin", true, true, true, true, true, false),
            ("auditor", true, false, true, false, true, false),
            ("project_viewer", true, false, false, false, false, false),
            ("writer", false, true, false, false, false, false),
            ("system_admin", true, true, true, true, true, true),
        })
        {
            await service.UserAsync("default", role, role, role == "project_viewer" ? ["p1"] : []);
            using var client = await service.SignedInAsync(role);
            var tried = (
                Allowed(await client.StatusAsync(Get, "/audit/v1/events")),
                Allowed(await client.StatusAsync(Post, "/audit/v1/events", new() { ["action"] = "create" })),
                Allowed(await client.StatusAsync(Get, "/audit/v1/users")),
                Allowed(await client.StatusAsync(Post, "/audit/v1/users", new() { ["name"] = "made-by-" + role })),
                Allowed(await client.StatusAsync(Get, "/audit/v1/log/checkpoint")),
                Allowed(await client.StatusAsync(Post, "/audit/v1/tenants", new() { ["name"] = "by-" + role.Replace('_', '-') })));
            Assert.True(tried == (read, write, people, makePeople, proofs, operate), $"{role}: {tried}");
        }
    }

    [Fact]
    public async Task A_role_of_permissions_allows_these_from_the_next_request_on()
    {
        await using var service = await TestService.StartAsync(sources: IngestCatalog.Sources);
        await TestService.PostAsync(service.Admin, "/audit/v1/roles", new() { ["name"] = "exporter", ["permissions"] = new JsonArray("audit.export") });
        await service.UserAsync("default", "alice", "exporter");
        using var alice = await service.SignedInAsync("alice");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (await alice.StatusAsync(Get, "/audit/v1/export"), await alice.StatusAsync(Get, "/audit/v1/events")));
        Assert.Equal(HttpStatusCode.OK, await service.Admin.StatusAsync(Patch, "/audit/v1/roles/exporter", new() { ["permissions"] = new JsonArray("audit.list") }));
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (await alice.StatusAsync(Get, "/audit/v1/export"), await alice.StatusAsync(Get, "/audit/v1/events")));
    }

    [Fact]
    public async Task A_role_that_is_taken_away_or_ends_allows_nothing_from_the_next_request_on()
    {
        var time = new ManualTime();
        await using var service = await TestService.StartAsync(time: time);
        await service.UserAsync("default", "alice");
        using var alice = await service.SignedInAsync("alice");
        Assert.Equal(HttpStatusCode.Forbidden, await alice.StatusAsync(Get, "/audit/v1/events"));
        var given = await TestService.PostAsync(service.Admin, "/audit/v1/grants", new() { ["user"] = "alice", ["role"] = "auditor" });
        Assert.Equal(HttpStatusCode.OK, await alice.StatusAsync(Get, "/audit/v1/events"));
        Assert.Equal(HttpStatusCode.NoContent, await service.Admin.StatusAsync(Delete, "/audit/v1/grants/" + given["id"]));
        Assert.Equal(HttpStatusCode.Forbidden, await alice.StatusAsync(Get, "/audit/v1/events"));
        await TestService.PostAsync(service.Admin, "/audit/v1/grants", new() { ["user"] = "alice", ["role"] = "auditor", ["expires_at"] = time.GetUtcNow().AddMinutes(5).ToString("o") });
        Assert.Equal(HttpStatusCode.OK, await alice.StatusAsync(Get, "/audit/v1/events"));
        time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(HttpStatusCode.Forbidden, await alice.StatusAsync(Get, "/audit/v1/events"));
    }

    [Fact]
    public async Task Two_grants_add_up_each_within_its_own_projects()
    {
        await using var service = await TestService.StartAsync(sources: IngestCatalog.Sources);
        foreach (var project in (string[])["p1", "p2", "p3"])
            await TestService.PostAsync(service.Admin, "/audit/v1/events", new() { ["id"] = project, ["action"] = "create", ["scope"] = new JsonObject { ["project"] = new JsonObject { ["id"] = project } } });
        await TestService.PostAsync(service.Admin, "/audit/v1/roles", new() { ["name"] = "exporter", ["permissions"] = new JsonArray("audit.export") });
        await service.UserAsync("default", "alice", "project_viewer", "p1");
        await TestService.PostAsync(service.Admin, "/audit/v1/grants", new() { ["user"] = "alice", ["role"] = "project_viewer", ["projects"] = new JsonArray("p2") });
        await TestService.PostAsync(service.Admin, "/audit/v1/grants", new() { ["user"] = "alice", ["role"] = "exporter", ["projects"] = new JsonArray("p3") });
        using var alice = await service.SignedInAsync("alice");
        Assert.Equal(["p1", "p2"], await IdsAsync(alice, "/audit/v1/events"));
        var exported = await alice.GetStringAsync("/audit/v1/export", TestContext.Current.CancellationToken);
        Assert.All((string[])["\"p1\"", "\"p2\"", "\"p3\""], id => Assert.Contains(id, exported, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_role_that_somebody_has_is_not_deleted_and_a_built_in_one_never()
    {
        await using var service = await TestService.StartAsync(sources: IngestCatalog.Sources);
        await TestService.PostAsync(service.Admin, "/audit/v1/roles", new() { ["name"] = "exporter", ["permissions"] = new JsonArray("audit.export") });
        var alice = await service.UserAsync("default", "alice", "exporter");
        Assert.Equal(HttpStatusCode.Conflict, await service.Admin.StatusAsync(Delete, "/audit/v1/roles/exporter"));
        Assert.Equal(HttpStatusCode.NoContent, await service.Admin.StatusAsync(Delete, "/audit/v1/users/" + alice["id"]));
        Assert.Equal(HttpStatusCode.NoContent, await service.Admin.StatusAsync(Delete, "/audit/v1/roles/exporter"));
        Assert.Equal(HttpStatusCode.NotFound, await service.Admin.StatusAsync(Delete, "/audit/v1/roles/auditor"));
        Assert.Equal(HttpStatusCode.Conflict, await service.Admin.StatusAsync(Post, "/audit/v1/roles", new() { ["name"] = "auditor", ["permissions"] = new JsonArray("audit.list") }));
    }

    [Fact]
    public async Task Every_change_of_access_is_an_event_of_its_tenant_with_who_and_what()
    {
        await using var service = await TestService.StartAsync(sources: IngestCatalog.Sources);
        await service.TenantAsync("acme");
        await service.UserAsync("acme", "boss", "tenant_admin");
        using var boss = await service.SignedInAsync("boss");
        var id = (await TestService.GetAsync(boss, "/audit/v1/me"))["id"]!.GetValue<string>();
        await TestService.PostAsync(boss, "/audit/v1/roles", new() { ["name"] = "exporter", ["permissions"] = new JsonArray("audit.export") });
        var application = await TestService.PostAsync(boss, "/audit/v1/applications", new() { ["name"] = "nightly", ["role"] = "exporter" });
        var client = application["client_id"]!.GetValue<string>();
        await TestService.PostAsync(boss, $"/audit/v1/applications/{client}/secret", []);
        Assert.Equal(HttpStatusCode.OK, await boss.StatusAsync(Patch, $"/audit/v1/applications/{client}", new() { ["disabled"] = true }));
        Assert.Equal(HttpStatusCode.NoContent, await boss.StatusAsync(Delete, $"/audit/v1/applications/{client}"));
        Assert.Equal(HttpStatusCode.NoContent, await boss.StatusAsync(Delete, "/audit/v1/roles/exporter"));
        var told = (await service.EventsAsync("acme")).Where(kept => kept.Actor?.Id == id && kept.Operation!.StartsWith("control.", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            ["control.role.create", "control.application.create", "control.grant.create", "control.application.secret", "control.application.disable", "control.grant.delete", "control.application.delete", "control.role.delete"],
            told.Select(kept => kept.Operation));
        Assert.DoesNotContain(told, kept => System.Text.Encoding.UTF8.GetString(Domesday.Events.Json.EventJson.Write(kept)).Contains("secret_sha256", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_application_with_another_secret_is_refused_with_the_old_one_and_its_tokens()
    {
        var time = new ManualTime();
        await using var service = await TestService.StartAsync(time: time);
        var (id, secret) = await service.ApplicationAsync("default", "auditor");
        using var basic = service.Client(People.Basic(id, secret));
        Assert.Equal(HttpStatusCode.OK, await basic.StatusAsync(Get, "/audit/v1/events"));
        Assert.NotNull((await TestService.GetAsync(service.Admin, "/audit/v1/applications/" + id))["last_used_at"]);
        var token = (await TestService.PostAsync(service.Nobody, "/audit/v1/sign-in", new() { ["client_id"] = id, ["client_secret"] = secret }))["token"]!.GetValue<string>();
        time.Advance(TimeSpan.FromSeconds(1));
        var other = (await TestService.PostAsync(service.Admin, $"/audit/v1/applications/{id}/secret", []))["client_secret"]!.GetValue<string>();
        using var old = service.Bearer(token);
        using var renewed = service.Client(People.Basic(id, other));
        Assert.Equal(HttpStatusCode.Unauthorized, await basic.StatusAsync(Get, "/audit/v1/events"));
        Assert.Equal(HttpStatusCode.Unauthorized, await old.StatusAsync(Get, "/audit/v1/events"));
        Assert.Equal(HttpStatusCode.OK, await renewed.StatusAsync(Get, "/audit/v1/events"));
    }

    [Fact]
    public async Task A_key_may_be_made_of_single_permissions()
    {
        await using var service = await TestService.StartAsync(sources: IngestCatalog.Sources);
        var made = await TestService.PostAsync(service.Admin, "/audit/v1/keys", new() { ["name"] = "lister", ["permissions"] = new JsonArray("audit.list") });
        using var client = service.Bearer(made["key"]!.GetValue<string>());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (await client.StatusAsync(Get, "/audit/v1/events"), await client.StatusAsync(Get, "/audit/v1/export")));
        Assert.Equal(HttpStatusCode.OK, await service.Admin.StatusAsync(Patch, "/audit/v1/keys/" + made["id"], new() { ["name"] = "other" }));
        Assert.Equal("other", (await TestService.GetAsync(service.Admin, "/audit/v1/keys/" + made["id"]))["name"]!.GetValue<string>());
    }

    private static bool Allowed(HttpStatusCode status)
    {
        Assert.NotEqual(HttpStatusCode.Unauthorized, status);
        return status != HttpStatusCode.Forbidden;
    }

    private static async Task<IEnumerable<string>> IdsAsync(HttpClient client, string path) =>
        (await TestService.GetAsync(client, path))["events"]!.AsArray().Select(found => found!["id"]!.GetValue<string>()).Where(id => id.StartsWith('p')).Order(StringComparer.Ordinal);
}
