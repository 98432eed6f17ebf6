using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Ingest.Syslog;

namespace Domesday.Ingest.Tests.Syslog;

/// <summary>Whatever comes in over the network, the listeners live on and what is sound is stored.</summary>
public class SyslogListenerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static async Task SendAsync(IPEndPoint address, string text)
    {
        await using var stream = await SyslogHost.ConnectAsync(address);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text), Cancellation);
    }

    [Fact]
    public async Task A_datagram_is_a_message_and_garbage_is_kept_in_quarantine()
    {
        await using var host = await SyslogHost.StartAsync();
        using var sender = new UdpClient();
        foreach (var text in new[] { "<13>Jan  1 00:00:00 h app: one", "garbage", "", "<14>1 - - - - - - two" }) await sender.SendAsync(Encoding.UTF8.GetBytes(text), host.Udp, Cancellation);
        var stored = await host.EventsAsync(2);
        Assert.Equal(["one", "two"], stored.Select(one => one.Raw!.Value.GetProperty("message").GetString()));
        Assert.All(stored, one => Assert.Equal(("syslog", "udp 127.0.0.1"), (one.SourceKind, one.Labels!["sender"])));
        await host.QuarantineAsync(2);
        var kept = (await QuarantinedInput.ReadAsync(host.Store, SyslogHost.Tenant, 0, Cancellation)).Value;
        Assert.Equal(("syslog", "udp 127.0.0.1", "garbage"), (kept.Source, kept.Context, Encoding.UTF8.GetString(kept.Bytes)));
        Assert.Contains("priority", Assert.Single(kept.Faults).Reason, StringComparison.Ordinal);
        Assert.Equal(4, host.Count("domesday_syslog_messages_received_total"));
    }

    [Fact]
    public async Task A_connection_after_garbage_and_gigantic_lines_is_served_like_the_first()
    {
        await using var host = await SyslogHost.StartAsync();
        await SendAsync(host.Tcp, $"\u0016\u0003\u0001 no syslog\n<13>{new string('x', 300_000)}\n<13>a: still here\n");
        await SendAsync(host.Tcp, "99999999 <13>liar");
        await SendAsync(host.Tcp, "17 <13>b: the second");
        var stored = await host.EventsAsync(2);
        Assert.Equal(["still here", "the second"], stored.Select(one => one.Raw!.Value.GetProperty("message").GetString()!.TrimEnd()).Order(StringComparer.Ordinal));
        Assert.Equal(3, (await host.QuarantineAsync(3)).Count);
        var contexts = new List<string?>();
        for (var i = 0; i < 3; i++) contexts.Add((await QuarantinedInput.ReadAsync(host.Store, SyslogHost.Tenant, i, Cancellation)).Value.Context);
        Assert.Equal(["tcp 127.0.0.1", "tcp 127.0.0.1, cut", "tcp 127.0.0.1, cut"], contexts.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<13>a: begun and never")]
    [InlineData("500 <13>b: counted and never")]
    public async Task A_connection_that_brings_no_whole_message_is_closed_and_what_it_brought_before_is_kept(string rest)
    {
        await using var host = await SyslogHost.StartAsync(idleTimeout: TimeSpan.FromMilliseconds(200));
        await using var connection = await SyslogHost.ConnectAsync(host.Tcp);
        await connection.WriteAsync(Encoding.UTF8.GetBytes("<13>c: whole\n" + rest), Cancellation);
        Assert.Single(await host.EventsAsync(1));
        // Closed, or reset where something was left unread.
        try
        {
            Assert.Equal(0, await connection.ReadAsync(new byte[1], Cancellation));
        }
        catch (IOException)
        {
            Assert.NotEmpty(rest);
        }
    }

    [Fact]
    public async Task Messages_come_over_TLS_and_who_speaks_no_TLS_is_turned_away()
    {
        await using var host = await SyslogHost.StartAsync();
        await SendAsync(host.Tls, "<13>in the clear\n");
        await using (var tls = new SslStream(await SyslogHost.ConnectAsync(host.Tls)))
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.GetCertHashString() == host.Certificate.Thumbprint }, Cancellation);
            await tls.WriteAsync(Encoding.UTF8.GetBytes("14 <13>a: secret!"), Cancellation);
        }
        Assert.Equal("secret!"[..6], Assert.Single(await host.EventsAsync(1)).Raw!.Value.GetProperty("message").GetString()![..6]);
        Assert.Equal(1, host.Store.Size(SyslogHost.Tenant));
    }

    [Fact]
    public async Task What_has_arrived_when_the_service_ends_is_stored_first()
    {
        await using var host = await SyslogHost.StartAsync();
        await using var stream = await SyslogHost.ConnectAsync(host.Tcp);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 2_000).Select(i => $"<13>a: m{i}\n"))), Cancellation);
        await host.EventsAsync(1);
        await host.StopAsync();
        Assert.Equal(host.Count("domesday_syslog_messages_received_total"), host.Store.Size(SyslogHost.Tenant));
    }

    [Fact]
    public async Task While_the_store_takes_nothing_messages_wait_and_none_is_lost()
    {
        StoreInBetween? between = null;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await SyslogHost.StartAsync(store => between = new StoreInBetween(store) { Gate = gate });
        await using var stream = await SyslogHost.ConnectAsync(host.Tcp);
        var sending = stream.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 10_000).Select(i => $"<13>a: m{i}\n"))), Cancellation);
        await between!.Arrived;
        Assert.Equal(0, host.Store.Size(SyslogHost.Tenant));
        gate.SetResult();
        await sending;
        var stored = await host.EventsAsync(10_000);
        Assert.Equal(Enumerable.Range(0, 10_000).Select(i => $"m{i}"), stored.Select(one => one.Raw!.Value.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task Datagrams_beyond_what_can_wait_are_counted()
    {
        await using var host = await SyslogHost.StartAsync(store => new StoreInBetween(store) { Refusal = new(ProblemKind.Unavailable, "Full.", RetryAfter: TimeSpan.FromHours(1)) });
        using var sender = new UdpClient();
        while (host.Count("domesday_syslog_messages_lost_total") == 0) await sender.SendAsync("<13>a: b"u8.ToArray(), host.Udp, Cancellation);
        Assert.True(host.Count("domesday_syslog_messages_received_total") > 2_000);
    }

    [Fact]
    public async Task An_address_that_another_has_stops_the_start()
    {
        await using var host = await SyslogHost.StartAsync();
        using var listeners = new SyslogListeners(new() { Tcp = [new(host.Tcp, "acme")] }, null!, new("test"), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<SyslogListeners>.Instance);
        var exception = await Assert.ThrowsAsync<IOException>(() => listeners.StartAsync(Cancellation));
        Assert.Contains(host.Tcp.ToString(), exception.Message, StringComparison.Ordinal);
    }
}
