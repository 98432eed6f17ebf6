using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Domesday.Core.Access;
using Domesday.Http.Authorization;
using Domesday.Server.Tests.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Domesday.Server.Tests.Operations;

public sealed class ServingTests
{
    [Fact]
    public async Task A_request_that_runs_when_the_service_stops_gets_its_answer_and_a_new_one_is_refused()
    {
        var (reached, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var service = await TestService.StartAsync(sources: [new TestSource(routes => routes.MapPost("/slow", async () =>
        {
            reached.SetResult();
            await go.Task;
            return "done";
        }).RequirePermission(Permission.AuditWrite))]);
        var running = service.Admin.PostAsync("/slow", null, TestContext.Current.CancellationToken);
        await reached.Task;
        var stopping = service.Service.DisposeAsync();
        await RefusedAsync(service.Url);
        go.SetResult();
        using var response = await running;
        Assert.Equal("done", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await stopping;
    }

    [Fact]
    public async Task A_request_that_never_ends_does_not_keep_the_service_from_stopping()
    {
        var reached = new TaskCompletionSource();
        await using var service = await TestService.StartAsync(sources: [new TestSource(routes => routes.MapGet("/endless", async (HttpContext http) =>
        {
            reached.SetResult();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        }).RequirePermission(Permission.AuditList))]);
        var running = service.Admin.GetAsync("/endless", TestContext.Current.CancellationToken);
        await reached.Task;
        await service.Service.DisposeAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => running);
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused_as_too_large()
    {
        await using var service = await TestService.StartAsync(
            sources: [new TestSource(routes => routes.MapPost("/swallow", (HttpContext http) => http.Request.Body.CopyToAsync(Stream.Null)).RequirePermission(Permission.AuditWrite))],
            arguments: ["--event-bytes-max", "65535", "--batch-bytes-max", "65536"]);
        using var fits = await service.Admin.PostAsync("/swallow", new ByteArrayContent(new byte[65_536]), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, fits.StatusCode);
        using var large = await service.Admin.PostAsync("/swallow", new ByteArrayContent(new byte[65_537]), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.Equal("/problems/toolarge", (await TestService.JsonAsync(large))["type"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_failure_of_the_service_is_a_problem_that_shows_nothing_of_its_inside()
    {
        await using var service = await TestService.StartAsync(sources: [new TestSource(routes =>
            routes.MapGet("/broken", string () => throw new InvalidOperationException("inner secret")).RequirePermission(Permission.AuditList))]);
        using var response = await service.Admin.GetAsync("/broken", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.DoesNotContain("inner", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_after_the_first_byte_cuts_the_answer_so_that_it_never_looks_complete()
    {
        await using var service = await TestService.StartAsync(sources: [new TestSource(routes => routes.MapGet("/half", async (HttpContext http) =>
        {
            await http.Response.WriteAsync("first half");
            await http.Response.Body.FlushAsync();
            throw new IOException("The disk is gone.");
        }).RequirePermission(Permission.AuditList))]);
        await Assert.ThrowsAsync<HttpRequestException>(() => service.Admin.GetAsync("/half", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    public async Task Balancers_may_ask_for_the_headers_alone(string path)
    {
        await using var service = await TestService.StartAsync();
        using var response = await service.Nobody.SendAsync(new(HttpMethod.Head, path), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("GET", "/nothing/here", 404)]
    [InlineData("PUT", "/audit/v1/keys", 405)]
    [InlineData("DELETE", "/healthz", 405)]
    public async Task What_routing_refuses_is_a_problem_too(string method, string path, int status)
    {
        await using var service = await TestService.StartAsync();
        using var response = await service.Nobody.SendAsync(new(new(method), path), TestContext.Current.CancellationToken);
        Assert.Equal((status, "application/problem+json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.ToString()));
        Assert.Equal(status, (await TestService.JsonAsync(response))["status"]!.GetValue<int>());
    }

    [Fact]
    public async Task Https_uses_the_certificate_of_the_settings()
    {
        using var folder = new TestFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        await File.WriteAllTextAsync(folder["cert.pem"], certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["key.pem"], key.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        var settings = TestService.Settings("--urls", "https://127.0.0.1:0", "--data", folder["data"], "--admin-password", TestService.Password, "--tls-cert", folder["cert.pem"], "--tls-key", folder["key.pem"]);
        var store = new TestKit.MemoryStore(TimeProvider.System);
        var parts = new ServeParts { OpenStore = (_, _) => ValueTask.FromResult(new StorePair(store, store)) };
        var started = await RunningService.StartAsync(settings, parts, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
        await using var service = started.Value;
        string? shown = null;
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, presented, _, _) => (shown = presented?.Thumbprint) is not null,
        };
        using var client = new HttpClient(handler);
        Assert.Equal("alive\n", await client.GetStringAsync(new Uri(new Uri(service.Urls.First()), "/healthz"), TestContext.Current.CancellationToken));
        Assert.Equal(certificate.Thumbprint, shown);
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_used_ends_with_exit_code_2_and_its_reason()
    {
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder["cert.pem"], "not a certificate", TestContext.Current.CancellationToken);
        await using var errors = new StringWriter();
        var parts = new ServeParts { OpenStore = (_, _) => throw new InvalidOperationException("A wrong certificate opens no store.") };
        string[] arguments = ["--urls", "https://127.0.0.1:0", "--tls-cert", folder["cert.pem"], "--tls-key", folder["cert.pem"]];
        Assert.Equal(ServeHost.Misused, await ServeHost.RunAsync(arguments, new Dictionary<string, string>(), parts, TextWriter.Null, errors, TestContext.Current.CancellationToken));
        Assert.Contains("DOMESDAY_TLS_CERT", errors.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Waits until nobody listens any more.</summary>
    private static async Task RefusedAsync(Uri url)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            using var probe = new TcpClient();
            try
            {
                await probe.ConnectAsync(url.Host, url.Port, limit.Token);
            }
            catch (SocketException)
            {
                return;
            }
        }
    }
}
