using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Domesday.Dialects.Tests.DockerUcp;

/// <summary>The log of ucp-controller over the Engine API, as the docker CLI asks for it.</summary>
public class ContainerLogsTests
{
    private const string Logs = "/v1.41/containers/ucp-controller/logs?stdout=1&stderr=1";

    [Fact]
    public async Task A_ping_tells_the_version_to_anybody()
    {
        await using var host = await DialectHost.StartAsync();
        foreach (var method in (HttpMethod[])[HttpMethod.Head, HttpMethod.Get])
        {
            foreach (var path in (string[])["/_ping", "/v1.47/_ping"])
            {
                var (response, body) = await DialectHost.SendAsync(host.Nobody, method, path);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                Assert.Equal(method == HttpMethod.Head ? "" : "OK", body);
                Assert.Equal(("1.47", "linux", "false"), (response.Headers.GetValues("Api-Version").Single(), response.Headers.GetValues("Ostype").Single(), response.Headers.GetValues("Docker-Experimental").Single()));
            }
        }
    }

    [Fact]
    public async Task The_container_is_known_by_name_and_by_id_and_no_other_is()
    {
        await using var host = await DialectHost.StartAsync();
        var container = await DialectHost.JsonAsync(host.Reader, "/v1.41/containers/ucp-controller/json");
        var id = container["Id"]!.GetValue<string>();
        Assert.Matches("^[0-9a-f]{64}$", id);
        Assert.Equal("/ucp-controller", container["Name"]!.GetValue<string>());
        Assert.False(container["Config"]!["Tty"]!.GetValue<bool>());
        Assert.Equal("json-file", container["HostConfig"]!["LogConfig"]!["Type"]!.GetValue<string>());
        Assert.True(container["State"]!["Running"]!.GetValue<bool>());
        Assert.Equal(id, (await DialectHost.JsonAsync(host.Reader, $"/containers/{id[..12]}/json"))["Id"]!.GetValue<string>());
        var (response, body) = await DialectHost.GetAsync(host.Reader, "/v1.41/containers/web/logs?stdout=1");
        Assert.Equal((HttpStatusCode.NotFound, """{"message":"No such container: web"}"""), (response.StatusCode, body));
        using var other = host.Service.Bearer((await host.Service.KeyAsync("default", "read")).Text);
        Assert.Equal(HttpStatusCode.NotFound, (await DialectHost.GetAsync(other, $"/containers/{id}/json")).Response.StatusCode);
    }

