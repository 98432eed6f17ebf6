using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Domesday.Server.Tests;

namespace Domesday.Sinks.Tests.SyslogOut;

/// <summary>What people rely on who have events sent to rsyslog. Needs rsyslog, for TLS rsyslog-openssl.</summary>
public class SyslogOutTests
{
    [Theory]
    [InlineData("tcp", "counted")]
    [InlineData("tcp", "lines")]
    [InlineData("udp", "counted")]
    public async Task Real_rsyslog_gets_every_event_in_order(string transport, string framing)
    {
        using var folder = new TestFolder();
        var port = OutsideProgram.FreePort();
        var rsyslog = await StartAsync(folder, transport == "udp"
            ? $"module(load=\"imudp\")\ninput(type=\"imudp\" address=\"127.0.0.1\" port=\"{port}\")"
            : $"module(load=\"imtcp\")\ninput(type=\"imtcp\" address=\"127.0.0.1\" port=\"{port}\")", port, transport == "udp");
        try
        {
            await ReceiveAsync(folder, new() { ["host"] = "127.0.0.1", ["port"] = port, ["transport"] = transport, ["framing"] = framing }, transport == "udp" ? 40 : 300);
        }
        finally
        {
            await OutsideProgram.EndAsync(rsyslog);
        }
    }

    [Fact]
    public async Task Real_rsyslog_gets_every_event_within_TLS_and_another_authority_is_not_believed()
    {
        Assert.SkipUnless(Directory.Exists("/usr/share/doc/rsyslog-openssl"), "Needs the Debian package rsyslog-openssl.");
        using var folder = new TestFolder();
        var port = OutsideProgram.FreePort();
        var authority = MakeCertificates(folder);
        var rsyslog = await StartAsync(folder, $"""
            global(DefaultNetstreamDriver="ossl" DefaultNetstreamDriverCAFile="{folder["ca.pem"]}" DefaultNetstreamDriverCertFile="{folder["server.pem"]}" DefaultNetstreamDriverKeyFile="{folder["server.key"]}")
            module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
            input(type="imtcp" address="127.0.0.1" port="{port}")
            """, port, isUdp: false);
        try
        {
            await ReceiveAsync(folder, new() { ["host"] = "localhost", ["port"] = port, ["transport"] = "tls", ["ca"] = authority }, 300);
            await using var service = await SinkCalls.ServiceAsync();
            var id = await service.SinkAsync("syslog", new() { ["host"] = "localhost", ["port"] = port, ["transport"] = "tls" });
            var answer = await service.DoAsync(id, "test");
            Assert.False(answer["accepted"]!.GetValue<bool>());
            Assert.Contains("certificate", answer["answer"]!.GetValue<string>(), StringComparison.Ordinal);
        }
        finally
        {
            await OutsideProgram.EndAsync(rsyslog);
        }
    }

    /// <param name="count">Datagrams few enough for any buffer: those that overflow one are lost by nature.</param>
    private static async Task ReceiveAsync(TestFolder folder, JsonObject settings, int count)
    {
        await using var service = await SinkCalls.ServiceAsync();
        var id = await service.SinkAsync("syslog", settings, sink => sink["filter"] = "resource_type=order");
        await service.AppendAsync(count);
        await service.SinkDoneAsync(id, count);
        var lines = await LinesAsync(folder["out.log"], count);
        Assert.Equal(Enumerable.Range(0, count).Select(number => $"o-{number}"), lines.Select(line => JsonNode.Parse(line[line.IndexOf('{', StringComparison.Ordinal)..])!["resource"]!["id"]!.GetValue<string>()));
        // Facility 13, notice; rsyslog took the message apart, so its header and structured data are well formed.
        Assert.All(lines, line => Assert.StartsWith("109|create|domesday|", line, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Contains("resource=\"an order\" result=\"success\"", line, StringComparison.Ordinal));
    }

    private static async Task<Process> StartAsync(TestFolder folder, string input, int port, bool isUdp)
    {
        var program = OutsideProgram.Need("rsyslogd", "Debian package rsyslog");
        await File.WriteAllTextAsync(folder["rsyslog.conf"], $$"""
            global(workDirectory="{{Path.GetDirectoryName(folder["x"])}}" maxMessageSize="128k")
            {{input}}
            template(name="t" type="string" string="%PRI%|%MSGID%|%APP-NAME%|%STRUCTURED-DATA%|%msg%\n")
            action(type="omfile" file="{{folder["out.log"]}}" template="t")
            """, TestContext.Current.CancellationToken);
        var process = OutsideProgram.Start(program, new Dictionary<string, string>(), "-n", "-f", folder["rsyslog.conf"], "-i", folder["pid"]);
        if (!isUdp) await OutsideProgram.WaitForAsync(port, process);
        // The system lists sockets that receive datagrams by their ports in hexadecimal.
        else while (!(await File.ReadAllTextAsync("/proc/net/udp", TestContext.Current.CancellationToken)).Contains($":{port:X4} ", StringComparison.Ordinal)) await Task.Delay(50, TestContext.Current.CancellationToken);
        return process;
    }

    private static async Task<string[]> LinesAsync(string file, int count)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (true)
        {
            var lines = File.Exists(file) ? await File.ReadAllLinesAsync(file, limit.Token) : [];
            if (lines.Length >= count) return lines;
            await Task.Delay(50, limit.Token);
        }
    }

    /// <returns>The authority, PEM.</returns>
    private static string MakeCertificates(TestFolder folder)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=test authority", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        using var serverKey = RSA.Create(2048);
        var server = new CertificateRequest("CN=localhost", serverKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        server.CertificateExtensions.Add(names.Build());
        using var certificate = server.Create(authority, now.AddHours(-1), now.AddHours(20), [1, 2, 3]);
        File.WriteAllText(folder["ca.pem"], authority.ExportCertificatePem());
        File.WriteAllText(folder["server.pem"], certificate.ExportCertificatePem());
        File.WriteAllText(folder["server.key"], serverKey.ExportPkcs8PrivateKeyPem());
        return authority.ExportCertificatePem();
    }
}
