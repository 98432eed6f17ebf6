using System.Net;
using System.Text.Json.Nodes;
using Domesday.Events;

namespace Domesday.Dialects.Tests.PlatformPcd;

/// <summary>What a client of PCD's audit service relies on.</summary>
public class ExportTests
{
    private const string Export = "/resmgr/audit/export";
    private const string Project = "4ad1138f-880a-4c09-87b8-b70be45a12d1";

    [Theory]
    [InlineData("region=RegionOne", "2")]
    [InlineData("project_id=" + Project, "2")]
    [InlineData("project_id=00000000-0000-0000-0000-000000000000", "1 3")]
    [InlineData("user_id=u-2", "2")]
    [InlineData("username=bob", "2")]
    [InlineData("action=delete", "2")]
    [InlineData("action=authenticate", "3")]
    [InlineData("resource_type=service/compute/server", "2")]
    [InlineData("resource_type=unknown", "3")]
    [InlineData("service=compute", "2")]
    [InlineData("domain=default", "2")]
    [InlineData("service=compute&region=RegionTwo", "")]
    [InlineData("username=&region=", "1 2 3")]
    [InlineData("limit=2", "1 2")]
    [InlineData("limit=0", "")]
    [InlineData("limit=9223372036854775807", "1 2 3")]
    [InlineData("cursor=whatever", "1 2 3")]
    [InlineData("start_time=2026-02-11T20:21:02Z", "2 3")]
    [InlineData("end_time=2026-02-11T20:21:02Z", "1 2")]
    [InlineData("start_time=2026-02-12T01:51:02%2B05:30&end_time=2026-02-12T01:51:02+05:30", "2")]
    [InlineData("start_time=2026-02-01T00:00:00Z", "0 1 2 3")]
    public async Task Each_filter_finds_what_it_shows_oldest_first(string query, string expected)
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync(
            Event(host, 25, "0"),
            Event(host, 3, "1"),
            Event(host, 2, "2") with
            {
                Service = "compute",
                Action = "delete",
                Actor = new() { Id = "u-2", Name = "bob" },
                Resource = new() { Type = "service/compute/server", Id = "2" },
                Scope = new() { Region = "RegionOne", Domain = "default", Project = new() { Id = Project } },
            },
            Event(host, 1, "3") with { Action = "login", Resource = new() { Id = "3" } });
        var lines = await LinesAsync(host, $"{Export}?{query}");
        Assert.Equal(expected, string.Join(' ', lines.Select(line => line["resource_id"]!.GetValue<string>())));
    }

    [Theory]
    [InlineData("limit=-1")]
    [InlineData("limit=many")]
    [InlineData("limit=9223372036854775808")]
    [InlineData("start_time=yesterday")]
    [InlineData("end_time=2026-02-30T00:00:00Z")]
    public async Task What_is_no_value_is_refused(string query)
    {
        await using var host = await DialectHost.StartAsync();
        var (response, body) = await DialectHost.GetAsync(host.Reader, $"{Export}?{query}");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(query.Split('=')[0], JsonNode.Parse(body)!["error"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_of_nothing_is_empty_and_every_line_has_an_end()
    {
        await using var host = await DialectHost.StartAsync();
        Assert.Equal("", (await DialectHost.GetAsync(host.Reader, Export)).Body);
        await host.AppendAsync(Event(host, 1, "1"), Event(host, 1, "2"));
        var body = (await DialectHost.GetAsync(host.Reader, Export)).Body;
        Assert.Equal(2, body.Count(letter => letter == '\n'));
        Assert.EndsWith("}\n", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_who_may_see_the_whole_tenant_may_export_it()
    {
        await using var host = await DialectHost.StartAsync();
        using var viewer = host.Service.Bearer(await host.ProjectKeyAsync("a"));
        foreach (var path in new[] { Export, "/resmgr/audit/filters" })
        {
            foreach (var client in new[] { viewer, host.Writer })
            {
                var (response, body) = await DialectHost.GetAsync(client, path);
                Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
                Assert.Equal(403, JsonNode.Parse(body)!["error"]!["code"]!.GetValue<int>());
            }
        }
    }

    [Theory]
    [InlineData("POST", Export)]
    [InlineData("DELETE", Export)]
    [InlineData("PUT", "/resmgr/audit/filters")]
    public async Task Another_method_is_answered_with_the_one_that_there_is(string method, string path)
    {
        await using var host = await DialectHost.StartAsync();
        var (response, _) = await DialectHost.SendAsync(host.Reader, new(method), path);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET"], response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("""{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"admin","domain":{"name":"Default"},"password":"correct-horse-battery"}}},"scope":{"project":{"name":"service","domain":{"id":"default"}}}}}""")]
    [InlineData("""{"auth":{"identity":{"methods":["password"],"password":{"user":{"id":"admin","password":"correct-horse-battery"}}}}}""")]
    [InlineData("""{"auth":{"identity":{"methods":["application_credential"],"application_credential":{"id":"admin","secret":"correct-horse-battery"}}}}""")]
    public async Task A_token_of_keystones_route_opens_the_export(string body)
    {
        await using var host = await DialectHost.StartAsync();
        var (response, answer) = await DialectHost.SendAsync(host.Nobody, HttpMethod.Post, "/keystone/v3/auth/tokens", body);
        Assert.True(HttpStatusCode.Created == response.StatusCode, answer);
        var token = Assert.Single(response.Headers.GetValues("X-Subject-Token"));
        Assert.DoesNotContain(token, answer, StringComparison.Ordinal);
        Assert.Equal("admin", JsonNode.Parse(answer)!["token"]!["user"]!["name"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, (await DialectHost.GetAsync(host.Nobody, Export, ("X-Auth-Token", token))).Response.StatusCode);
        var (shown, shownBody) = await DialectHost.GetAsync(host.Nobody, "/keystone/v3/auth/tokens", ("X-Auth-Token", token), ("X-Subject-Token", token));
        Assert.True(HttpStatusCode.OK == shown.StatusCode, shownBody);
        var renewed = await DialectHost.SendAsync(host.Nobody, HttpMethod.Post, "/keystone/v3/auth/tokens", """{"auth":{"identity":{"methods":["token"],"token":{"id":"TOKEN"}}}}""".Replace("TOKEN", token, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Created, renewed.Response.StatusCode);
    }

    [Theory]
    [InlineData("""{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"admin","password":"wrong"}}}}}""", 401)]
    [InlineData("""{"auth":{"identity":{"methods":["password"]}}}""", 400)]
    [InlineData("""{"auth":{"identity":{"methods":["totp"]}}}""", 400)]
    [InlineData("""{"auth":[]}""", 400)]
    [InlineData("[1]", 400)]
    [InlineData("", 400)]
    [InlineData("{", 400)]
    public async Task A_refusal_of_keystones_route_has_keystones_form(string body, int status)
    {
        await using var host = await DialectHost.StartAsync();
        var (response, answer) = await DialectHost.SendAsync(host.Nobody, HttpMethod.Post, "/keystone/v3/auth/tokens", body);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status, JsonNode.Parse(answer)!["error"]!["code"]!.GetValue<int>());
    }

    private static async Task<List<JsonNode>> LinesAsync(DialectHost host, string path)
    {
        var (response, body) = await DialectHost.GetAsync(host.Reader, path);
        Assert.True(response.StatusCode == HttpStatusCode.OK, body);
        return [.. body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }

    private static AuditEvent Event(DialectHost host, int hours, string id) => new()
    {
        Time = host.Ago(TimeSpan.FromHours(hours)),
        Action = "create",
        Resource = new() { Type = "routers", Id = id },
    };
}
