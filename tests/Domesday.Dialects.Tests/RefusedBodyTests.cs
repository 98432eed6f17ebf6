using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Domesday.Dialects.Tests;

/// <summary>Bodies that no dialect can read are refused in words that people understand.</summary>
public class RefusedBodyTests
{
    [Theory]
    [InlineData("/auth/login")]
    [InlineData("/v1/auth/authenticate")]
    public async Task An_encoding_that_is_not_known_is_named_once(string path)
    {
        await using var host = await DialectHost.StartAsync();
        using var content = new ByteArrayContent([1, 2, 3]) { Headers = { ContentEncoding = { "zstd" }, ContentType = new MediaTypeHeaderValue("application/json") } };
        using var response = await host.Nobody.PostAsync(path, content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal("The body's Content-Encoding must be gzip or br, or none.", answer["message"]!.GetValue<string>());
    }

    /// <summary>Clients of UpCloud and Palette read no other form of an error, also where the service lacks what they ask for.</summary>
    [Theory]
    [InlineData("/1.3/account", "application/problem+json", "type", "https://developers.upcloud.com/1.3/errors#ERROR_RESOURCE_NOT_FOUND")]
    [InlineData("/v1/projects", "application/json", "code", "ResourceNotFound")]
    [InlineData("/v1/k8s/clusters", "application/json", "code", "404")]
    public async Task What_the_service_lacks_is_refused_in_the_vendors_form(string path, string type, string member, string value)
    {
        await using var host = await DialectHost.StartAsync();
        using var response = await host.Reader.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.NotFound, type), (response.StatusCode, response.Content.Headers.ContentType!.ToString()));
        Assert.Equal(value, JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))![member]!.ToString());
    }
}
