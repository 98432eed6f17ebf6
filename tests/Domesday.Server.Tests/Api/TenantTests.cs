using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Domesday.Server.Tests.Api;

public sealed class TenantTests
{
    [Fact]
    public async Task The_first_start_makes_the_system_and_the_default_tenant()
    {
        await using var service = await TestService.StartAsync();
        var listed = await TestService.GetAsync(service.Admin, "/audit/v1/tenants");
        Assert.Equal(["default", "system"], listed["tenants"]!.AsArray().Select(tenant => tenant!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_tenant_is_made_changed_disabled_and_enabled()
    {
        await using var service = await TestService.StartAsync();
        using var made = await SendAsync(service, HttpMethod.Post, "/audit/v1/tenants", """{"name":"acme","title":"Acme Ltd."}""");
        Assert.Equal((HttpStatusCode.Created, "/audit/v1/tenants/acme"), (made.StatusCode, made.Headers.Location?.ToString()));
        using var disabled = await SendAsync(service, HttpMethod.Delete, "/audit/v1/tenants/acme", null);
        var shown = await TestService.JsonAsync(disabled);
        Assert.Equal("Acme Ltd.", shown["title"]!.GetValue<string>());
        Assert.NotNull(shown["disabled_at"]);
        using var enabled = await SendAsync(service, HttpMethod.Patch, "/audit/v1/tenants/acme", """{"disabled":false,"title":"Acme plc"}""");
        shown = await TestService.JsonAsync(enabled);
        Assert.Equal("Acme plc", shown["title"]!.GetValue<string>());
        Assert.Null(shown["disabled_at"]);
        Assert.Equal(["control.tenant.create", "control.tenant.disable", "control.tenant.enable"],
            (await service.EventsAsync("system")).Where(kept => kept.Resource?.Id == "acme").Select(kept => kept.Operation));
    }

    [Fact]
    public async Task A_change_of_something_that_changed_meanwhile_is_a_conflict()
    {
        await using var service = await TestService.StartAsync();
        using var made = await SendAsync(service, HttpMethod.Post, "/audit/v1/tenants", """{"name":"acme"}""");
        using var first = await SendAsync(service, HttpMethod.Patch, "/audit/v1/tenants/acme", """{"title":"One"}""", made.Headers.ETag);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        using var second = await SendAsync(service, HttpMethod.Patch, "/audit/v1/tenants/acme", """{"title":"Two"}""", made.Headers.ETag);
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        using var third = await SendAsync(service, HttpMethod.Patch, "/audit/v1/tenants/acme", """{"title":"Two"}""", first.Headers.ETag);
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    [Theory]
    [InlineData("system")]
    [InlineData("default")]
    public async Task What_the_service_needs_cannot_be_disabled(string tenant)
    {
        await using var service = await TestService.StartAsync();
        using var response = await SendAsync(service, HttpMethod.Delete, "/audit/v1/tenants/" + tenant, null);
        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Acme")]
    [InlineData("-acme")]
    [InlineData("acme~quarantine")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("*")]
    [InlineData("a23456789012345678901234567890123456789012345678901234567890abcd")]
    public async Task A_name_of_another_form_is_refused(string name)
    {
        await using var service = await TestService.StartAsync();
        using var response = await SendAsync(service, HttpMethod.Post, "/audit/v1/tenants", $$"""{"name":"{{name}}"}""");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("name", (await TestService.JsonAsync(response))["errors"]![0]!["field"]!.GetValue<string>());
    }

    [Fact]
    public async Task Every_fault_of_a_body_is_told_at_once()
    {
        await using var service = await TestService.StartAsync();
        using var response = await SendAsync(service, HttpMethod.Post, "/audit/v1/tenants", """{"title":7,"colour":"red","shape":"round"}""");
        var fields = (await TestService.JsonAsync(response))["errors"]!.AsArray().Select(error => error!["field"]!.GetValue<string>());
        Assert.Equal(["name", "title", "colour", "shape"], fields);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"name\":\"a\"")]
    [InlineData("{\"name\":\"a\",\"name\":\"b\"}")]
    [InlineData("{\"name\":\"a\"} {}")]
    public async Task A_body_that_is_no_object_is_refused_with_a_reason(string body)
    {
        await using var service = await TestService.StartAsync();
        using var response = await SendAsync(service, HttpMethod.Post, "/audit/v1/tenants", body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.NotEmpty((await TestService.JsonAsync(response))["detail"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_tenants_own_people_see_their_tenant_and_no_other()
    {
        await using var service = await TestService.StartAsync();
        await service.TenantAsync("acme");
        using var client = service.Bearer((await service.KeyAsync("acme", "admin")).Text);
        var listed = await TestService.GetAsync(client, "/audit/v1/tenants");
        Assert.Equal(["acme"], listed["tenants"]!.AsArray().Select(tenant => tenant!["name"]!.GetValue<string>()));
        using var other = await client.GetAsync("/audit/v1/tenants/default", TestContext.Current.CancellationToken);
        using var absent = await client.GetAsync("/audit/v1/tenants/nowhere", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (other.StatusCode, absent.StatusCode));
    }

    private static async Task<HttpResponseMessage> SendAsync(TestService service, HttpMethod method, string path, string? body, EntityTagHeaderValue? version = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (version is not null) request.Headers.IfMatch.Add(version);
        return await service.Admin.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
