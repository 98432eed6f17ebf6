using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using Domesday.Events;
using Domesday.Proxy.Transport;

namespace Domesday.Proxy.Tests.Transport;

/// <summary>TLS and unix sockets on both sides, and WebSocket, with real servers, clients and certificates.</summary>
public sealed class TransportTests : IDisposable
{
    private readonly TestAuthority _authority = new("Test authority");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("domesday-sockets");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_name_in_a_clients_certificate_is_recorded_and_told_to_the_upstream_and_cannot_be_forged()
    {
        await using var upstream = await KestrelUpstream.StartAsync();
        await using var proxy = await StartAsync(upstream.Url, "https://127.0.0.1:0", service: true, listen: Asking(isRequired: true), identityField: "X-Client");
        using var certificate = _authority.Client("O=admins, O=auditors, CN=alice");
        using var alice = Client(proxy.Proxy.Urls[0], certificate);
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/who");
        request.Headers.Add("X-Client", "mallory");
        request.Headers.Authorization = new("Basic", Convert.ToBase64String("mallory:x"u8));
        using var answer = await alice.SendAsync(request, Cancellation);
        Assert.EndsWith(" alice", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        var actor = Assert.Single(await proxy.EventsAsync()).Actor!;
        Assert.Equal(("alice", certificate.SerialNumber.ToLowerInvariant()), (actor.Name, actor.Credential));
        Assert.Equal(["admins", "auditors"], actor.Groups!.Order());
    }

    [Fact]
    public async Task Who_has_no_certificate_or_one_of_somebody_else_is_turned_away_where_one_is_required()
    {
        await using var upstream = await KestrelUpstream.StartAsync();
        await using var proxy = await StartAsync(upstream.Url, "https://127.0.0.1:0", listen: Asking(isRequired: true));
        using var others = new TestAuthority("Test authority");
        using var forged = others.Client("CN=alice");
        foreach (var shown in (X509Certificate2?[])[null, forged])
        {
            using var client = Client(proxy.Proxy.Urls[0], shown);
            await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/who", Cancellation));
        }
        while (proxy.Proxy.Counters.HandshakeFailures < 2) await Task.Delay(5, Cancellation);
        Assert.Equal(0, proxy.Proxy.Counters.Requests);
    }

    [Fact]
    public async Task Where_a_certificate_is_not_required_the_clients_own_claim_is_recorded_without_one()
    {
        await using var upstream = await KestrelUpstream.StartAsync();
        await using var proxy = await StartAsync(upstream.Url, "https://127.0.0.1:0", service: true, listen: Asking(isRequired: false));
        using var client = Client(proxy.Proxy.Urls[0], null);
        client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String("bob:secret"u8));
        Assert.StartsWith("HTTP/1.1", await client.GetStringAsync("/who", Cancellation), StringComparison.Ordinal);
        Assert.Equal("bob", Assert.Single(await proxy.EventsAsync()).Actor!.Name);
    }