    [Fact]
    public async Task Lines_come_framed_oldest_first_and_in_the_media_type_of_the_clients_version()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync(UcpEvents.Request(host, 2), UcpEvents.Request(host, 1));
        var lines = await LinesAsync(host.Reader, Logs);
        Assert.Equal(["f8ce4684-cb55-4c88-652c-d2ebd2e90002", "f8ce4684-cb55-4c88-652c-d2ebd2e90001"], lines.Select(AuditId));
        foreach (var (version, type) in new[] { ("/v1.41", "application/vnd.docker.raw-stream"), ("/v1.42", "application/vnd.docker.multiplexed-stream"), ("", "application/vnd.docker.raw-stream") })
        {
            var (response, _) = await DialectHost.GetAsync(host.Reader, version + "/containers/ucp-controller/logs?stdout=1");
            Assert.Equal(type, response.Content.Headers.ContentType!.ToString());
        }
    }

    [Theory]
    [InlineData("&tail=1", "1")]
    [InlineData("&tail=2", "2,1")]
    [InlineData("&tail=0", "")]
    [InlineData("&tail=all", "4,3,2,1")]
    [InlineData("&tail=99999", "4,3,2,1")]
    [InlineData("&since=3m", "3,2,1")]
    [InlineData("&until=3m", "4,3")]
    [InlineData("&since=3m&until=2m", "3,2")]
    [InlineData("&since=3m&until=2m&tail=1", "2")]
    [InlineData("&since=1770848282.000000000", "3,2,1")]
    [InlineData("&since=1770848282.000000001", "2,1")]
    [InlineData("&until=2026-02-11T22:18:02Z", "4,3")]
    public async Task Tail_since_and_until_choose_the_lines(string parameters, string minutes)
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync([.. new[] { 4, 3, 2, 1 }.Select(minute => UcpEvents.Request(host, minute))]);
        var lines = await LinesAsync(host.Reader, Logs + parameters);
        Assert.Equal(minutes, string.Join(',', lines.Select(line => int.Parse(AuditId(line)[^4..], System.Globalization.CultureInfo.InvariantCulture))));
    }

    [Fact]
    public async Task Timestamps_and_details_stand_before_the_line_and_stderr_has_none()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync(UcpEvents.Request(host, 1));
        Assert.StartsWith("2026-02-11T22:20:02.000000000Z {\"audit\":", Assert.Single(await LinesAsync(host.Reader, Logs + "&timestamps=1")), StringComparison.Ordinal);
        Assert.StartsWith("2026-02-11T22:20:02.000000000Z  {\"audit\":", Assert.Single(await LinesAsync(host.Reader, Logs + "&timestamps=1&details=1")), StringComparison.Ordinal);
        Assert.Empty(await LinesAsync(host.Reader, "/containers/ucp-controller/logs?stderr=1"));
    }

    [Fact]
    public async Task Reading_the_log_is_recorded_and_does_not_lengthen_it()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync(UcpEvents.Request(host, 1));
        await LinesAsync(host.Reader, Logs);
        var read = await host.Service.EventAsync(DialectHost.Tenant, kept => kept.Operation == "ucp.container.logs");
        Assert.Equal("read", read.Action);
        Assert.Single(await LinesAsync(host.Reader, Logs));
    }

    [Fact]
    public async Task Whoever_may_read_one_project_sees_that_project_alone()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync(UcpEvents.Request(host, 2) with { Scope = new() { Project = new() { Id = "p1" } } }, UcpEvents.Request(host, 1));
        using var viewer = host.Service.Bearer(await host.ProjectKeyAsync("p1"));
        Assert.EndsWith("0002", AuditId(Assert.Single(await LinesAsync(viewer, Logs))), StringComparison.Ordinal);
        Assert.EndsWith("0002", AuditId(Assert.Single(await LinesAsync(viewer, Logs + "&tail=1"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Following_gives_each_line_once_as_it_comes()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync(UcpEvents.Request(host, 9), UcpEvents.Request(host, 8));
        using var response = await host.Reader.GetAsync(Logs + "&follow=1&tail=1", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        Assert.EndsWith("0008", AuditId(await LineAsync(stream)), StringComparison.Ordinal);
        for (var minute = 7; minute > 4; minute--)
        {
            await host.AppendAsync(UcpEvents.Request(host, minute));
            Assert.EndsWith($"000{minute}", AuditId(await LineAsync(stream)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Following_ends_at_the_moment_that_was_named()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync(UcpEvents.Request(host, 1));
        Assert.Single(await LinesAsync(host.Reader, Logs + "&follow=1&until=1s"));
    }

    [Fact]
    public async Task A_log_of_many_chunks_arrives_whole()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync([.. Enumerable.Range(1, 2_000).Select(index => UcpEvents.Request(host, index))]);
        var lines = await LinesAsync(host.Reader, Logs);
        Assert.Equal(2_000, lines.Count);
        Assert.Equal(2_000, lines.Distinct().Count());
        Assert.All(lines, line => JsonNode.Parse(line));
        Assert.Equal(1_500, (await LinesAsync(host.Reader, Logs + "&tail=1500")).Count);
    }

    internal static string AuditId(string line) => JsonNode.Parse(line[line.IndexOf('{', StringComparison.Ordinal)..])!["audit"]!["auditID"]!.GetValue<string>();

    internal static async Task<IReadOnlyList<string>> LinesAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var lines = new List<string>();
        while (await LineAsync(stream) is { Length: > 0 } line) lines.Add(line);
        return lines;
    }

    /// <summary>One frame without its line's end; empty at the end of the stream.</summary>
    private static async Task<string> LineAsync(Stream stream)
    {
        var header = new byte[8];
        var read = await stream.ReadAtLeastAsync(header, 8, throwOnEndOfStream: false, TestContext.Current.CancellationToken);
        if (read == 0) return "";
        Assert.Equal((8, (byte)1, 0), (read, header[0], header[1] + header[2] + header[3]));
        var line = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4))];
        await stream.ReadExactlyAsync(line, TestContext.Current.CancellationToken);
        Assert.Equal((byte)'\n', line[^1]);
        return Encoding.UTF8.GetString(line, 0, line.Length - 1);
    }
}
