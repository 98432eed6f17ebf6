using System.Net;
using System.Text.Json.Nodes;

namespace Domesday.Server.Tests.Api;

public sealed class KeyTests
{
    [Fact]
    public async Task A_key_is_shown_once_and_never_again()
    {
        await using var service = await TestService.StartAsync();
        var (id, text) = await service.KeyAsync("default", "read");
        Assert.StartsWith("dk_" + id + "_", text, StringComparison.Ordinal);
        var secret = text[^64..];
        foreach (var path in (string[])["/audit/v1/keys", "/audit/v1/keys/" + id])
        {
            var shown = (await TestService.GetAsync(service.Admin, path)).ToJsonString();
            Assert.Contains(id, shown, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, shown, StringComparison.Ordinal);
        }
        foreach (var ledger in (string[])["system", "default"])
        {
            Assert.DoesNotContain(await service.EventsAsync(ledger), kept => Domesday.Events.Json.EventJson.Write(kept).AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(secret)) >= 0);
        }
    }

    [Theory]
    [InlineData("Authorization", "Bearer ")]
    [InlineData("Authorization", "bearer ")]
    [InlineData("ApiKey", "")]
    [InlineData("X-Auth-Token", "")]
    public async Task A_key_signs_in_by_every_header_that_carries_keys(string header, string prefix)
    {
        await using var service = await TestService.StartAsync();
        var (_, text) = await service.KeyAsync("default", "admin");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/audit/v1/keys");
        request.Headers.Add(header, prefix + text);
        using var response = await service.Nobody.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_key_limited_to_projects_says_so()
    {
        await using var service = await TestService.StartAsync();
        var body = new JsonObject { ["name"] = "viewer", ["rights"] = new JsonArray("read"), ["projects"] = new JsonArray("p1", "p2") };
        var made = await TestService.PostAsync(service.Admin, "/audit/v1/keys", body);
        Assert.Equal(["p1", "p2"], made["projects"]!.AsArray().Select(project => project!.GetValue<string>()));
    }

    [Fact]
    public async Task A_key_of_another_tenant_is_not_there()
    {
        await using var service = await TestService.StartAsync();
        await service.TenantAsync("acme");
        var (id, _) = await service.KeyAsync("default", "read");
        using var client = service.Bearer((await service.KeyAsync("acme", "admin")).Text);
        using var get = await client.GetAsync($"/audit/v1/keys/{id}", TestContext.Current.CancellationToken);
        using var delete = await client.DeleteAsync($"/audit/v1/keys/{id}", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (get.StatusCode, delete.StatusCode));
        Assert.DoesNotContain(id, (await TestService.GetAsync(client, "/audit/v1/keys")).ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("active", (await TestService.GetAsync(service.Admin, $"/audit/v1/keys/{id}"))["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task Revoking_ends_a_key_at_once_and_revoking_again_changes_nothing()
    {
        await using var service = await TestService.StartAsync();
        var (id, text) = await service.KeyAsync("default", "admin");
        using var client = service.Bearer(text);
        using var first = await client.DeleteAsync($"/audit/v1/keys/{id}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, first.StatusCode);
        using var after = await client.GetAsync("/audit/v1/keys", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
        var size = service.Store.Size("default");
        using var second = await service.Admin.DeleteAsync($"/audit/v1/keys/{id}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, second.StatusCode);
        Assert.Equal(size, service.Store.Size("default"));
        Assert.Equal("revoked", (await TestService.GetAsync(service.Admin, $"/audit/v1/keys/{id}"))["status"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{}""", "name", "rights")]
    [InlineData("""{"name":"","rights":[]}""", "name")]
    [InlineData("""{"name":"a","rights":[]}""", "rights")]
    [InlineData("""{"name":"a","rights":["read","root","god"]}""", "rights[1]", "rights[2]")]
    [InlineData("""{"name":"a\u0007","rights":"read","expires_at":"tomorrow"}""", "name", "rights", "expires_at")]
    [InlineData("""{"name":"a","rights":["read"],"expires_at":"2001-01-01T00:00:00Z","projects":[]}""", "expires_at", "projects")]
    [InlineData("""{"name":"a","rights":["read"],"projects":["ok","","a\tb"]}""", "projects[1]", "projects[2]")]
    [InlineData("""{"name":"a","rights":["admin"],"projects":["p"]}""", "projects")]
    public async Task Every_fault_of_a_key_is_told_at_once(string body, params string[] fields)
    {
        await using var service = await TestService.StartAsync();
        using var content = new StringContent(body);
        using var response = await service.Admin.PostAsync("/audit/v1/keys", content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(fields, (await TestService.JsonAsync(response))["errors"]!.AsArray().Select(error => error!["field"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_key_that_could_be_made_can_also_be_revoked_however_large_it_is()
    {
        await using var service = await TestService.StartAsync();
        var made = await TestService.PostAsync(service.Admin, "/audit/v1/keys", Large(projects: 33));
        using var revoked = await service.Admin.DeleteAsync($"/audit/v1/keys/{made["id"]}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        await service.DisposeAsync();
        await using var again = await TestService.StartAsync(service.Store);
        var shown = await TestService.GetAsync(again.Admin, $"/audit/v1/keys/{made["id"]}");
        Assert.Equal((33, "revoked"), (shown["projects"]!.AsArray().Count, shown["status"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_key_that_no_event_could_hold_is_refused()
    {
        await using var service = await TestService.StartAsync();
        using var content = new StringContent(Large(projects: 100).ToJsonString());
        using var response = await service.Admin.PostAsync("/audit/v1/keys", content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    private static JsonObject Large(int projects) => new()
    {
        ["name"] = new string('ü', 200),
        ["rights"] = new JsonArray("read"),
        ["projects"] = new JsonArray([.. Enumerable.Range(0, projects).Select(i => JsonValue.Create(i.ToString("000", System.Globalization.CultureInfo.InvariantCulture) + new string('"', 125)))]),
    };

    [Fact]
    public async Task A_key_of_the_system_tenant_that_administers_makes_tenants()
    {
        await using var service = await TestService.StartAsync();
        using var automation = service.Bearer((await service.KeyAsync("system", "admin")).Text);
        await TestService.PostAsync(automation, "/audit/v1/tenants", new JsonObject { ["name"] = "acme" });
        await TestService.PostAsync(automation, "/audit/v1/keys?tenant=acme", new JsonObject { ["name"] = "a", ["rights"] = new JsonArray("read") });
    }

    [Fact]
    public async Task A_key_that_writes_the_system_ledger_cannot_be_made()
    {
        await using var service = await TestService.StartAsync();
        using var content = new StringContent("""{"name":"a","rights":["write"]}""");
        using var response = await service.Admin.PostAsync("/audit/v1/keys?tenant=system", content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }
}
