using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Domesday.Server.Tests;

namespace Domesday.Dialects.Tests.DockerUcp;

/// <summary>The audit level is read and set in both of UCP's forms, and nothing else is lost on the way.</summary>
public class DockerUcpConfigTests
{
    private const string Logging = "/api/ucp/config/logging";
    private const string Toml = "/api/ucp/config-toml";

    [Fact]
    public async Task Signing_in_gives_a_token_that_opens_the_configuration_whatever_the_body_is_called()
    {
        await using var host = await DialectHost.StartAsync();
        foreach (var type in (string[])["application/json", "application/x-www-form-urlencoded", "text/plain"])
        {
            using var content = new StringContent($$"""{"username":"admin","password":"{{DialectHost.Password}}"}""", Encoding.UTF8, type);
            using var response = await host.Nobody.PostAsync("/auth/login", content, TestContext.Current.CancellationToken);
            var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
            Assert.Equal(["auth_token"], body.AsObject().Select(member => member.Key));
            using var client = host.Service.Bearer(body["auth_token"]!.GetValue<string>());
            Assert.Equal("metadata", (await DialectHost.JsonAsync(client, Logging))["auditLevel"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task A_wrong_sign_in_is_refused_in_the_engines_form()
    {
        await using var host = await DialectHost.StartAsync();
        await IsMessageAsync(host.Nobody, HttpMethod.Post, "/auth/login", """{"username":"admin","password":"wrong"}""", HttpStatusCode.Unauthorized);
        await IsMessageAsync(host.Nobody, HttpMethod.Post, "/auth/login", """{"username":"nobody","password":"wrong"}""", HttpStatusCode.Unauthorized);
        foreach (var body in (string[])["", "x", "[]", "{}", """{"username":1,"password":"x"}""", """{"username":"admin"}""", """{"username":"a","username":"b","password":"x"}"""])
            await IsMessageAsync(host.Nobody, HttpMethod.Post, "/auth/login", body, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Refusals_of_every_sort_have_the_engines_form()
    {
        await using var host = await DialectHost.StartAsync();
        await IsMessageAsync(host.Nobody, HttpMethod.Get, Logging, null, HttpStatusCode.Unauthorized);
        await IsMessageAsync(host.Writer, HttpMethod.Get, Logging, null, HttpStatusCode.Forbidden);
        await IsMessageAsync(host.Reader, HttpMethod.Put, Toml, "", HttpStatusCode.Forbidden);
        await IsMessageAsync(host.Reader, HttpMethod.Post, Logging, "{}", HttpStatusCode.MethodNotAllowed);
        await IsMessageAsync(host.Reader, HttpMethod.Get, "/api/ucp/nothing", null, HttpStatusCode.NotFound);
        await IsMessageAsync(host.Reader, HttpMethod.Get, "/v1.41/containers/web/json", null, HttpStatusCode.NotFound);
        await IsMessageAsync(host.Reader, HttpMethod.Get, "/v1.41/services", null, HttpStatusCode.NotFound);
        await IsMessageAsync(host.Reader, HttpMethod.Get, "/containers/ucp-controller/logs", null, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task What_is_put_comes_back_compact_with_members_that_nobody_knows()
    {
        await using var host = await DialectHost.StartAsync();
        using var admin = host.Service.Bearer(host.AdminKey);
        var (fresh, text) = await DialectHost.GetAsync(admin, Logging);
        Assert.Equal("application/json", Assert.Single(fresh.Content.Headers.NonValidated["Content-Type"]));
        Assert.Equal("""{"logLevel":"INFO","auditLevel":"metadata","supportDumpIncludeAuditLogs":false}""", text);
        var (put, answer) = await DialectHost.SendAsync(admin, HttpMethod.Put, Logging, """{ "logLevel": "debug", "AuditLevel": "Request", "supportDumpIncludeAuditLogs": true, "logHost": "a b:514", "logProtocol": "udp" }""");
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.Equal("""{"logLevel":"DEBUG","auditLevel":"request","supportDumpIncludeAuditLogs":true,"logHost":"a\u0020b:514","logProtocol":"udp"}""", answer);
        Assert.Equal(answer, (await DialectHost.GetAsync(admin, Logging)).Body);
        Assert.DoesNotContain(' ', answer);
    }

    [Theory]
    [InlineData("""{"auditLevel":"everything"}""", "auditLevel")]
    [InlineData("""{"auditLevel":1}""", "auditLevel")]
    [InlineData("""{"logLevel":"LOUD","supportDumpIncludeAuditLogs":"yes"}""", "supportDumpIncludeAuditLogs")]
    [InlineData("[]", "object")]
    [InlineData("{", "JSON")]
    [InlineData("""{"auditLevel":"none","auditLevel":"request"}""", "twice")]
    public async Task A_wrong_configuration_changes_nothing(string body, string named)
    {
        await using var host = await DialectHost.StartAsync();
        using var admin = host.Service.Bearer(host.AdminKey);
        Assert.Contains(named, await IsMessageAsync(admin, HttpMethod.Put, Logging, body, HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Contains("\"metadata\"", (await DialectHost.GetAsync(admin, Logging)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leaving_the_level_out_does_not_switch_auditing_off()
    {
        await using var host = await DialectHost.StartAsync();
        using var admin = host.Service.Bearer(host.AdminKey);
        await DialectHost.SendAsync(admin, HttpMethod.Put, Logging, """{"auditLevel":"request"}""");
        await DialectHost.SendAsync(admin, HttpMethod.Put, Logging, """{"logLevel":"WARN"}""");
        await DialectHost.SendAsync(admin, HttpMethod.Put, Toml, "[auth]\nbackend = \"managed\"\n");
        Assert.Equal("""{"logLevel":"WARN","auditLevel":"request","supportDumpIncludeAuditLogs":false}""", (await DialectHost.GetAsync(admin, Logging)).Body);
    }

    [Fact]
    public async Task The_toml_keeps_what_is_not_about_logging_byte_for_byte()
    {
        const string config = "# ours\n[auth]\n  backend = 'managed' # x\n\n[audit_log_configuration]\n  level = \"request\"   # y\n  support_bundle_include_audit_logs = true\n[log_configuration]\n  level = \"DEBUG\"\n  host = \"h\"\n";
        await using var host = await DialectHost.StartAsync();
        using var admin = host.Service.Bearer(host.AdminKey);
        var (put, answer) = await DialectHost.SendAsync(admin, HttpMethod.Put, Toml, config);
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.Equal(["message"], JsonNode.Parse(answer)!.AsObject().Select(member => member.Key));
        Assert.Equal(config, (await DialectHost.GetAsync(admin, Toml)).Body);
        Assert.Equal("""{"logLevel":"DEBUG","auditLevel":"request","supportDumpIncludeAuditLogs":true}""", (await DialectHost.GetAsync(admin, Logging)).Body);
        await DialectHost.SendAsync(admin, HttpMethod.Put, Logging, """{"auditLevel":"","supportDumpIncludeAuditLogs":false}""");
        Assert.Equal(config.Replace("\"request\"", "\"\"", StringComparison.Ordinal).Replace("true", "false", StringComparison.Ordinal), (await DialectHost.GetAsync(admin, Toml)).Body);
    }

    [Fact]
    public async Task Without_a_put_the_toml_says_what_is_in_force()
    {
        await using var host = await DialectHost.StartAsync();
        using var admin = host.Service.Bearer(host.AdminKey);
        var (response, toml) = await DialectHost.GetAsync(admin, Toml);
        Assert.StartsWith("application/toml", Assert.Single(response.Content.Headers.NonValidated["Content-Type"]), StringComparison.Ordinal);
        Assert.Contains("[audit_log_configuration]\n  level = \"metadata\"\n", toml, StringComparison.Ordinal);
        Assert.Contains("support_dump_include_audit_logs = false", toml, StringComparison.Ordinal);
        Assert.Contains("not TOML: line 2", await IsMessageAsync(admin, HttpMethod.Put, Toml, "a = 1\nb", HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Contains("level", await IsMessageAsync(admin, HttpMethod.Put, Toml, "[audit_log_configuration]\nlevel = 5", HttpStatusCode.BadRequest), StringComparison.Ordinal);
        await IsMessageAsync(admin, HttpMethod.Put, Toml, "a = \"" + new string('x', 21_000) + '"', HttpStatusCode.RequestEntityTooLarge);
        Assert.Equal(toml, (await DialectHost.GetAsync(admin, Toml)).Body);
    }

    [Fact]
    public async Task A_change_of_the_level_is_an_event_of_the_tenant_and_of_the_service_and_a_line_of_the_log()
    {
        await using var host = await DialectHost.StartAsync();
        using var admin = host.Service.Bearer(host.AdminKey);
        await DialectHost.SendAsync(admin, HttpMethod.Put, Logging, """{"auditLevel":"none"}""");
        foreach (var ledger in (string[])[DialectHost.Tenant, "system"])
        {
            var change = await host.Service.EventAsync(ledger, kept => kept.Resource?.Type == "capture_policy");
            Assert.Equal("none", change.Change!.After!.Value.GetProperty("policy").GetProperty("level").GetString());
        }
        var line = await host.Service.EventAsync(DialectHost.Tenant, kept => kept.Operation == "ucp.config.update");
        Assert.Equal(("PUT", Logging, 200), (line.Request!.Method, line.Request.Uri, line.Outcome!.Status));
    }

    [Fact]
    public async Task The_configuration_outlives_a_restart_and_its_toml_stands_in_no_ledger_in_clear()
    {
        using var data = new TestFolder();
        await using var host = await DialectHost.StartAsync(data: data);
        using var admin = host.Service.Bearer(host.AdminKey);
        await DialectHost.SendAsync(admin, HttpMethod.Put, Toml, "[auth.ldap]\nreader_password = \"S3cr3t-ldap\"\n[audit_log_configuration]\nlevel = \"request\"\n");
        var told = await host.Service.EventAsync(DialectHost.Tenant, kept => kept.Resource?.Type == "dialect_settings");
        Assert.Contains("docker-ucp", told.Resource!.Id, StringComparison.Ordinal);
        foreach (var ledger in (string[])[DialectHost.Tenant, "system"])
        {
            Assert.All(await host.Service.EventsAsync(ledger), kept => Assert.DoesNotContain("S3cr3t", Encoding.UTF8.GetString(Events.Json.EventJson.Write(kept)), StringComparison.Ordinal));
        }
        var toml = (await DialectHost.GetAsync(admin, Toml)).Body;
        await using var second = await TestService.StartAsync(host.Service.Store, host.Time, data: data);
        using var again = second.Bearer(host.AdminKey);
        Assert.Equal(toml, (await DialectHost.GetAsync(again, Toml)).Body);
        Assert.Contains("S3cr3t-ldap", toml, StringComparison.Ordinal);
    }

    private static async Task<string> IsMessageAsync(HttpClient client, HttpMethod method, string path, string? body, HttpStatusCode status)
    {
        var (response, text) = await DialectHost.SendAsync(client, method, path, body);
        Assert.True(response.StatusCode == status, $"{method} {path} {body}: {(int)response.StatusCode} {text}");
        Assert.Equal("application/json", Assert.Single(response.Content.Headers.NonValidated["Content-Type"]));
        var message = Assert.Single(JsonNode.Parse(text)!.AsObject());
        Assert.Equal("message", message.Key);
        Assert.NotEmpty(message.Value!.GetValue<string>());
        return message.Value.GetValue<string>();
    }
}
