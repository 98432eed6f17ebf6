using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Domesday.Dialects.Tests.RunAi;

/// <summary>What Run:ai's clients rely on when they sign in.</summary>
public class TokenTests
{
    [Theory]
    [InlineData("/api/v1/token", """{"grantType":"client_credentials","clientID":"admin","clientSecret":"correct-horse-battery"}""", "accessToken")]
    [InlineData("/api/v1/token", """{"grantType":"app_token","AppId":"admin","AppSecret":"correct-horse-battery"}""", "accessToken")]
    [InlineData("/api/v1/token", """{"grantType":"app_token","appID":"admin","appSecret":"correct-horse-battery"}""", "accessToken")]
    [InlineData("/api/v2/token", "grant_type=client_credentials&client_id=admin&client_secret=correct-horse-battery", "access_token")]
    [InlineData("/v1/k8s/auth/oauth/apptoken", """{"id":"admin","name":"ci","secret":"correct-horse-battery"}""", "access_token")]
    public async Task A_token_opens_both_routes(string path, string body, string member)
    {
        await using var host = await DialectHost.StartAsync();
        var (response, answer) = await DialectHost.SendAsync(host.Nobody, HttpMethod.Post, path, body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var token = JsonNode.Parse(answer)![member]!.GetValue<string>();
        using var client = host.Service.Bearer(token);
        await DialectHost.JsonAsync(client, "/v1/k8s/audit");
        await DialectHost.JsonAsync(client, "/api/v1/audit/log?start=2026-01-01&end=2026-12-31");
    }

    /// <summary>RFC 6749 §2.3.1: servers must take the client's secret in the header, and many libraries send it nowhere else.</summary>
    [Fact]
    public async Task An_OAuth_client_may_name_itself_in_the_header()
    {
        await using var host = await DialectHost.StartAsync();
        using var client = host.Service.Client(new("Basic", Convert.ToBase64String("admin:correct%2Dhorse-battery"u8)));
        var (response, answer) = await DialectHost.SendAsync(client, HttpMethod.Post, "/api/v2/token", "grant_type=client_credentials");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.NotEmpty(JsonNode.Parse(answer)!["access_token"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_answers_have_the_documented_members()
    {
        await using var host = await DialectHost.StartAsync();
        var (_, first) = await DialectHost.SendAsync(host.Nobody, HttpMethod.Post, "/api/v1/token", """{"clientID":"admin","clientSecret":"correct-horse-battery"}""");
        Assert.Equal(["accessToken", "idToken", "refreshToken", "expiresIn"], JsonNode.Parse(first)!.AsObject().Select(member => member.Key));
        var (_, second) = await DialectHost.SendAsync(host.Nobody, HttpMethod.Post, "/api/v2/token", "client_id=admin&client_secret=correct-horse-battery");
        var answer = JsonNode.Parse(second)!;
        Assert.Equal("Bearer", answer["token_type"]!.GetValue<string>());
        Assert.True(answer["expires_in"]!.GetValue<long>() > 0);
    }

    /// <summary>The vendor's Python client decodes the middle part as plain base64 and drops what is not in that alphabet.</summary>
    [Fact]
    public async Task A_tokens_payload_is_plain_base64_with_an_end()
    {
        await using var host = await DialectHost.StartAsync();
        var (_, body) = await DialectHost.SendAsync(host.Nobody, HttpMethod.Post, "/api/v1/token", """{"clientID":"admin","clientSecret":"correct-horse-battery"}""");
        var payload = JsonNode.Parse(body)!["accessToken"]!.GetValue<string>().Split('.')[1];
        Assert.Matches("^[A-Za-z0-9]+$", payload);
        Assert.True(JsonNode.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(payload)))!["exp"]!.GetValue<long>() > 0);
    }

    [Theory]
    [InlineData("/api/v1/token", """{"clientID":"admin","clientSecret":"wrong"}""", 401, "code", "401")]
    [InlineData("/api/v1/token", """{"clientID":"nobody","clientSecret":"wrong"}""", 401, "code", "401")]
    [InlineData("/api/v1/token", "{}", 400, "message", "Required parameter is missing")]
    [InlineData("/api/v1/token", "", 400, "message", "Required parameter is missing")]
    [InlineData("/api/v1/token", "{", 400, "code", "400")]
    [InlineData("/api/v2/token", "client_id=admin&client_secret=wrong", 401, "error", "invalid_client")]
    [InlineData("/api/v2/token", "", 400, "error", "invalid_request")]
    [InlineData("/api/v2/token", "grant_type=authorization_code&code=x", 400, "error", "unsupported_grant_type")]
    [InlineData("/v1/k8s/auth/oauth/apptoken", """{"id":"admin","secret":"wrong"}""", 401, "code", "401")]
    public async Task A_refusal_has_the_form_of_its_route(string path, string body, int status, string member, string value)
    {
        await using var host = await DialectHost.StartAsync();
        var (response, answer) = await DialectHost.SendAsync(host.Nobody, HttpMethod.Post, path, body);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(value, JsonNode.Parse(answer)![member]!.ToString());
    }

    /// <summary>The vendor's client asks four times in three seconds before it gives up: whoever mistyped once is not locked out by that.</summary>
    [Fact]
    public async Task Four_tries_with_a_wrong_secret_are_no_attack()
    {
        await using var host = await DialectHost.StartAsync();
        for (var i = 0; i < 4; i++)
        {
            var (response, _) = await DialectHost.SendAsync(host.Nobody, HttpMethod.Post, "/api/v1/token", """{"clientID":"admin","clientSecret":"wrong"}""");
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
        var (good, _) = await DialectHost.SendAsync(host.Nobody, HttpMethod.Post, "/api/v1/token", """{"clientID":"admin","clientSecret":"correct-horse-battery"}""");
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
    }
}
