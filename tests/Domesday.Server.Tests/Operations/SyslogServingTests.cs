using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Domesday.Ingest;
using Domesday.Server.Settings;

namespace Domesday.Server.Tests.Operations;

/// <summary>The service listens for syslog where settings say so, and for whom.</summary>
public class SyslogServingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static X509Certificate2 Made(string name, X509Certificate2? issuer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(issuer is null, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        if (issuer is null) return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        using var signed = request.Create(issuer, now.AddHours(-1), now.AddDays(1), [1, 2, 3]);
        using var whole = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pfx), null);
    }

    private static async Task SendAsync(IPEndPoint address, string text)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address, Cancellation);
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text), Cancellation);
    }

    /// <summary>Sends, unless it is turned away: with TLS 1.3 a client may find out only later.</summary>
    private static async Task SendTlsAsync(IPEndPoint address, X509Certificate2 server, X509Certificate2? client, string text)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(address, Cancellation);
        await using var tls = new SslStream(connection.GetStream());
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                ClientCertificates = client is null ? null : [client],
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.GetCertHashString() == server.Thumbprint,
            }, Cancellation);
            await tls.WriteAsync(Encoding.UTF8.GetBytes(text), Cancellation);
            await tls.ShutdownAsync();
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            // Turned away.
        }
    }

    [Fact]
    public async Task Each_address_feeds_its_tenant()
    {
        await using var service = await TestService.StartAsync(sources: IngestCatalog.Sources, arguments: ["--syslog-tcp", "127.0.0.1:0;127.0.0.1:0/acme", "--syslog-udp", "127.0.0.1:0/acme"]);
        await service.TenantAsync("acme");
        var (udp, first, second) = (service.Service.SyslogEndPoints[0], service.Service.SyslogEndPoints[1], service.Service.SyslogEndPoints[2]);
        await SendAsync(first, "<13>a: one\n");
        await SendAsync(second, "<13>a: two\n");
        using var datagrams = new UdpClient();
        await datagrams.SendAsync("<13>a: three"u8.ToArray(), udp, Cancellation);
        Assert.Equal("one", (await service.EventAsync("default", one => one.SourceKind == "syslog")).Raw!.Value.GetProperty("message").GetString());
        await service.EventAsync("acme", one => one.Raw?.GetProperty("message").GetString() == "two");
        await service.EventAsync("acme", one => one.Raw?.GetProperty("message").GetString() == "three");
    }

    [Fact]
    public async Task What_comes_in_for_a_tenant_that_is_not_there_yet_waits_for_it()
    {
        await using var service = await TestService.StartAsync(sources: IngestCatalog.Sources, arguments: ["--syslog-tcp", "127.0.0.1:0/later"]);
        await SendAsync(service.Service.SyslogEndPoints[0], "<13>a: early\n");
        await service.TenantAsync("later");
        await service.EventAsync("later", one => one.Raw?.GetProperty("message").GetString() == "early");
    }

    [Fact]
    public async Task With_a_client_CA_only_clients_with_its_certificates_are_served()
    {
        using var folder = new TestFolder();
        using var server = Made("localhost", null);
        using var issuer = Made("issuer", null);
        using var known = Made("web-1", issuer);
        using var stranger = Made("stranger", null);
        foreach (var (file, text) in new[] { ("cert.pem", server.ExportCertificatePem()), ("key.pem", server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()), ("ca.pem", issuer.ExportCertificatePem()) })
        {
            await File.WriteAllTextAsync(folder[file], text, Cancellation);
        }
        await using var service = await TestService.StartAsync(sources: IngestCatalog.Sources,
            arguments: ["--syslog-tls", "127.0.0.1:0", "--tls-cert", folder["cert.pem"], "--tls-key", folder["key.pem"], "--syslog-client-ca", folder["ca.pem"]]);
        var address = service.Service.SyslogEndPoints[0];
        await SendTlsAsync(address, server, null, "<13>a: nobody\n");
        await SendTlsAsync(address, server, stranger, "<13>a: stranger\n");
        await SendTlsAsync(address, server, known, "<13>a: known\n");
        var stored = await service.EventAsync("default", one => one.SourceKind == "syslog");
        Assert.Equal(("known", "tls 127.0.0.1 CN=web-1"), (stored.Raw!.Value.GetProperty("message").GetString(), stored.Labels!["sender"]));
        while (!(await service.Admin.GetStringAsync("/metrics", Cancellation)).Contains("domesday_syslog_connections_refused_total{transport=\"tls\"} 2", StringComparison.Ordinal)) await Task.Yield();
        Assert.Single(await service.EventsAsync("default"), one => one.SourceKind == "syslog");
    }

    [Theory]
    [InlineData("514", "DOMESDAY_SYSLOG_UDP")]
    [InlineData("localhost:514", "DOMESDAY_SYSLOG_UDP")]
    [InlineData("::1", "DOMESDAY_SYSLOG_UDP")]
    [InlineData("127.0.0.1:514/Acme Inc", "DOMESDAY_SYSLOG_UDP")]
    [InlineData(";", "DOMESDAY_SYSLOG_UDP")]
    [InlineData("127.0.0.1:6514", "DOMESDAY_SYSLOG_TLS")]
    [InlineData("http://user:secret@host/", "DOMESDAY_CADF_AMQP")]
    [InlineData("amqp//user:secret@host", "DOMESDAY_CADF_AMQP")]
    public void A_wrong_setting_is_said_so_before_anything_listens(string text, string name)
    {
        var fault = Assert.Single(SettingsReader.Read([], new Dictionary<string, string> { [name] = text }).Faults);
        Assert.Contains(name, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault, StringComparison.Ordinal);
    }
}
