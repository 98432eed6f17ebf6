using System.Net;
using System.Text.Json.Nodes;
using Domesday.Core.Secrets;
using Domesday.Server.Tests;

namespace Domesday.Dialects.Tests.SpectroPalette;

/// <summary>What a client that sets up Palette's audit trails relies on.</summary>
public class DataSinkTests
{
    private const string Path = "/v1/tenants/acme/assets/dataSinks";
    private const string Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    [Fact]
    public async Task A_data_sink_is_made_shown_changed_and_deleted()
    {
        await using var host = await DialectHost.StartAsync();
        using var admin = host.Service.Bearer(host.AdminKey);
        var (made, body) = await DialectHost.SendAsync(admin, HttpMethod.Post, Path, Config("audit", Secret));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var uid = JsonNode.Parse(body)!["uid"]!.GetValue<string>();
        var audit = await DialectHost.JsonAsync(admin, "/v1/audits/" + Assert.Single(made.Headers.GetValues("AuditUid")));
        Assert.Equal("create", audit["spec"]!["actionType"]!.GetValue<string>());
        var shown = await DialectHost.JsonAsync(admin, Path);
        Assert.Equal(uid, shown["metadata"]!["uid"]!.GetValue<string>());
        var sink = Assert.Single(shown["spec"]!["auditDataSinks"]!.AsArray())!;
        Assert.Equal("cloudwatch", sink["type"]!.GetValue<string>());
        Assert.Equal("AKIAIOSFODNN7EXAMPLE", sink["cloudWatch"]!["credentials"]!["accessKey"]!.GetValue<string>());
        Assert.Contains(shown["status"]!["state"]!.GetValue<string>(), (string[])["starting", "running", "retrying"]);

        var (replaced, _) = await DialectHost.SendAsync(admin, HttpMethod.Put, Path, Config("renamed", "**** (server-side sanitized)"));
        Assert.Equal(HttpStatusCode.NoContent, replaced.StatusCode);
        Assert.Equal("renamed", (await DialectHost.JsonAsync(admin, Path))["metadata"]!["name"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NoContent, (await DialectHost.SendAsync(admin, HttpMethod.Delete, Path)).Response.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await DialectHost.GetAsync(admin, Path)).Response.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await DialectHost.SendAsync(admin, HttpMethod.Delete, Path)).Response.StatusCode);
    }

    [Fact]
    public async Task A_secret_is_nowhere_in_clear_and_a_masked_one_that_comes_back_keeps_it()
    {
        await using var host = await DialectHost.StartAsync();
        using var admin = host.Service.Bearer(host.AdminKey);
        await DialectHost.SendAsync(admin, HttpMethod.Post, Path, Config("audit", Secret));
        var sealedText = await SealedAsync(host);
        var masked = (await DialectHost.JsonAsync(admin, Path))["spec"]!["auditDataSinks"]![0]!["cloudWatch"]!["credentials"]!["secretKey"]!.GetValue<string>();
        Assert.Contains('*', masked);
        await DialectHost.SendAsync(admin, HttpMethod.Put, Path, Config("audit", masked));
        Assert.Equal(sealedText, await SealedAsync(host));
        foreach (var tenant in host.Service.Store.Tenants)
        {
            foreach (var stored in await host.Service.EventsAsync(tenant))
            {
                var text = System.Text.Encoding.UTF8.GetString(Domesday.Events.Json.EventJson.Write(stored));
                Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
                if (tenant != "system") Assert.DoesNotContain(sealedText, text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_masked_secret_without_an_earlier_one_is_refused()
    {
        await using var host = await DialectHost.StartAsync();
        using var admin = host.Service.Bearer(host.AdminKey);
        Assert.Equal(HttpStatusCode.BadRequest, (await DialectHost.SendAsync(admin, HttpMethod.Post, Path, Config("audit", "****"))).Response.StatusCode);
    }

    [Fact]
    public async Task A_second_one_is_a_conflict_and_every_fault_of_a_bad_one_is_named()
    {
        await using var host = await DialectHost.StartAsync();
        using var admin = host.Service.Bearer(host.AdminKey);
        await DialectHost.SendAsync(admin, HttpMethod.Post, Path, Config("audit", Secret));
        Assert.Equal(HttpStatusCode.Conflict, (await DialectHost.SendAsync(admin, HttpMethod.Post, Path, Config("audit", Secret))).Response.StatusCode);
        var (refused, body) = await DialectHost.SendAsync(admin, HttpMethod.Put, Path, """{"spec":{"auditDataSinks":[{"type":"s3","cloudWatch":{"group":"","region":"moon","credentials":{"credentialType":"sts","partition":"x"}}}]}}""");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var details = JsonNode.Parse(body)!["details"]!.AsObject().Select(detail => detail.Key["spec.auditDataSinks[0].".Length..]);
        Assert.Equal(["type", "cloudWatch.group", "cloudWatch.region", "cloudWatch.credentials.partition", "cloudWatch.credentials.sts.arn"], details);
    }

    [Fact]
    public async Task Another_tenants_sinks_are_as_if_there_were_no_such_tenant()
    {
        await using var host = await DialectHost.StartAsync();
        await host.Service.TenantAsync("other");
        using var admin = host.Service.Bearer(host.AdminKey);
        var (there, thereBody) = await DialectHost.GetAsync(admin, "/v1/tenants/other/assets/dataSinks");
        var (nowhere, nowhereBody) = await DialectHost.GetAsync(admin, "/v1/tenants/nowhere/assets/dataSinks");
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (there.StatusCode, nowhere.StatusCode));
        Assert.Equal(JsonNode.Parse(nowhereBody)!["message"]!.GetValue<string>(), JsonNode.Parse(thereBody)!["message"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Forbidden, (await DialectHost.SendAsync(host.Reader, HttpMethod.Post, Path, Config("audit", Secret))).Response.StatusCode);
    }

    [Fact]
    public async Task Validating_and_pushing_say_that_AWS_cannot_be_reached()
    {
        await using var host = await DialectHost.StartAsync();
        using var admin = host.Service.Bearer(host.AdminKey);
        const string Good = """{"group":"audit","region":"us-gov-west-1","stream":"s","credentials":{"credentialType":"secret","accessKey":"AKIAIOSFODNN7EXAMPLE","secretKey":"x","partition":"aws-us-gov"}}""";
        var (validated, body) = await DialectHost.SendAsync(admin, HttpMethod.Post, "/v1/clouds/aws/cloudwatch/validate", Good);
        Assert.Equal(HttpStatusCode.BadRequest, validated.StatusCode);
        Assert.Contains("did not take it", JsonNode.Parse(body)!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        var (pushed, answer) = await DialectHost.SendAsync(admin, HttpMethod.Post, "/v1/datasinks/cloudwatch", $$"""{"payload":[{"refUid":"1","timestamp":"2026-02-11T22:21:02Z"}],"spec":{{Good}}}""");
        Assert.Equal(HttpStatusCode.BadRequest, pushed.StatusCode);
        Assert.Contains("did not take it", JsonNode.Parse(answer)!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_sealed_secret_opens_with_its_key_and_in_its_place_alone()
    {
        using var folder = new TestFolder();
        var box = SecretBox.Open(folder["a"]).Value;
        var text = box.Seal(Secret, "place");
        Assert.NotEqual(text, box.Seal(Secret, "place"));
        Assert.True(SecretBox.Open(folder["a"]).Value.TryOpen(text, "place", out var secret));
        Assert.Equal(Secret, secret);
        Assert.False(box.TryOpen(text, "elsewhere", out _));
        Assert.False(SecretBox.Open(folder["b"]).Value.TryOpen(text, "place", out _));
        Assert.False(box.TryOpen(text[..^2] + (text[^2] == 'A' ? "BA" : "AA"), "place", out _));
        File.WriteAllText(folder["c"], "short");
        Assert.NotNull(SecretBox.Open(folder["c"]).Problem);
    }

    private static async Task<string> SealedAsync(DialectHost host)
    {
        var change = (await host.Service.EventsAsync("system")).Last(stored => stored.Resource!.Type == "data_sink");
        return change.Change!.After!.Value.GetProperty("targets")[0].GetProperty("secrets").GetProperty("secretKey").GetString()!;
    }

    private static string Config(string name, string secret) => """
        {"metadata":{"name":"NAME"},"spec":{"auditDataSinks":[{"type":"cloudwatch","cloudWatch":{"group":"/audit/a","region":"us-east-1","stream":"s","credentials":{"accessKey":"AKIAIOSFODNN7EXAMPLE","secretKey":"SECRET","credentialType":"secret","partition":"aws"}}}]}}
        """.Replace("NAME", name, StringComparison.Ordinal).Replace("SECRET", secret, StringComparison.Ordinal);
}
