using System.Diagnostics;
using System.Net;

namespace Domesday.Ingest.Tests.Syslog;

/// <summary>Real senders: util-linux' logger, and rsyslog over TLS.</summary>
public class SyslogSenderTests
{
    private static string Logger => OutsideProgram.Need("bsdutils", "/usr/bin/logger");

    private static async Task LogAsync(IPEndPoint address, params string[] arguments)
    {
        var (status, output) = await OutsideProgram.RunAsync(Logger, "/", ["-n", address.Address.ToString(), "-P", address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), .. arguments]);
        Assert.True(status == 0, output);
    }

    [Fact]
    public async Task Logger_is_understood_in_every_form_that_it_has()
    {
        await using var host = await SyslogHost.StartAsync();
        string[] data = ["--sd-id", "audit@32473", "--sd-param", "actor=\"alice\"", "--sd-param", "action=\"delete\""];
        await LogAsync(host.Tcp, ["-T", "--rfc5424", "--octet-count", "-t", "shop", "--msgid", "ID1", .. data, "counted é"]);
        await LogAsync(host.Tcp, ["-T", "--rfc5424", "-t", "shop", .. data, "a line"]);
        await LogAsync(host.Udp, ["-d", "--rfc5424", "-t", "shop", .. data, "a datagram"]);
        var modern = await host.EventsAsync(3);
        Assert.All(modern, one => Assert.Equal(("shop", "delete", "alice", "user", "notice"), (one.Service, one.Action, one.Actor!.Name, one.Labels!["facility"], one.Labels["severity"])));
        Assert.Equal(["a datagram", "a line", "counted é"], modern.Select(one => one.Raw!.Value.GetProperty("message").GetString()).Order(StringComparer.Ordinal));
        await LogAsync(host.Tcp, "-T", "--rfc3164", "-t", "shop", "-i", "-p", "auth.warning", "the old way");
        var old = (await host.EventsAsync(4))[^1];
        Assert.Equal(("shop", "auth", "warning", "the old way"), (old.Service, old.Labels!["facility"], old.Labels["severity"], old.Raw!.Value.GetProperty("message").GetString()));
        Assert.True(Math.Abs((old.Time!.Value.ToDateTimeOffset() - TimeProvider.System.GetUtcNow()).TotalHours) < 24);
        Assert.NotNull(old.Labels["process"]);
        Assert.Equal(0, host.Store.Size("acme~quarantine"));
    }

    [Fact]
    public async Task Rsyslog_forwards_over_TLS_and_nothing_is_lost()
    {
        var program = OutsideProgram.Need("rsyslog", "/usr/sbin/rsyslogd");
        Assert.SkipUnless(File.Exists("/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_ossl.so") || File.Exists("/usr/lib/aarch64-linux-gnu/rsyslog/lmnsd_ossl.so"), "Needs the Debian package rsyslog-openssl.");
        await using var host = await SyslogHost.StartAsync();
        var folder = Directory.CreateTempSubdirectory("domesday-rsyslog");
        try
        {
            await WriteConfigurationAsync(folder.FullName, host);
            using var process = Process.Start(new ProcessStartInfo(program, ["-n", "-f", Path.Combine(folder.FullName, "rsyslog.conf"), "-i", Path.Combine(folder.FullName, "pid")]) { RedirectStandardError = true })!;
            try
            {
                var socket = Path.Combine(folder.FullName, "log");
                while (!File.Exists(socket) && !process.HasExited) await Task.Yield();
                Assert.False(process.HasExited);
                for (var i = 1; i <= 20; i++)
                {
                    var (status, output) = await OutsideProgram.RunAsync(Logger, "/", "-u", socket, "--rfc5424", "-t", "shop", "--sd-id", "audit@32473", "--sd-param", $"actor=\"alice\"", $"over TLS {i} é");
                    Assert.True(status == 0, output);
                }
                var stored = await host.EventsAsync(20);
                Assert.Equal(Enumerable.Range(1, 20).Select(i => $"over TLS {i} é"), stored.Select(one => one.Raw!.Value.GetProperty("message").GetString()!.Trim()));
                Assert.All(stored, one => Assert.Equal(("shop", "tls 127.0.0.1"), (one.Service, one.Labels!["sender"])));
            }
            finally
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task WriteConfigurationAsync(string folder, SyslogHost host)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "ca.pem"), host.Certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(folder, "rsyslog.conf"), $$"""
            global(workDirectory="{{folder}}" defaultNetstreamDriverCAFile="{{folder}}/ca.pem")
            module(load="imuxsock" SysSock.Use="off")
            input(type="imuxsock" Socket="{{folder}}/log" CreatePath="on" useSpecialParser="off" parseHostname="on")
            *.* action(type="omfwd" target="{{host.Tls.Address}}" port="{{host.Tls.Port}}" protocol="tcp" TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format"
                       StreamDriver="ossl" StreamDriverMode="1" StreamDriverAuthMode="x509/certvalid" action.resumeRetryCount="-1")
            """);
    }
}
