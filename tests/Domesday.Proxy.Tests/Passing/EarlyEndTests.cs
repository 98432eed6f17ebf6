namespace Domesday.Proxy.Tests.Passing;

/// <summary>One side ends before the other has said all.</summary>
public sealed class EarlyEndTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_rest_of_a_body_that_the_upstream_did_not_take_is_never_taken_for_a_request()
    {
        await using var proxy = await ProxyFixture.StartAsync(service: false);
        using var client = await proxy.ClientAsync();
        const string head = "POST /big HTTP/1.1\r\nHost: d\r\nContent-Length: 100000000\r\n\r\n";
        await client.SendAsync(head);
        using (var upstream = await proxy.UpstreamAsync())
        {
            await upstream.ReadAsync(head.Length);
            const string answer = "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n";
            await upstream.SendAsync(answer);
            Assert.Equal(answer, await client.ReadAsync(answer.Length));
            upstream.Reset();
        }
        var second = proxy.UpstreamAsync();
        // Until the proxy has noticed that nobody takes the body any more.
        try
        {
            while (!second.IsCompleted) await client.SendAsync("GET /smuggled HTTP/1.1\r\nHost: d\r\n\r\n");
        }
        catch (IOException)
        {
            // The connection was closed.
        }
        Assert.False(second.IsCompleted);
        Assert.Equal(1, proxy.Proxy.Counters.Requests);
        proxy.StopUpstream();
        await Assert.ThrowsAnyAsync<Exception>(() => second);
    }

    [Fact]
    public async Task A_client_that_is_gone_before_the_answer_is_recorded_as_such_also_where_it_had_said_all()
    {
        await using var proxy = await ProxyFixture.StartAsync();
        const string request = "POST /orders HTTP/1.1\r\nHost: d\r\nContent-Length: 2\r\n\r\n{}";
        using (var client = await proxy.ClientAsync())
        {
            await client.SendAsync(request);
            using var upstream = await proxy.UpstreamAsync();
            await upstream.ReadAsync(request.Length);
            client.EndSending();
            // Servers stop with what nobody waits for.
            Assert.Equal("", await upstream.ReadToEndAsync());
        }
        while (proxy.Proxy.Captured.Metadata == 0) await Task.Delay(5, Cancellation);
        Assert.Equal(499, Assert.Single(await proxy.EventsAsync()).Outcome!.Status);
    }
}
