using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Domesday.Ingest;

namespace Domesday.Server.Tests.Access;

public sealed class ClientCertificateTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bundle_signs_its_user_in_until_it_is_revoked_also_on_an_open_connection()
    {
        using var folder = new TestFolder();
        await using var service = await StartAsync(folder);
        using var admin = Client(service, null, People.Basic("admin", TestService.Password).ToString());
        using var made = await admin.PostAsJsonAsync("/audit/v1/users", new JsonObject { ["name"] = "alice", ["password"] = People.Password, ["role"] = "auditor" }, Cancellation);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var bundle = await TestService.PostAsync(admin, "/audit/v1/certificates", new() { ["user"] = "alice", ["days"] = 30 });
        using var certificate = CertificateOf(bundle);
        using var alice = Client(service, certificate);
        var me = await TestService.GetAsync(alice, "/audit/v1/me");
        Assert.Equal("alice", me["name"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, await alice.StatusAsync(HttpMethod.Get, "/audit/v1/events"));
        Assert.Equal(HttpStatusCode.Forbidden, await alice.StatusAsync(HttpMethod.Post, "/audit/v1/events", new() { ["action"] = "create" }));
        var serial = bundle["serial"]!.GetValue<string>();
        Assert.Equal(serial, certificate.SerialNumber);
        Assert.Null((await TestService.GetAsync(admin, $"/audit/v1/certificates/{serial}"))["key_pem"]);
        Assert.Equal(HttpStatusCode.NoContent, await admin.StatusAsync(HttpMethod.Delete, $"/audit/v1/certificates/{serial}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await alice.StatusAsync(HttpMethod.Get, "/audit/v1/me"));
        var list = await admin.GetStringAsync("/audit/v1/certificates/revocation-list", Cancellation);
        Assert.StartsWith("-----BEGIN X509 CRL-----", list, StringComparison.Ordinal);
        var der = Convert.FromBase64String(string.Concat(list.Split('\n')[1..^2]));
        Assert.True(der.AsSpan().IndexOf(Convert.FromHexString(serial)) > 0);
    }

    [Fact]
    public async Task A_certificate_of_nobodys_authority_is_refused_with_an_answer_and_a_header_goes_before_it()
    {
        using var folder = new TestFolder();
        await using var service = await StartAsync(folder);
        using var forged = SelfSigned("CN=admin");
        using var stranger = Client(service, forged);
        Assert.Equal(HttpStatusCode.Unauthorized, await stranger.StatusAsync(HttpMethod.Get, "/audit/v1/me"));
        using var both = Client(service, forged, People.Basic("admin", TestService.Password).ToString());
        Assert.Equal(HttpStatusCode.OK, await both.StatusAsync(HttpMethod.Get, "/audit/v1/me"));
    }

    [Fact]
    public async Task Certificates_of_another_authority_sign_in_by_their_common_name()
    {
        using var folder = new TestFolder();
        using var authority = Authority("CN=Company");
        await File.WriteAllTextAsync(folder["company.pem"], authority.ExportCertificatePem(), Cancellation);
        await using var service = await StartAsync(folder, "--tls-client-ca", folder["company.pem"]);
        using var known = Signed(authority, "CN=admin");
        using var admin = Client(service, known);
        Assert.Equal("admin", (await TestService.GetAsync(admin, "/audit/v1/me"))["name"]!.GetValue<string>());
        using var nobodys = Signed(authority, "CN=nobody-here");
        using var nobody = Client(service, nobodys);
        Assert.Equal(HttpStatusCode.Unauthorized, await nobody.StatusAsync(HttpMethod.Get, "/audit/v1/me"));
    }

    [Fact]
    public async Task A_certificate_that_is_not_valid_any_more_opens_no_route()
    {
        using var folder = new TestFolder();
        var time = new ManualTime(TimeProvider.System.GetUtcNow());
        await using var service = await StartAsync(folder, time);
        using var admin = Client(service, null, People.Basic("admin", TestService.Password).ToString());
        var ended = new List<(string What, X509Certificate2 Certificate, HttpClient Client)>();
        foreach (var user in new[] { "revoked", "expired", "disabled", "deleted" })
        {
            using var made = await admin.PostAsJsonAsync("/audit/v1/users", new JsonObject { ["name"] = user, ["password"] = People.Password, ["role"] = "tenant_admin" }, Cancellation);
            var bundle = await TestService.PostAsync(admin, "/audit/v1/certificates", new() { ["user"] = user, ["days"] = user == "expired" ? 1 : 30 });
            var certificate = CertificateOf(bundle);
            ended.Add((user, certificate, Client(service, certificate)));
            Assert.Equal(HttpStatusCode.OK, await ended[^1].Client.StatusAsync(HttpMethod.Get, "/audit/v1/events"));
            if (user == "revoked") Assert.Equal(HttpStatusCode.NoContent, await admin.StatusAsync(HttpMethod.Delete, $"/audit/v1/certificates/{certificate.SerialNumber}"));
            if (user == "disabled") Assert.Equal(HttpStatusCode.OK, await admin.StatusAsync(HttpMethod.Patch, "/audit/v1/users/disabled", new() { ["disabled"] = true }));
            if (user == "deleted") Assert.Equal(HttpStatusCode.NoContent, await admin.StatusAsync(HttpMethod.Delete, "/audit/v1/users/deleted"));
        }
        var forged = SelfSigned("CN=admin");
        ended.Add(("nobody's authority", forged, Client(service, forged)));
        time.Advance(TimeSpan.FromDays(2));
        foreach (var route in NegativeMatrixTests.Guarded)
        {
            foreach (var (what, _, client) in ended)
            {
                var answer = await NegativeMatrixTests.AskAsync(client, route, MatrixWorld.Call(route, MatrixWorld.NotThere));
                Assert.True(answer.StartsWith("401", StringComparison.Ordinal), $"{route.Route} with {what}: {answer}");
            }
            // Longer than the limiter remembers: this is about answers, not about haste.
            time.Advance(TimeSpan.FromMinutes(16));
        }
        foreach (var (_, certificate, client) in ended)
        {
            client.Dispose();
            certificate.Dispose();
        }
    }

    private static Task<RunningService> StartAsync(TestFolder folder, params string[] arguments) => StartAsync(folder, TimeProvider.System, arguments);

    private static async Task<RunningService> StartAsync(TestFolder folder, TimeProvider time, params string[] arguments)
    {
        using var certificate = SelfSigned("CN=127.0.0.1");
        await File.WriteAllTextAsync(folder["cert.pem"], certificate.ExportCertificatePem(), Cancellation);
        await File.WriteAllTextAsync(folder["key.pem"], certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(), Cancellation);
        var settings = TestService.Settings(["--urls", "https://127.0.0.1:0", "--data", folder["data"], "--admin-password", TestService.Password, "--tls-cert", folder["cert.pem"], "--tls-key", folder["key.pem"], .. arguments]);
        var store = new TestKit.MemoryStore(time);
        var parts = new ServeParts { OpenStore = (_, _) => ValueTask.FromResult(new StorePair(store, store)), Sources = IngestCatalog.Sources, Time = time };
        var started = await RunningService.StartAsync(settings, parts, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, Cancellation);
        Assert.Null(started.Problem);
        return started.Value;
    }

    private static HttpClient Client(RunningService service, X509Certificate2? certificate, string? authorization = null)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, presented, _, _) => presented is not null;
        if (certificate is not null) handler.SslOptions.ClientCertificates = [certificate];
        if (certificate is not null) handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        var client = new HttpClient(handler) { BaseAddress = new(service.Urls.First()) };
        if (authorization is not null) client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        return client;
    }

    private static X509Certificate2 CertificateOf(JsonObject bundle) => X509Certificate2.CreateFromPem(bundle["cert_pem"]!.GetValue<string>(), bundle["key_pem"]!.GetValue<string>());

    private static X509Certificate2 SelfSigned(string subject)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var made = new CertificateRequest(subject, pair, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509Certificate2.CreateFromPem(made.ExportCertificatePem(), pair.ExportPkcs8PrivateKeyPem());
    }

    private static X509Certificate2 Authority(string subject)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, pair, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        return X509Certificate2.CreateFromPem(made.ExportCertificatePem(), pair.ExportPkcs8PrivateKeyPem());
    }

    private static X509Certificate2 Signed(X509Certificate2 authority, string subject)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, pair, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.Create(authority, now.AddHours(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(8));
        return X509Certificate2.CreateFromPem(made.ExportCertificatePem(), pair.ExportPkcs8PrivateKeyPem());
    }
}
