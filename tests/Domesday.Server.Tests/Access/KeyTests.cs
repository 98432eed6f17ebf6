using System.Net;
using System.Text.Json.Nodes;

namespace Domesday.Server.Tests.Access;

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
}
