using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Domesday.TestKit;

namespace Domesday.Server.Tests.Access;

/// <summary>OpenStack's own programs, where <see cref="FederationTests"/> plays them.</summary>
public sealed class RealKeystoneTests
{
    private const string Client = "/usr/bin/openstack";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_of_a_real_Keystone_exports_by_its_role_until_a_minute_after_it_was_revoked()
    {
        Assert.SkipUnless(KeystoneService.IsInstalled, "Needs the Debian package keystone.");
        await using var keystone = await KeystoneService.StartAsync(null, Cancellation);
        var time = new ManualTime();
        await using var service = await TestService.StartAsync(time: time, arguments: ["--keystone-url", keystone.Url.ToString(), "--keystone-tenant", "acme", "--keystone-roles", "admin=auditor"]);
        await service.TenantAsync("acme");
        var token = (await keystone.SignInAsync("admin", KeystoneService.Password, Cancellation))!;
        using var admin = With(service, token);
        using var forger = With(service, token[..^8] + "AAAAAAAA");
        var me = await TestService.GetAsync(admin, "/audit/v1/me");
        Assert.Equal(("federated", "admin", "acme"), (me["kind"]!.GetValue<string>(), me["name"]!.GetValue<string>(), me["tenant"]!.GetValue<string>()));
        Assert.Equal(HttpStatusCode.OK, await admin.StatusAsync(HttpMethod.Get, "/resmgr/audit/export"));
        Assert.Equal(HttpStatusCode.Forbidden, await admin.StatusAsync(HttpMethod.Put, "/audit/v1/policies", []));
        Assert.Equal(HttpStatusCode.Unauthorized, await forger.StatusAsync(HttpMethod.Get, "/resmgr/audit/export"));
        await keystone.RevokeAsync(token, Cancellation);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await admin.StatusAsync(HttpMethod.Get, "/resmgr/audit/export"));
    }

    [Fact]
    public async Task The_openstack_command_signs_in_here_and_its_token_exports()
    {
        Assert.SkipUnless(File.Exists(Client), "Needs the Debian package python3-openstackclient.");
        await using var service = await TestService.StartAsync();
        var (status, output, errors) = await IssueAsync(service, TestService.Password);
        Assert.True(status == 0, errors);
        using var issued = With(service, JsonNode.Parse(output)!["id"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, await issued.StatusAsync(HttpMethod.Get, "/resmgr/audit/export"));
        var (refused, _, why) = await IssueAsync(service, "wrong");
        Assert.NotEqual(0, refused);
        Assert.Contains("(HTTP 401)", why, StringComparison.Ordinal);
    }

    private static async Task<(int Status, string Output, string Errors)> IssueAsync(TestService service, string password)
    {
        var start = new ProcessStartInfo(Client, ["token", "issue", "-f", "json"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new[]
        {
            ("AUTH_URL", new Uri(service.Url, "/keystone/v3").ToString()), ("IDENTITY_API_VERSION", "3"), ("USERNAME", "admin"), ("PASSWORD", password),
            ("PROJECT_NAME", "default"), ("USER_DOMAIN_ID", "default"), ("PROJECT_DOMAIN_ID", "default"),
        }) start.Environment["OS_" + name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(Cancellation);
        var output = await process.StandardOutput.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode, output, await errors);
    }

    private static HttpClient With(TestService service, string token)
    {
        var client = service.Client(null);
        client.DefaultRequestHeaders.Add("X-Auth-Token", token);
        return client;
    }
}
