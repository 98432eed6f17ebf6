using Domesday.Events;
using Domesday.Events.Capture;
using Domesday.Proxy.Hosting;

namespace Domesday.Proxy.Tests.Capturing;

/// <summary>What passes is recorded.</summary>
public sealed class CapturingTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_creation_is_recorded_with_who_what_and_the_id_out_of_the_answer()
    {
        await using var proxy = await ProxyFixture.StartAsync(ProxyKind.Docker);
        const string body = """{"Name":"s1","Data":"dG9wc2VjcmV0"}""";
        const string answer = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{\"ID\":\"abc12\"}";
        var got = await proxy.ExchangeAsync($"POST /v1.41/secrets/create HTTP/1.1\r\nHost: d\r\nAuthorization: Basic YWxpY2U6cHc=\r\nUser-Agent: Docker/1\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}", answer);
        Assert.Equal(answer, got);
        var one = Assert.Single(await proxy.EventsAsync());
        Assert.Equal(("create", "secret.create", "docker"), (one.Action, one.Operation, one.Service));
        Assert.Equal(("secret", "abc12"), (one.Resource!.Type, one.Resource.Id));
        Assert.Equal(("alice", "Docker/1", "127.0.0.1"), (one.Actor!.Name, one.Source!.UserAgent, one.Source.Ip));
        Assert.Equal((OutcomeResult.Success, 201, CaptureLevel.Metadata), (one.Outcome!.Result, one.Outcome.Status, one.Level));
        Assert.Equal("1", one.Labels!["producer_sequence"]);
        Assert.Null(one.Request!.Body);
    }

    [Fact]
    public async Task At_level_request_a_body_is_recorded_without_its_secrets_and_nothing_secret_is_ever_on_disk()
    {
        await using var proxy = await ProxyFixture.StartAsync(ProxyKind.Docker, new() { Level = CaptureLevel.Request });
        const string body = """{"Name":"s1","Data":"dG9wc2VjcmV0","Labels":{"api_token":"t0psecret"}}""";
        await proxy.ExchangeAsync($"POST /v1.41/secrets/create?token=t0psecret HTTP/1.1\r\nHost: d\r\nX-Registry-Auth: t0psecret\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n", Ok);
        var one = Assert.Single(await proxy.EventsAsync());
        Assert.Equal("s1", one.Request!.Body!.Value.GetProperty("Name").GetString());
        Assert.DoesNotContain("dG9wc2VjcmV0", one.Request.Body.Value.GetRawText(), StringComparison.Ordinal);
        foreach (var file in Directory.GetFiles(proxy.Folder, "*.spool", SearchOption.AllDirectories))
        {
            var text = await File.ReadAllTextAsync(file, Cancellation);
            Assert.DoesNotContain("t0psecret", text, StringComparison.Ordinal);
            Assert.DoesNotContain("dG9wc2VjcmV0", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_body_that_is_too_long_leaves_its_length_and_digest()
    {
        await using var proxy = await ProxyFixture.StartAsync(policy: new() { Level = CaptureLevel.Request, BodyBytesMax = 10 });
        await proxy.ExchangeAsync("PUT /files/7 HTTP/1.1\r\nHost: d\r\nContent-Type: text/plain\r\nContent-Length: 20\r\n\r\n01234567890123456789", Ok);
        var recorded = Assert.Single(await proxy.EventsAsync()).Request!.Body!.Value;
        Assert.Equal(20, recorded.GetProperty("bytes").GetInt32());
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("01234567890123456789"u8)), recorded.GetProperty("sha256").GetString());
    }

    [Fact]
    public async Task A_gzipped_body_is_recorded_as_what_it_holds()
    {
        await using var proxy = await ProxyFixture.StartAsync(policy: new() { Level = CaptureLevel.Request });
        using var compressed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(compressed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true)) gzip.Write("{\"a\":1}"u8);
        using var client = await proxy.ClientAsync();
        await client.SendAsync($"POST /things HTTP/1.1\r\nHost: d\r\nContent-Encoding: gzip\r\nContent-Length: {compressed.Length}\r\n\r\n");
        await client.SendAsync(compressed.ToArray());
        using var upstream = await proxy.UpstreamAsync();
        await upstream.SendAsync(Ok);
        await client.ReadAsync(Ok.Length);
        Assert.Equal("{\"a\":1}", Assert.Single(await proxy.EventsAsync()).Request!.Body!.Value.GetRawText());
    }

    [Theory]
    [InlineData("br", "FFFFFFFFFFFFFFFF")]
    [InlineData("gzip", "FFFFFFFFFFFFFFFF")]
    [InlineData("gzip", "1F8B0800000000000003FFFFFF")]
    [InlineData("gzip", "1F8B080000000000000303000000000000000000")]
    [InlineData("deflate", "FFFFFFFFFFFFFFFF")]
    public async Task A_body_that_cannot_be_decompressed_is_recorded_by_its_length_and_its_answer_passes(string encoding, string hex)
    {
        await using var proxy = await ProxyFixture.StartAsync(policy: new() { Level = CaptureLevel.Request });
        var body = Convert.FromHexString(hex);
        using var client = await proxy.ClientAsync();
        await client.SendAsync($"POST /things HTTP/1.1\r\nHost: d\r\nContent-Encoding: {encoding}\r\nContent-Length: {body.Length}\r\n\r\n");
        await client.SendAsync(body);
        using var upstream = await proxy.UpstreamAsync();
        await upstream.SendAsync(Ok);
        Assert.Equal(Ok, await client.ReadAsync(Ok.Length));
        Assert.Equal(body.Length, Assert.Single(await proxy.EventsAsync()).Request!.Body!.Value.GetProperty("bytes").GetInt32());
    }

    [Fact]
    public async Task A_policy_that_cannot_be_kept_is_in_force_all_the_same_and_so_is_the_next_one()
    {
        await using var proxy = await ProxyFixture.StartAsync(change: options =>
        {
            Directory.CreateDirectory(Path.Combine(options.Folder, "policy.json.new"));
            return options;
        });
        using var client = proxy.Service!.Admin();
        foreach (var level in (CaptureLevel[])[CaptureLevel.Request, CaptureLevel.None])
        {
            var set = await client.CapturePolicies.SetAsync(new() { Level = level }, Cancellation);
            while (proxy.Proxy.PolicyVersion != set.Version) await Task.Delay(5, Cancellation);
        }
    }

    [Fact]
    public async Task The_event_is_kept_before_the_answer_passes()
    {
        await using var proxy = await ProxyFixture.StartAsync(service: false);
        await proxy.ExchangeAsync("DELETE /orders/7 HTTP/1.1\r\nHost: d\r\n\r\n", Ok);
        Assert.Equal(1, proxy.Proxy.Spooled.Kept);
        Assert.Equal(1, proxy.Proxy.Captured.Metadata);
    }

    [Fact]
    public async Task Rules_decide_by_method_path_user_and_status_and_what_is_ignored_leaves_no_trace()
    {
        await using var proxy = await ProxyFixture.StartAsync(policy: new()
        {
            Level = CaptureLevel.Metadata,
            Rules =
            [
                new() { Level = CaptureLevel.None, Methods = ["GET"], Statuses = ["2xx"] },
                new() { Level = CaptureLevel.None, Users = ["robot*"] },
                new() { Level = CaptureLevel.Request, Paths = ["/orders/**"], Name = "orders" },
            ],
        });
        await proxy.ExchangeAsync("GET /orders HTTP/1.1\r\nHost: d\r\n\r\n", Ok);
        await proxy.ExchangeAsync("GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n", "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n");
        await proxy.ExchangeAsync("POST /orders HTTP/1.1\r\nHost: d\r\nAuthorization: Basic cm9ib3QxOnB3\r\nContent-Length: 0\r\n\r\n", Ok);
        await proxy.ExchangeAsync("GET /orders HTTP/1.1\r\nHost: d\r\n\r\n", "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
        await proxy.ExchangeAsync("POST /orders HTTP/1.1\r\nHost: d\r\nContent-Length: 7\r\n\r\n{\"a\":1}", Ok);
        await proxy.ExchangeAsync("POST /other HTTP/1.1\r\nHost: d\r\nContent-Length: 7\r\n\r\n{\"a\":1}", Ok);
        var events = await proxy.EventsAsync();
        Assert.Equal([("GET", "/orders", 403), ("POST", "/orders", 200), ("POST", "/other", 200)], events.Select(one => (one.Request!.Method!, one.Request.Uri!, one.Outcome!.Status!.Value)));
        Assert.Equal([CaptureLevel.Request, CaptureLevel.Request, CaptureLevel.Metadata], events.Select(one => one.Level!.Value));
        Assert.Equal("orders", events[1].Labels!["capture.rule"]);
        Assert.Equal(["1", "2", "3"], events.Select(one => one.Labels!["producer_sequence"]));
        Assert.Equal(3, proxy.Proxy.Captured.Skipped);
    }

    [Fact]
    public async Task A_policy_that_is_set_at_the_service_is_in_force_at_once_and_after_a_start_without_the_service()
    {
        await using var proxy = await ProxyFixture.StartAsync();
        while (proxy.Proxy.PolicyVersion is null) await Task.Delay(10, Cancellation);
        using (var admin = proxy.Service!.Admin()) await admin.CapturePolicies.SetAsync(new() { Level = CaptureLevel.None }, Cancellation);
        while (proxy.Proxy.PolicyVersion == 0) await Task.Delay(10, Cancellation);
        await proxy.ExchangeAsync("DELETE /orders/7 HTTP/1.1\r\nHost: d\r\n\r\n", Ok);
        Assert.Equal((0, 1), (proxy.Proxy.Captured.Metadata, proxy.Proxy.Captured.Skipped));
        await proxy.Proxy.DisposeAsync();
        await proxy.StopServiceAsync();
        await proxy.StartProxyAsync();
        await proxy.ExchangeAsync("DELETE /orders/8 HTTP/1.1\r\nHost: d\r\n\r\n", Ok);
        Assert.Equal((0, 1), (proxy.Proxy.Captured.Metadata, proxy.Proxy.Captured.Skipped));
    }

    [Theory]
    [InlineData(FailMode.Open, "HTTP/1.1 200", 1, 0)]
    [InlineData(FailMode.Closed, "HTTP/1.1 503", 0, 1)]
    public async Task Where_nothing_can_be_kept_the_rule_decides_whether_a_request_passes(FailMode fail, string expected, int unrecorded, int refused)
    {
        var policy = new CapturePolicy { Level = CaptureLevel.Request, BodyBytesMax = 1024 * 1024, Rules = [new() { Level = CaptureLevel.Request, Fail = fail }] };
        await using var proxy = await ProxyFixture.StartAsync(policy: policy, service: false, change: options => options with { SpoolBytesMax = 1024 * 1024 });
        var fill = new string('x', 500_000);
        for (var i = 0; i < 2; i++) await proxy.ExchangeAsync($"PUT /fill HTTP/1.1\r\nHost: d\r\nContent-Length: {fill.Length + 8}\r\n\r\n{{\"a\":\"{fill}\"}}", Ok);
        // Short ones fit until even they do not.
        while (proxy.Proxy.Captured.Unrecorded + proxy.Proxy.Captured.Refused == 0)
        {
            using var client = await proxy.ClientAsync();
            var text = new string('y', 4_000);
            await client.SendAsync($"PUT /more?{text} HTTP/1.1\r\nHost: d\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            var answer = client.ReadAsync(12);
            var reached = proxy.UpstreamAsync();
            if (await Task.WhenAny(answer, reached) == reached) await (await reached).SendAsync(Ok);
            if (proxy.Proxy.Captured.Unrecorded + proxy.Proxy.Captured.Refused > 0) Assert.Equal(expected, await answer);
            await answer;
            if (!reached.IsCompleted) proxy.StopUpstream();
        }
        Assert.Equal((unrecorded, refused), ((int)proxy.Proxy.Captured.Unrecorded, (int)proxy.Proxy.Captured.Refused));
    }

    [Fact]
    public async Task An_act_whose_answer_never_came_is_recorded_with_what_became_of_it()
    {
        await using var proxy = await ProxyFixture.StartAsync();
        using (var client = await proxy.ClientAsync())
        {
            await client.SendAsync("POST /orders HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\n\r\n");
            using var upstream = await proxy.UpstreamAsync();
            await upstream.ReadAsync(53);
            upstream.Dispose();
            Assert.StartsWith("HTTP/1.1 502 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
        }
        using (var client = await proxy.ClientAsync())
        {
            await client.SendAsync("POST /orders HTTP/1.1\r\nHost: d\r\nContent-Length: 100\r\n\r\nhalf");
            using var upstream = await proxy.UpstreamAsync();
            await upstream.ReadAsync(59);
            client.Reset();
            await Assert.ThrowsAnyAsync<IOException>(upstream.ReadToEndAsync);
        }
        while (proxy.Proxy.Captured.Metadata < 2) await Task.Delay(10, Cancellation);
        var events = await proxy.EventsAsync();
        Assert.Equal([502, 499], events.Select(one => one.Outcome!.Status!.Value));
        Assert.All(events, one => Assert.Equal(OutcomeResult.Failure, one.Outcome!.Result));
    }
}
