using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Text;

namespace Domesday.Dialects.Tests.DockerUcp;

/// <summary>The support dump holds the controller's log, and audit lines only when the configuration says so.</summary>
public class SupportDumpTests
{
    [Fact]
    public async Task Audit_lines_are_left_out_unless_the_configuration_includes_them()
    {
        await using var host = await DialectHost.StartAsync();
        using var admin = host.Service.Bearer(host.AdminKey);
        await host.AppendAsync([.. Enumerable.Range(1, 400).Select(index => UcpEvents.Request(host, index))]);
        var without = await LogAsync(admin, "/api/support");
        Assert.NotEmpty(without);
        Assert.DoesNotContain("auditID", without, StringComparison.Ordinal);
        await DialectHost.SendAsync(admin, HttpMethod.Put, "/api/ucp/config/logging", """{"supportDumpIncludeAuditLogs":true}""");
        var with = await LogAsync(admin, "/api/support");
        // The configuration's own change is a line too.
        Assert.Equal(401, with.Split('\n').Count(line => line.Contains("auditID", StringComparison.Ordinal)));
        Assert.Equal(3, (await LogAsync(admin, "/api/support?loglines=3")).Split('\n').Count(line => line.Contains("auditID", StringComparison.Ordinal)));
        Assert.Equal(6, (await LogAsync(admin, "/api/support?since=5m&loglines=all")).Split('\n').Count(line => line.Contains("auditID", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Taking_a_dump_with_audit_lines_is_an_export_that_is_recorded()
    {
        await using var host = await DialectHost.StartAsync();
        using var admin = host.Service.Bearer(host.AdminKey);
        await DialectHost.SendAsync(admin, HttpMethod.Put, "/api/ucp/config/logging", """{"supportDumpIncludeAuditLogs":true}""");
        await LogAsync(admin, "/api/support");
        Assert.Equal("export", (await host.Service.EventAsync(DialectHost.Tenant, kept => kept.Operation == "ucp.support")).Action);
    }

    [Theory]
    [InlineData("?loglines=x")]
    [InlineData("?since=never")]
    public async Task Wrong_parameters_are_refused(string query)
    {
        await using var host = await DialectHost.StartAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await DialectHost.GetAsync(host.Reader, "/api/support" + query)).Response.StatusCode);
    }

    private static async Task<string> LogAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Matches("^docker-support-acme-[0-9]{8}-[0-9]{6}\\.tgz$", response.Content.Headers.ContentDisposition!.FileName!.Trim('"'));
        await using var gzip = new GZipStream(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), CompressionMode.Decompress);
        await using var tar = new TarReader(gzip);
        var entry = await tar.GetNextEntryAsync(copyData: true, TestContext.Current.CancellationToken);
        Assert.Equal("ucp-controller.log", entry!.Name);
        using var text = new StreamReader(entry.DataStream!, Encoding.UTF8);
        var log = await text.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Null(await tar.GetNextEntryAsync(copyData: false, TestContext.Current.CancellationToken));
        return log;
    }
}
