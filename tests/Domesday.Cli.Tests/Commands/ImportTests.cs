using System.Text;
using System.Text.Json.Nodes;

namespace Domesday.Cli.Tests.Commands;

public sealed class ImportTests : IAsyncLifetime
{
    private const string UpCloudRecord = """{"time":"2026-02-11T20:00:00.123456Z","cloud_event_id":"01KC8T59GZXZTNCZMYGJXGFSGM","action":"create","resource_type":"server","resource_id":"00798b85","account_username":"alice","origin":"api"}""";
    private const string UcpLine = """{"audit":{"auditID":"f8ec1bb7","kind":"docker-swarm","level":"metadata","metadata":{"creationTimestamp":null},"requestReceivedTimestamp":"2026-02-11T22:21:02.1234Z","requestURI":"/v1.41/services/create","stage":"ResponseComplete","user":{"uid":"jane"},"verb":"POST"},"level":"info","msg":"audit","time":"2026-02-11T22:21:02Z"}""";

    private CliHost _cli = null!;

    public async ValueTask InitializeAsync() => _cli = await CliHost.StartAsync();

    public ValueTask DisposeAsync() => _cli.DisposeAsync();

    [Theory]
    [InlineData(UpCloudRecord + "\n")]
    [InlineData("[" + UpCloudRecord + "]")]
    [InlineData("{\"audit_logs\":[" + UpCloudRecord + "]}")]
    public async Task Records_of_another_audit_log_are_taken_over_once(string file)
    {
        await File.WriteAllTextAsync(_cli["file"], file, TestContext.Current.CancellationToken);
        Assert.Equal("1 events stored\n", await _cli.OutputAsync("import", "--from", "upcloud", _cli["file"]));
        Assert.Equal("0 events stored, 1 were there already\n", await _cli.OutputAsync("import", "--from", "upcloud", _cli["file"]));
        var stored = JsonNode.Parse(await _cli.OutputAsync("get", "01KC8T59GZXZTNCZMYGJXGFSGM", "--json"))!.ToJsonString();
        Assert.Contains("alice", stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_of_a_controller_is_taken_over_and_other_lines_are_counted()
    {
        var log = Encoding.UTF8.GetBytes($"2026-02-11T22:21:02.5Z {UcpLine}\n2026-02-11T22:21:03.5Z {{\"level\":\"info\",\"msg\":\"started\"}}\n{{\"audit\":{{\"auditID\":\"cut\n");
        var taken = await _cli.RunAsync(log, ["import", "--from", "ucp", "-"]);
        Assert.Equal((0, "1 events stored, 1 kept in quarantine, 1 other lines passed over\n"), (taken.Code, taken.Out));
        var report = JsonNode.Parse((await _cli.RunAsync(log, ["import", "--from", "ucp", "--json"])).Out)!;
        Assert.Equal((0, 1, 1), (report["stored"]!.GetValue<int>(), report["duplicates"]!.GetValue<int>(), report["skipped"]!.GetValue<int>()));
    }

    [Fact]
    public async Task A_record_of_another_vendor_is_told_by_its_line()
    {
        var file = Encoding.UTF8.GetBytes($"{UpCloudRecord}\n{{\"some\":\"thing\"}}\n");
        var refused = await _cli.RunAsync(file, ["import", "--from", "upcloud"]);
        Assert.Equal((1, "0 events stored\n"), (refused.Code, refused.Out));
        Assert.Contains("line 2: It is no record of UpCloud", refused.Error, StringComparison.Ordinal);
        var partial = await _cli.RunAsync(file, ["import", "--from", "upcloud", "--partial"]);
        Assert.Equal((1, "1 events stored, 1 rejected\n"), (partial.Code, partial.Out));
        Assert.Equal(2, (await _cli.RunAsync(file, ["import", "--from", "splunk"])).Code);
        Assert.Equal(2, (await _cli.RunAsync(file, ["import"])).Code);
    }
}