    [Fact]
    public async Task A_client_that_offers_HTTP_2_falls_back_over_TLS()
    {
        await using var upstream = await KestrelUpstream.StartAsync();
        await using var proxy = await StartAsync(upstream.Url, "https://127.0.0.1:0", listen: new() { Certificate = _authority.Server() });
        using var client = Client(proxy.Proxy.Urls[0], null);
        client.DefaultRequestVersion = new(2, 0);
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        Assert.StartsWith("HTTP/1.1", await client.GetStringAsync("/who", Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upstream_is_spoken_to_over_TLS_with_a_certificate_of_the_proxys_own()
    {
        using var server = _authority.Server();
        using var own = _authority.Client("CN=proxy");
        await using var upstream = await KestrelUpstream.StartAsync(certificate: server);
        await using var proxy = await StartAsync(upstream.Url, "http://127.0.0.1:0", upstreamTls: new() { Certificate = own, Authorities = _authority.Trusted });
        using var client = new HttpClient { BaseAddress = new(proxy.Proxy.Urls[0]) };
        Assert.Equal("HTTP/1.1 CN=proxy ", await client.GetStringAsync("/who", Cancellation));
    }

    [Fact]
    public async Task An_upstream_that_is_not_whom_it_should_be_gets_no_request()
    {
        using var others = new TestAuthority("Test authority");
        using var server = others.Server();
        await using var upstream = await KestrelUpstream.StartAsync(certificate: server);
        await using var proxy = await StartAsync(upstream.Url, "http://127.0.0.1:0", service: true, upstreamTls: new() { Authorities = _authority.Trusted });
        using var client = new HttpClient { BaseAddress = new(proxy.Proxy.Urls[0]) };
        using var answer = await client.DeleteAsync("/who", Cancellation);
        Assert.Equal(System.Net.HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal(OutcomeResult.Failure, Assert.Single(await proxy.EventsAsync()).Outcome!.Result);
    }

    [Fact]
    public async Task Unix_sockets_work_on_both_sides_and_the_kernel_says_who_is_there()
    {
        await using var upstream = await KestrelUpstream.StartAsync(socket: Path("upstream"));
        await using var proxy = await StartAsync("unix://" + Path("upstream"), "unix://" + Path("proxy"), service: true);
        using var client = UnixClient(Path("proxy"));
        Assert.StartsWith("HTTP/1.1", await client.GetStringAsync("/who", Cancellation), StringComparison.Ordinal);
        var actor = Assert.Single(await proxy.EventsAsync()).Actor!;
        Assert.Equal(Environment.UserName, actor.Name);
        Assert.StartsWith("uid:", actor.Id, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sockets_file_that_a_killed_process_left_is_replaced_and_one_in_use_is_not()
    {
        // .NET deletes the file of a socket that it closes; a process that is killed does not.
        await File.WriteAllTextAsync(Path("left"), "", Cancellation);
        await using var upstream = await KestrelUpstream.StartAsync();
        await using var proxy = await StartAsync(upstream.Url, "unix://" + Path("left"));
        using var client = UnixClient(Path("left"));
        Assert.StartsWith("HTTP/1.1", await client.GetStringAsync("/who", Cancellation), StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(() => StartAsync(upstream.Url, "unix://" + Path("left")));
        Assert.StartsWith("HTTP/1.1", await client.GetStringAsync("/who", Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_WebSocket_passes_both_ways_in_any_size_and_is_one_event(bool secured)
    {
        await using var upstream = await KestrelUpstream.StartAsync();
        await using var proxy = secured
            ? await StartAsync(upstream.Url, "https://127.0.0.1:0", service: true, listen: new() { Certificate = _authority.Server() })
            : await StartAsync(upstream.Url, "http://127.0.0.1:0", service: true);
        using var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        await socket.ConnectAsync(new(proxy.Proxy.Urls[0].Replace("http", "ws", StringComparison.Ordinal) + "/ws"), Cancellation);
        foreach (var length in (int[])[0, 1, 125, 126, 65_535, 65_536, 200_000])
        {
            var message = new byte[length];
            new Random(length).NextBytes(message);
            await socket.SendAsync(message.AsMemory(), WebSocketMessageType.Binary, endOfMessage: true, Cancellation);
            for (var i = 0; i < 2; i++) Assert.Equal(message, await ReceiveAsync(socket, length));
        }
        Assert.Equal((1, 1), (proxy.Proxy.Counters.Tunnels, proxy.Proxy.Counters.TunnelsOpen));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", Cancellation);
        Assert.Equal((WebSocketCloseStatus.NormalClosure, "through"), (socket.CloseStatus, socket.CloseStatusDescription));
        var recorded = Assert.Single(await proxy.EventsAsync());
        Assert.Equal((101, "/ws"), (recorded.Outcome!.Status, recorded.Request!.Uri));
        while (proxy.Proxy.Counters.TunnelsOpen > 0) await Task.Delay(5, Cancellation);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    private static async Task<byte[]> ReceiveAsync(ClientWebSocket socket, int length)
    {
        // One byte more than expected would be seen.
        var bytes = new byte[length + 1];
        var filled = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(bytes.AsMemory(filled), Cancellation);
            filled += read.Count;
            if (read.EndOfMessage) return bytes[..filled];
        }
    }

    private TlsSettings Asking(bool isRequired) => new() { Certificate = _authority.Server(), Authorities = _authority.Trusted, RequiresCertificate = isRequired };

    private static Task<ProxyFixture> StartAsync(string upstream, string address, bool service = false, TlsSettings? listen = null, TlsSettings? upstreamTls = null, string? identityField = null) =>
        ProxyFixture.StartAsync(service: service, change: options => options with
        {
            Listen = [ProxyAddress.Parse(address)],
            Upstream = ProxyAddress.Parse(upstream),
            ListenTls = listen ?? new(),
            UpstreamTls = upstreamTls ?? new(),
            IdentityField = identityField,
        });

    private HttpClient Client(string url, X509Certificate2? certificate)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(_authority.Trusted);
        var handler = new SocketsHttpHandler { SslOptions = new() { CertificateChainPolicy = policy } };
        if (certificate is not null) handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        return new(handler) { BaseAddress = new(url) };
    }

    private static HttpClient UnixClient(string path) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new("http://proxy") };

    private string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);
}
