using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Domesday.EndToEnd.Tests.Proxies;

/// <summary>Proxy and service are killed at random while changes and reads go through: what was carried out has one event, and no request has two.</summary>
public sealed class RandomKillTests
{
    private const int Workers = 8;
    private const string Open = """{"level":"metadata"}""";
    private const string Closed = """{"level":"metadata","rules":[{"level":"metadata","fail":"closed"}]}""";

    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("DOMESDAY_TEST_KILLS") ?? "4", CultureInfo.InvariantCulture);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="spoolMebibytes">1: the spool has small files, of which many come and go, and is full now and then.</param>
    [Theory]
    [InlineData(1, true, false, 1024)]
    [InlineData(2, false, false, 1024)]
    [InlineData(3, true, true, 1024)]
    [InlineData(4, false, true, 1024)]
    [InlineData(5, false, false, 1)]
    [InlineData(6, false, true, 1)]
    public async Task What_was_carried_out_has_one_event_whoever_is_killed(int seed, bool isTls, bool isClosed, int spoolMebibytes)
    {
        var random = new Random(seed);
        using var folder = new TestFolder();
        using var upstream = new AnsweringUpstream(folder["upstream.sock"]);
        await File.WriteAllTextAsync(folder["policy.json"], isClosed ? Closed : Open, Cancellation);
        await MakeCertificateAsync(folder);
        var (answered, key, next, unrecorded) = (new ConcurrentDictionary<string, HttpStatusCode>(), "", 0, 0L);
        for (var round = 0; round < Rounds; round++)
        {
            await using var service = await ServiceProcess.StartAsync(folder["data"]);
            if (round == 0)
            {
                using var admin = service.Admin();
                key = await admin.KeyAsync("read", "write");
            }
            await using var proxy = await StartAsync(service.Url, key, folder, isTls, spoolMebibytes);
            var until = answered.Count + random.Next(50, spoolMebibytes == 1 ? 6_000 : 1_500);
            var isServiceKilled = random.Next(2) == 0;
            var serviceDiesAt = answered.Count + random.Next(10, 500);
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var serviceReached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var workers = Enumerable.Range(0, Workers).Select(_ => AskAsync(proxy, folder, isTls, () => Interlocked.Increment(ref next), (id, status) =>
            {
                answered[id] = status;
                if (answered.Count >= until) reached.TrySetResult();
                if (answered.Count >= serviceDiesAt) serviceReached.TrySetResult();
            })).ToList();
            if (isServiceKilled)
            {
                await serviceReached.Task;
                await service.KillAsync();
            }
            await reached.Task;
            // At fail: open a full spool serves unrecorded, and counts it.
            unrecorded += await proxy.CounterAsync("unrecorded_total");
            await proxy.KillAsync();
            await Task.WhenAll(workers);
        }
        await CheckAsync(folder, key, upstream, answered, isTls, spoolMebibytes, unrecorded);
    }

    private static async Task CheckAsync(TestFolder folder, string key, AnsweringUpstream upstream, ConcurrentDictionary<string, HttpStatusCode> answered, bool isTls, int spoolMebibytes, long unrecorded)
    {
        await using var service = await ServiceProcess.StartAsync(folder["data"]);
        await using var proxy = await StartAsync(service.Url, key, folder, isTls, spoolMebibytes);
        while (await proxy.CounterAsync("spool_waiting") > 0) await Task.Delay(50, Cancellation);
        using var client = service.Bearer(key);
        var events = await EventsAsync(client);
        Assert.Distinct(events.Select(one => one.Id));
        var results = events.ToDictionary(one => one.Id, one => one.Result);
        // Reads may be carried out and die with the proxy before their answer passes; a change is noted before it is passed on.
        var owed = upstream.Done.Keys.Where(id => id.StartsWith('c')).Concat(answered.Where(one => one.Value == HttpStatusCode.OK).Select(one => one.Key)).Distinct().ToList();
        var missing = owed.Where(id => !results.ContainsKey(id)).ToList();
        // Those who were served while the spool was full are counted, up to the moment of the kill.
        Assert.True(missing.Count == 0 || unrecorded > 0, $"{missing.Count} of {owed.Count} have no event: {string.Join(' ', missing.Take(10))}");
        if (spoolMebibytes > 1) Assert.Equal(0, unrecorded);
        foreach (var id in answered.Where(one => one.Value == HttpStatusCode.OK && results.ContainsKey(one.Key)).Select(one => one.Key)) Assert.True(results[id] == "success" || unrecorded > 0, id);
        // What was refused was not carried out, or says that its outcome could not be recorded.
        foreach (var id in answered.Where(one => one.Value == HttpStatusCode.ServiceUnavailable && upstream.Done.ContainsKey(one.Key)).Select(one => one.Key)) Assert.Contains(id, results.Keys);
        Assert.All(upstream.Done.Values, times => Assert.Equal(1, times));
    }

    private static Task<ProxyProcess> StartAsync(Uri server, string key, TestFolder folder, bool isTls, int spoolMebibytes)
    {
        string[] listen = isTls ? ["--listen", "https://127.0.0.1:0", "--tls-cert", folder["server.pem"], "--tls-key", folder["server.key"]] : ["--listen", $"unix://{folder["proxy.sock"]}"];
        return ProxyProcess.StartAsync(server, key, [.. listen, "--upstream", $"unix://{folder["upstream.sock"]}", "--kind", "http", "--service", "things", "--policy", folder["policy.json"], "--own-policy",
            "--spool", folder["spool"], "--spool-mib", spoolMebibytes.ToString(CultureInfo.InvariantCulture), "--metrics", "http://127.0.0.1:0"]);
    }

    /// <summary>Changes and reads in turn, until the proxy is gone.</summary>
    private static async Task AskAsync(ProxyProcess proxy, TestFolder folder, bool isTls, Func<int> number, Action<string, HttpStatusCode> answered)
    {
        using var client = Client(proxy, folder, isTls);
        try
        {
            while (true)
            {
                var next = number();
                var (method, id) = next % 2 == 0 ? (HttpMethod.Delete, $"c{next}") : (HttpMethod.Get, $"r{next}");
                using var request = new HttpRequestMessage(method, $"/things/{next}");
                request.Headers.Add("X-Request-Id", id);
                using var response = await client.SendAsync(request, Cancellation);
                await response.Content.ReadAsByteArrayAsync(Cancellation);
                answered(id, response.StatusCode);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // The proxy was killed.
        }
    }

    private static HttpClient Client(ProxyProcess proxy, TestFolder folder, bool isTls)
    {
        // No request is sent a second time by the client's own choice.
        var handler = new SocketsHttpHandler { PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan };
        if (isTls) handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null };
        else
        {
            handler.ConnectCallback = async (_, cancellation) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await connection.ConnectAsync(new UnixDomainSocketEndPoint(folder["proxy.sock"]), cancellation);
                    return new NetworkStream(connection, ownsSocket: true);
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            };
        }
        return new(handler) { BaseAddress = isTls ? new(proxy.Address) : new("http://things") };
    }

    private static async Task<List<(string Id, string Result)>> EventsAsync(HttpClient client)
    {
        var events = new List<(string, string)>();
        using var reader = new StreamReader(await client.GetStreamAsync("/audit/v1/export?service=things", Cancellation));
        while (await reader.ReadLineAsync(Cancellation) is { } line)
        {
            using var one = JsonDocument.Parse(line);
            if (!one.RootElement.TryGetProperty("request", out var request)) continue;
            events.Add((request.GetProperty("id").GetString()!, one.RootElement.GetProperty("outcome").GetProperty("result").GetString()!));
        }
        return events;
    }

    private static async Task MakeCertificateAsync(TestFolder folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        await File.WriteAllTextAsync(folder["server.pem"], certificate.ExportCertificatePem(), Cancellation);
        await File.WriteAllTextAsync(folder["server.key"], key.ExportPkcs8PrivateKeyPem(), Cancellation);
    }
}
