using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Domesday.EndToEnd.Tests;

/// <summary>UCP's documented lines for those who have a client bundle: the built binary over TLS, the real curl, the real docker.</summary>
public sealed class ClientBundleTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_documented_lines_change_the_audit_level_word_for_word()
    {
        await using var service = await StartAsync();
        await BundleAsync(service);
        var script = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "fixtures", "ucp-audit-level.sh"), Cancellation);
        var answer = await ShellAsync(script.Replace("https://ucp-domain", service.Url.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal).Replace("~/ucp-bundle-dir/", _folder["bundle"] + "/", StringComparison.Ordinal));
        Assert.Equal("""{"logLevel":"INFO","auditLevel":"request","supportDumpIncludeAuditLogs":false}""", answer);
        Assert.Equal(answer, await ShellAsync("source env.sh && curl -sS --cacert ca.pem --cert cert.pem --key key.pem $DOMESDAY_SERVER/api/ucp/config/logging"));
        using var admin = service.Admin();
        Assert.Equal("request", (await admin.JsonAsync("/audit/v1/policies"))["policy"]!["level"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_documented_docker_line_prints_the_last_audit_line()
    {
        await using var service = await StartAsync();
        await BundleAsync(service);
        using var admin = service.Admin();
        using var events = new StringContent("""[{"action":"read","time":"2026-02-01T00:00:00Z"},{"action":"create","time":"2026-02-01T00:00:01Z","request":{"method":"POST","uri":"/services/create"}}]""", Encoding.UTF8, "application/json");
        using var stored = await admin.PostAsync("/audit/v1/events", events, Cancellation);
        Assert.Equal(HttpStatusCode.OK, stored.StatusCode);
        Assert.SkipUnless((await Command.RunAsync("bash", ["-c", "command -v docker"])).ExitCode == 0, "Needs the Debian package docker.io.");
        var line = JsonNode.Parse(await ShellAsync("source env.sh && docker logs ucp-controller --tail 1"))!;
        Assert.Equal(("audit", "/services/create"), (line["msg"]!.GetValue<string>(), line["audit"]!["requestURI"]!.GetValue<string>()));
        var both = await ShellAsync("source env.sh && unset DOCKER_TLS_VERIFY && docker --tlsverify --tlscacert ca.pem --tlscert cert.pem --tlskey key.pem logs ucp-controller");
        Assert.Equal(2, both.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task A_revoked_bundle_opens_nothing_and_a_server_that_it_does_not_know_gets_nothing()
    {
        await using var service = await StartAsync();
        var serial = await BundleAsync(service);
        const string Ask = "source env.sh && curl -sS --cacert ca.pem --cert cert.pem --key key.pem -o /dev/null -w '%{http_code}' $DOMESDAY_SERVER/api/ucp/config/logging";
        Assert.Equal("200", await ShellAsync(Ask));
        var revoked = await DomesdayAsync(service, "client-bundle", "revoke", serial);
        Assert.True(revoked.ExitCode == 0, revoked.Errors);
        Assert.Equal("401", await ShellAsync(Ask));
        await File.WriteAllTextAsync(_folder["bundle/ca.pem"], SelfSigned().ExportCertificatePem(), Cancellation);
        var refused = await Command.RunAsync("bash", ["-c", Ask], folder: _folder["bundle"]);
        Assert.Equal((60, "000"), (refused.ExitCode, refused.Output));
    }

    public void Dispose() => _folder.Dispose();

    private async Task<ServiceProcess> StartAsync()
    {
        Assert.SkipUnless((await Command.RunAsync("bash", ["-c", "command -v curl"])).ExitCode == 0, "Needs the Debian package curl.");
        using var certificate = SelfSigned();
        await File.WriteAllTextAsync(_folder["server.pem"], certificate.ExportCertificatePem(), Cancellation);
        await File.WriteAllTextAsync(_folder["server-key.pem"], certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(), Cancellation);
        return await ServiceProcess.StartAsync(_folder["data"], new Dictionary<string, string>
        {
            ["DOMESDAY_ADMIN_PASSWORD"] = ServiceProcess.Password,
            ["DOMESDAY_URLS"] = "https://127.0.0.1:0",
            ["DOMESDAY_TLS_CERT"] = _folder["server.pem"],
            ["DOMESDAY_TLS_KEY"] = _folder["server-key.pem"],
        });
    }

    /// <returns>The certificate's serial number.</returns>
    private async Task<string> BundleAsync(ServiceProcess service)
    {
        var made = await DomesdayAsync(service, "client-bundle", "create", "--user", "admin", "--output", _folder["bundle"]);
        Assert.True(made.ExitCode == 0, made.Errors);
        return made.Errors.Split(' ')[1].TrimEnd(',');
    }

    /// <summary>As somebody who trusts the server's certificate.</summary>
    private Task<Command> DomesdayAsync(ServiceProcess service, params string[] arguments) => Command.RunAsync(Command.Domesday, arguments, new Dictionary<string, string>
    {
        ["DOMESDAY_SERVER"] = service.Url.GetLeftPart(UriPartial.Authority),
        ["DOMESDAY_USER"] = "admin",
        ["DOMESDAY_PASSWORD"] = ServiceProcess.Password,
        ["SSL_CERT_FILE"] = _folder["server.pem"],
    });

    /// <summary>In the folder of the bundle.</summary>
    private async Task<string> ShellAsync(string script)
    {
        var ran = await Command.RunAsync("bash", ["-c", script], new Dictionary<string, string> { ["DOCKER_CONFIG"] = _folder["bundle"] }, _folder["bundle"]);
        Assert.True(ran.ExitCode == 0, ran.Errors);
        return ran.Output;
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=domesday", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(7));
    }
}
