using System.Net;
using System.Text.Json;

namespace Domesday.EndToEnd.Tests.Proxies;

/// <summary>The disk of a proxy fails or is full: what may pass unrecorded passes and is counted, what may not is refused before anybody acts upon it.</summary>
public sealed class ProxyDiskFaultTests
{
    /// <summary>What changes something must be recorded; the rest may pass.</summary>
    private const string Policy = """{"level":"metadata","rules":[{"methods":["DELETE"],"level":"metadata","fail":"closed"}]}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("fsync,fdatasync:error=EIO")]
    [InlineData("pwrite64:error=ENOSPC")]
    [InlineData("pwrite64:error=EIO")]
    public async Task While_the_disk_fails_closed_requests_do_not_reach_the_upstream_and_open_ones_pass_and_are_counted(string fault)
    {
        using var folder = new TestFolder();
        using var upstream = new AnsweringUpstream();
        await using var service = await ServiceProcess.StartAsync(folder["data"]);
        using var admin = service.Admin();
        await using var proxy = await StartAsync(service, await admin.KeyAsync("read", "write"), folder, upstream);
        using var client = new HttpClient { BaseAddress = new(proxy.Address) };
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client, "DELETE", "before-closed"));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client, "POST", "before-open"));
        // What is sent is on the disk; nobody waited for that.
        while (await proxy.CounterAsync("spool_waiting") > 0) await Task.Delay(20, Cancellation);
        await using (await FailingCalls.BeginAsync(proxy.Id, fault))
        {
            var seen = upstream.Requests;
            for (var i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.ServiceUnavailable, await SendAsync(client, "DELETE", $"during-closed-{i}"));
            Assert.Equal(seen, upstream.Requests);
            Assert.Equal(5, await proxy.CounterAsync("refused_total"));
            for (var i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.OK, await SendAsync(client, "POST", $"during-open-{i}"));
            Assert.Equal(seen + 5, upstream.Requests);
            while (await proxy.CounterAsync("unrecorded_total") < 5) await Task.Delay(20, Cancellation);
        }
        // It is tried again once a second.
        while (await SendAsync(client, "DELETE", "after-closed") != HttpStatusCode.OK) await Task.Delay(100, Cancellation);
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client, "POST", "after-open"));
        IReadOnlyList<string> recorded;
        while (!(recorded = await RecordedAsync(admin)).Contains("after-open")) await Task.Delay(50, Cancellation);
        Assert.Distinct(recorded);
        foreach (var kept in (string[])["before-closed", "before-open", "after-closed", "after-open"]) Assert.Contains(kept, recorded);
        Assert.DoesNotContain(recorded, id => id.StartsWith("during-closed", StringComparison.Ordinal));
        while (await proxy.CounterAsync("spool_waiting") > 0) await Task.Delay(20, Cancellation);
    }

    [Fact]
    public async Task A_disk_that_fails_once_costs_no_event_because_what_was_not_safe_is_written_elsewhere()
    {
        using var folder = new TestFolder();
        using var upstream = new AnsweringUpstream();
        await using var service = await ServiceProcess.StartAsync(folder["data"]);
        using var admin = service.Admin();
        await using var proxy = await StartAsync(service, await admin.KeyAsync("read", "write"), folder, upstream);
        using var client = new HttpClient { BaseAddress = new(proxy.Address) };
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client, "POST", "before"));
        while (await proxy.CounterAsync("spool_waiting") > 0) await Task.Delay(20, Cancellation);
        await using (await FailingCalls.BeginAsync(proxy.Id, "fdatasync:error=EIO:when=1"))
        {
            // strace counts for each thread, and it is always the same one that syncs what nobody waits for.
            Assert.Equal(HttpStatusCode.OK, await SendAsync(client, "POST", "open"));
            while (await proxy.CounterAsync("spool_waiting") > 0) await Task.Delay(20, Cancellation);
            Assert.Equal(HttpStatusCode.OK, await SendAsync(client, "POST", "open-again"));
        }
        IReadOnlyList<string> recorded;
        while ((recorded = await RecordedAsync(admin)).Count < 3) await Task.Delay(50, Cancellation);
        Assert.Equal(["before", "open", "open-again"], recorded.Order());
        Assert.Equal((0, 0), (await proxy.CounterAsync("unrecorded_total"), await proxy.CounterAsync("spool_failed_total")));
    }

    private static async Task<ProxyProcess> StartAsync(ServiceProcess service, string key, TestFolder folder, AnsweringUpstream upstream)
    {
        await File.WriteAllTextAsync(folder["policy.json"], Policy, Cancellation);
        return await ProxyProcess.StartAsync(service.Url, key, "--listen", "http://127.0.0.1:0", "--upstream", upstream.Url, "--kind", "http", "--policy", folder["policy.json"], "--own-policy",
            "--spool", folder["spool"], "--metrics", "http://127.0.0.1:0");
    }

    private static async Task<HttpStatusCode> SendAsync(HttpClient client, string method, string id)
    {
        using var request = new HttpRequestMessage(new(method), "/things/1");
        request.Headers.Add("X-Request-Id", id);
        using var response = await client.SendAsync(request, Cancellation);
        return response.StatusCode;
    }

    private static async Task<IReadOnlyList<string>> RecordedAsync(HttpClient admin)
    {
        using var page = JsonDocument.Parse(await admin.GetStringAsync("/audit/v1/events?limit=1000&service=http", Cancellation));
        return [.. page.RootElement.GetProperty("events").EnumerateArray().Select(one => one.GetProperty("request").GetProperty("id").GetString()!)];
    }
}
