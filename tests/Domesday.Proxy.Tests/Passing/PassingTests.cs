using System.Text;
using Domesday.Proxy.Hosting;

namespace Domesday.Proxy.Tests.Passing;

/// <summary>What passes stays as it is.</summary>
public sealed class PassingTests
{
    [Fact]
    public async Task Every_byte_of_a_request_and_its_answer_arrives_as_it_was_sent()
    {
        await using var proxy = await ProxyFixture.StartAsync(service: false);
        const string request = "POST /a%2Fb/../c?q=1&q=%32 HTTP/1.1\r\nhOsT:  d\r\nX-Odd:\tv \r\nTransfer-Encoding: Chunked\r\nTE: trailers\r\n\r\n4;ext=\"1\"\r\nabcd\r\n0\r\nX-Trailer: t\r\n\r\n";
        const string response = "HTTP/1.1 207 Odd Reason\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n02\r\nxy\r\n0\r\nX-Sum: 1\r\n\r\n";
        using var client = await proxy.ClientAsync();
        await client.SendAsync(request);
        using var upstream = await proxy.UpstreamAsync();
        Assert.Equal(request, await upstream.ReadAsync(request.Length));
        await upstream.SendAsync(response);
        Assert.Equal(response, await client.ReadAsync(response.Length));
        // And the connection carries the next one.
        await client.SendAsync("GET /next HTTP/1.1\r\nHost: d\r\n\r\n");
        Assert.StartsWith("GET /next", await upstream.ReadAsync(31), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_that_were_sent_ahead_are_answered_one_after_another()
    {
        await using var proxy = await ProxyFixture.StartAsync(service: false);
        using var client = await proxy.ClientAsync();
        await client.SendAsync("GET /1 HTTP/1.1\r\nHost: d\r\n\r\nGET /2 HTTP/1.1\r\nHost: d\r\n\r\n");
        using var upstream = await proxy.UpstreamAsync();
        Assert.Contains("/1", await upstream.ReadAsync(28), StringComparison.Ordinal);
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na");
        Assert.Contains("/2", await upstream.ReadAsync(28), StringComparison.Ordinal);
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb");
        Assert.EndsWith("b", await client.ReadAsync(78), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_asks_again_and_again_is_answered_each_time()
    {
        await using var proxy = await ProxyFixture.StartAsync(service: false, policy: new() { Level = Events.CaptureLevel.None });
        using var client = await proxy.ClientAsync();
        Task? answering = null;
        for (var i = 0; i < 3_000; i++)
        {
            await client.SendAsync("GET /1 HTTP/1.1\r\nHost: d\r\n\r\n");
            answering ??= AnswerAsync(await proxy.UpstreamAsync(), 28);
            Assert.EndsWith("\r\n\r\na", await client.ReadAsync(39), StringComparison.Ordinal);
        }
        client.EndSending();
        await answering!;
    }

    [Fact]
    public async Task A_client_that_waits_for_100_gets_it_from_the_upstream_and_nobody_else()
    {
        await using var proxy = await ProxyFixture.StartAsync(service: false);
        const string head = "PUT /big HTTP/1.1\r\nHost: d\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
        using var client = await proxy.ClientAsync();
        await client.SendAsync(head);
        using var upstream = await proxy.UpstreamAsync();
        await upstream.ReadAsync(head.Length);
        await upstream.SendAsync("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
        Assert.EndsWith("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadAsync(65), StringComparison.Ordinal);
        await client.SendAsync("abc");
        Assert.Equal("abc", await upstream.ReadAsync(3));
        await upstream.SendAsync("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 201", await client.ReadAsync(43), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_waits_for_100_and_is_refused_is_not_waited_for()
    {
        await using var proxy = await ProxyFixture.StartAsync(service: false);
        const string head = "PUT /big HTTP/1.1\r\nHost: d\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
        using var client = await proxy.ClientAsync();
        await client.SendAsync(head);
        using var upstream = await proxy.UpstreamAsync();
        await upstream.ReadAsync(head.Length);
        await upstream.SendAsync("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 417", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_becomes_another_protocol_carries_bytes_both_ways_and_each_end_by_itself()
    {
        await using var proxy = await ProxyFixture.StartAsync(ProxyKind.Docker, service: false);
        const string head = "POST /v1.41/exec/abc/start HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nContent-Length: 13\r\nUpgrade: tcp\r\n\r\n{\"Tty\":false}";
        using var client = await proxy.ClientAsync();
        await client.SendAsync(head + "first of stdin");
        using var upstream = await proxy.UpstreamAsync();
        Assert.Equal(head, await upstream.ReadAsync(head.Length));
        const string answer = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nearly";
        await upstream.SendAsync(answer);
        Assert.Equal(answer, await client.ReadAsync(answer.Length));
        await client.SendAsync(", and more");
        client.EndSending();
        Assert.Equal("first of stdin, and more", await upstream.ReadToEndAsync());
        await upstream.SendAsync("output after stdin ended");
        upstream.Dispose();
        Assert.Equal("output after stdin ended", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task An_answer_that_never_ends_arrives_as_it_is_written()
    {
        await using var proxy = await ProxyFixture.StartAsync(service: false);
        using var client = await proxy.ClientAsync();
        await client.SendAsync("GET /events HTTP/1.1\r\nHost: d\r\n\r\n");
        using var upstream = await proxy.UpstreamAsync();
        await upstream.ReadAsync(33);
        const string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        await upstream.SendAsync(head);
        Assert.Equal(head, await client.ReadAsync(head.Length));
        for (var i = 0; i < 20; i++)
        {
            await upstream.SendAsync("1\r\nx\r\n");
            Assert.Equal("1\r\nx\r\n", await client.ReadAsync(6));
        }
        // Who looks away is noticed.
        client.Reset();
        var buffer = new byte[16];
        try
        {
            Assert.Equal(0, await upstream.ReadSomeAsync(buffer));
        }
        catch (IOException)
        {
            // A reset is an end too.
        }
    }

    [Fact]
    public async Task A_client_that_has_said_all_and_still_reads_gets_its_answer()
    {
        await using var proxy = await ProxyFixture.StartAsync(service: false);
        using var client = await proxy.ClientAsync();
        await client.SendAsync("GET /slow HTTP/1.0\r\n\r\n");
        client.EndSending();
        using var upstream = await proxy.UpstreamAsync();
        Assert.Equal("GET /slow HTTP/1.0\r\n\r\n", await upstream.ReadToEndAsync());
        await upstream.SendAsync("HTTP/1.0 200 OK\r\n\r\nuntil the end");
        upstream.Dispose();
        Assert.Equal("HTTP/1.0 200 OK\r\n\r\nuntil the end", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task An_answer_that_breaks_off_never_looks_complete()
    {
        await using var proxy = await ProxyFixture.StartAsync(service: false);
        using var client = await proxy.ClientAsync();
        await client.SendAsync("GET /x HTTP/1.1\r\nHost: d\r\n\r\n");
        using var upstream = await proxy.UpstreamAsync();
        await upstream.ReadAsync(28);
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab");
        await client.ReadAsync(52);
        upstream.Reset();
        await Assert.ThrowsAnyAsync<IOException>(client.ReadToEndAsync);
    }

    [Theory]
    [InlineData(ProxyKind.Docker, "/v1.41/session", true)]
    [InlineData(ProxyKind.Docker, "/v1.41/info", false)]
    [InlineData(ProxyKind.Http, "/session", false)]
    public async Task A_protocol_behind_which_requests_would_pass_unseen_is_offered_only_where_it_must_be(ProxyKind kind, string path, bool passes)
    {
        await using var proxy = await ProxyFixture.StartAsync(kind, service: false);
        using var client = await proxy.ClientAsync();
        await client.SendAsync($"POST {path} HTTP/1.1\r\nHost: d\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\nX-End: 1\r\n\r\n");
        using var upstream = await proxy.UpstreamAsync();
        var got = new StringBuilder();
        while (!got.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) got.Append(await upstream.ReadAsync(1));
        Assert.Equal(passes, got.ToString().Contains("Upgrade: h2c", StringComparison.Ordinal));
        Assert.Contains("X-End: 1", got.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: d\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", "400")]
    [InlineData("GET / HTTP/1.1\r\nHost: d\r\nA : b\r\n\r\n", "400")]
    [InlineData("CONNECT other:443 HTTP/1.1\r\nHost: other\r\n\r\n", "501")]
    [InlineData("\u0016\u0003\u0001\r\n\r\n", "400")]
    public async Task What_could_pass_unseen_never_reaches_the_upstream(string request, string status)
    {
        await using var proxy = await ProxyFixture.StartAsync(service: false);
        using var client = await proxy.ClientAsync();
        await client.SendAsync(request);
        Assert.StartsWith($"HTTP/1.1 {status} ", await client.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(0, proxy.Proxy.Counters.Requests - (status == "501" ? 1 : 0));
        Assert.Equal(1, proxy.Proxy.Counters.Malformed);
    }

    [Fact]
    public async Task A_head_without_end_is_cut_off()
    {
        await using var proxy = await ProxyFixture.StartAsync(service: false);
        using var client = await proxy.ClientAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nA: " + new string('x', 70_000));
        Assert.StartsWith("HTTP/1.1 431 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_that_comes_a_byte_at_a_time_is_given_up_and_an_idle_connection_is_not()
    {
        await using var proxy = await ProxyFixture.StartAsync(service: false, change: options => options with { Time = new QuickHalfMinutes() });
        using var idle = await proxy.ClientAsync();
        using var slow = await proxy.ClientAsync();
        var answer = slow.ReadToEndAsync();
        await slow.SendAsync("GET / HTTP/1.1\r\nX-Slow: ");
        Assert.StartsWith("HTTP/1.1 408 ", await answer, StringComparison.Ordinal);
        Assert.Equal(0, proxy.Proxy.Counters.Requests);
        await idle.SendAsync("GET /1 HTTP/1.1\r\nHost: d\r\n\r\n");
        using var upstream = await proxy.UpstreamAsync();
        Assert.StartsWith("GET /1", await upstream.ReadAsync(28), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_shorter_than_its_length_never_passes_for_whole()
    {
        await using var proxy = await ProxyFixture.StartAsync();
        using (var client = await proxy.ClientAsync())
        {
            const string request = "POST /short HTTP/1.1\r\nHost: d\r\nContent-Length: 10\r\n\r\nabc";
            await client.SendAsync(request);
            using var upstream = await proxy.UpstreamAsync();
            await upstream.ReadAsync(request.Length);
            client.EndSending();
            await Assert.ThrowsAnyAsync<IOException>(upstream.ReadToEndAsync);
        }
        while (proxy.Proxy.Captured.Metadata == 0) await Task.Delay(5, TestContext.Current.CancellationToken);
        Assert.Equal(499, Assert.Single(await proxy.EventsAsync()).Outcome!.Status);
    }

    [Fact]
    public async Task What_comes_behind_a_body_that_is_longer_than_its_length_is_judged_as_a_request_of_its_own()
    {
        await using var proxy = await ProxyFixture.StartAsync(service: false);
        using var client = await proxy.ClientAsync();
        const string request = "POST /long HTTP/1.1\r\nHost: d\r\nContent-Length: 3\r\n\r\nabc";
        await client.SendAsync(request + "defg\r\n\r\n");
        using var upstream = await proxy.UpstreamAsync();
        Assert.Equal(request, await upstream.ReadAsync(request.Length));
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na");
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadAsync(39), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal("", await upstream.ReadToEndAsync());
    }

    [Fact]
    public async Task A_head_of_too_many_fields_is_refused()
    {
        await using var proxy = await ProxyFixture.StartAsync(service: false);
        using var client = await proxy.ClientAsync();
        await client.SendAsync("GET / HTTP/1.1\r\n" + string.Concat(Enumerable.Range(0, 300).Select(i => $"A{i}: b\r\n")) + "\r\n");
        Assert.StartsWith("HTTP/1.1 431 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(0, proxy.Proxy.Counters.Requests);
    }

    [Fact]
    public async Task Chunks_that_lie_break_the_request_off_at_the_upstream_too()
    {
        await using var proxy = await ProxyFixture.StartAsync(service: false);
        using var client = await proxy.ClientAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        using var upstream = await proxy.UpstreamAsync();
        await upstream.ReadAsync(64);
        await client.SendAsync("zz\r\n");
        await Assert.ThrowsAnyAsync<IOException>(upstream.ReadToEndAsync);
        Assert.StartsWith("HTTP/1.1 400 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upstream_that_is_away_is_told_as_such()
    {
        await using var proxy = await ProxyFixture.StartAsync(service: false);
        proxy.StopUpstream();
        using var client = await proxy.ClientAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: d\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 502 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    private static async Task AnswerAsync(ProxyFixture.Wire upstream, int length)
    {
        var buffer = new byte[1_024];
        for (var got = 0; await upstream.ReadSomeAsync(buffer) is > 0 and var read;)
        {
            got += read;
            if (got % length == 0) await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na");
        }
    }

    /// <summary>Time in which what should take half a minute takes a moment, and all else as long as ever.</summary>
    private sealed class QuickHalfMinutes : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == TimeSpan.FromSeconds(30) ? TimeSpan.FromMilliseconds(50) : dueTime, period);
    }
}
