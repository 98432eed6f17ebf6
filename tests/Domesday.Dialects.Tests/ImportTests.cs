using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Domesday.Events.Json;

namespace Domesday.Dialects.Tests;

/// <summary>Whoever moves here brings the records along, and finds them as they were.</summary>
public class ImportTests
{
    private const string Other = "moved";

    [Theory]
    [InlineData("upcloud", "UpCloud", "/1.3/audit-logs?limit=200")]
    [InlineData("upcloud", "UpCloud", "/1.3/audit-logs/export?format=json")]
    [InlineData("pcd", "PlatformPcd", "/resmgr/audit/export?start_time=2026-01-01T00:00:00Z")]
    [InlineData("runai", "RunAi", "/v1/k8s/audit")]
    [InlineData("runai", "RunAi", "/api/v1/audit/log?start=2026-01-01&end=2026-12-31")]
    [InlineData("palette", "SpectroPalette", "/v1/audits")]
    public async Task Records_that_are_read_and_imported_again_are_the_same_records(string dialect, string fixtures, string path)
    {
        await using var host = await DialectHost.StartAsync();
        await host.Service.TenantAsync(Other);
        var lines = await File.ReadAllTextAsync(Path.Combine(DialectFixture.FolderOf(fixtures), "events.ndjson"), TestContext.Current.CancellationToken);
        await DialectHost.AppendAsync(host.Writer, [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => EventJson.Read(Encoding.UTF8.GetBytes(line)))]);
        using var admin = host.Service.Bearer((await host.Service.KeyAsync(Other, "admin")).Text);
        var original = Records((await DialectHost.GetAsync(host.Reader, path)).Body);
        Assert.True(original.Count > 1);
        // Oldest first, as a ledger is filled: the order of what is equal in time stays.
        var body = string.Join('\n', original.OrderBy(record => record["id"]?.GetValueKind() == System.Text.Json.JsonValueKind.Number ? record["id"]!.GetValue<long>() : 0).Select(record => record.ToJsonString()));
        Assert.Equal(HttpStatusCode.OK, (await ImportAsync(admin, dialect, body)).Status);
        var moved = Records((await DialectHost.GetAsync(admin, path)).Body);
        Assert.Equal(original.Select(record => record.ToJsonString()), moved.Select(record => record.ToJsonString()));
        var (_, again) = await ImportAsync(admin, dialect, body);
        Assert.All(again["receipts"]!.AsArray(), receipt => Assert.True(receipt!["duplicate"]!.GetValue<bool>()));
    }

    [Fact]
    public async Task A_page_as_the_api_gives_it_is_taken_as_it_is()
    {
        await using var host = await DialectHost.StartAsync();
        var (status, answer) = await ImportAsync(host.Writer, "upcloud", """
            {"audit_logs":[{"time":"2026-02-11T20:00:00Z","auth_type":"gui","cloud_event_id":"01KC8T59GZXZTNCZMYGJXGFSGM","upcloud_correlation_id":"01KC8T59GZXZTNCZMYGJXGFSG0","resource_type":"server","action":"create","origin":"gui","account_username":"alice","ip_address":"192.0.xxx.xxx","extra":{"kept":1}}]}
            """);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Single(answer["receipts"]!.AsArray());
        var log = Assert.Single((await DialectHost.JsonAsync(host.Reader, "/1.3/audit-logs"))["audit_logs"]!.AsArray())!;
        Assert.Equal("192.0.xxx.xxx", log["ip_address"]!.GetValue<string>());
        var kept = (await host.Service.EventsAsync(DialectHost.Tenant)).Single(stored => stored.SourceKind == "upcloud");
        Assert.Equal(1, kept.Raw!.Value.GetProperty("extra").GetProperty("kept").GetInt32());
    }

    [Fact]
    public async Task Equal_lines_without_identity_are_two_events_and_stay_two()
    {
        await using var host = await DialectHost.StartAsync();
        const string Line = """{"timestamp_utc":"2026-02-11T20:00:00Z","action_name":"create","username":"admin"}""";
        for (var i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.OK, (await ImportAsync(host.Writer, "pcd", $"{Line}\n{Line}\n")).Status);
        Assert.Equal(2, (await host.Service.EventsAsync(DialectHost.Tenant)).Count(stored => stored.SourceKind == "pcd"));
    }

    [Fact]
    public async Task What_is_no_record_is_named_by_its_place_and_nothing_is_stored_unless_that_is_wished()
    {
        await using var host = await DialectHost.StartAsync();
        const string Body = """[{"nonsense":1},{"timestamp_utc":"2026-02-11T20:00:00Z","action_name":"create"},{"timestamp_utc":"2026-02-11T20:00:00Z","action_name":"NOT A WORD"},5]""";
        var (status, answer) = await ImportAsync(host.Writer, "pcd", Body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal([0, 3], answer["errors"]!.AsArray().Select(error => error!["index"]!.GetValue<int>()));
        var (partial, stored) = await ImportAsync(host.Writer, "pcd&partial=true", Body);
        Assert.Equal(HttpStatusCode.OK, partial);
        Assert.Single(stored["receipts"]!.AsArray());
        Assert.Equal([0, 2, 3], stored["rejected"]!.AsArray().Select(error => error!["index"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData("nobody", "[]")]
    [InlineData("", "[]")]
    [InlineData("pcd", "")]
    [InlineData("pcd", "[]")]
    [InlineData("pcd", "{")]
    public async Task An_import_that_is_none_is_refused(string from, string body)
    {
        await using var host = await DialectHost.StartAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await ImportAsync(host.Writer, from, body)).Status);
    }

    [Fact]
    public async Task Who_may_only_read_imports_nothing()
    {
        await using var host = await DialectHost.StartAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await ImportAsync(host.Reader, "pcd", "[]")).Status);
    }

    private static async Task<(HttpStatusCode Status, JsonObject Answer)> ImportAsync(HttpClient client, string from, string body)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await client.PostAsync("/audit/v1/import?from=" + from, content, TestContext.Current.CancellationToken);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject());
    }

    private static List<JsonObject> Records(string body)
    {
        var lines = body.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length > 1) return [.. lines.Select(line => JsonNode.Parse(line)!.AsObject())];
        var parsed = JsonNode.Parse(body)!;
        var list = parsed as JsonArray ?? (parsed["audit_logs"] ?? parsed["items"])!.AsArray();
        return [.. list.Select(record => record!.AsObject())];
    }
}
