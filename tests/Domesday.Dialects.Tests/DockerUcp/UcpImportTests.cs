using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Domesday.Dialects.Tests.DockerUcp;

/// <summary>Lines that UCP printed are taken in and come out again as they were.</summary>
public class UcpImportTests
{
    private const string Documented =
        """{"audit":{"auditID":"f8ce4684-cb55-4c88-652c-d2ebd2e9365e","kind":"docker-swarm","level":"metadata","metadata":{"creationTimestamp":null},"requestReceivedTimestamp":"2019-01-30T17:21:45.316157Z","requestURI":"/metricsservice/query?query=(%20...%20*%20100\u0026time=2019-01-30T17%3A21%3A45.286Z","sourceIPs":["172.31.45.250:48516"],"stage":"RequestReceived","stageTimestamp":null,"timestamp":null,"user":{"extra":{"licenseKey":["FHy6..."],"username":["admin"]},"uid":"4ec3c2fc-312b-4e66-bb4f-b64b8f0ee42a","username":"4ec3c2fc-312b-4e66-bb4f-b64b8f0ee42a"},"verb":"GET"},"level":"info","msg":"audit","time":"2019-01-30T17:21:45Z"}""";

    /// <summary>The documents' abridged samples, with what is missing to be JSON.</summary>
    private const string Kubernetes =
        """{"audit":{"auditID":"7d1ff4c1","kind":"Event","level":"Metadata","metadata":{"creationTimestamp":"2018-08-07T22:10:35Z"},"requestURI":"/api/v1/namespaces/default/pods","sourceIPs":["127.0.0.1"],"stage":"RequestReceived","timestamp":"2018-08-07T22:10:35Z","user":{"username":"alice"},"verb":"list"},"level":"info","msg":"audit"}""";

    private const string Full =
        """{"audit":{"auditID":"a1","kind":"docker-swarm","level":"request","metadata":{"creationTimestamp":null},"objectRef":{"namespace":"n","resource":"service","uid":"u1"},"requestObject":{"Name":"\u003cb\u003e","Z":1},"requestReceivedTimestamp":"2019-01-30T17:21:45.316157Z","requestURI":"/services/create","responseStatus":{"code":409,"metadata":{}},"sourceIPs":["[2001:db8::1]:4000","10.0.0.1"],"stage":"ResponseComplete","stageTimestamp":null,"timestamp":null,"user":{"uid":"bob","username":"bob"},"userAgent":"docker","verb":"POST"},"level":"info","msg":"audit","time":"2019-01-30T17:21:45Z"}""";

    public static TheoryData<string, bool> Lines => new()
    {
        { Documented, false },
        { Full, false },
        { Kubernetes, true },
        { Full.Replace("\"user\":{\"uid\":\"bob\",\"username\":\"bob\"}", "\"user\":{\"groups\":[\"g\"],\"uid\":\"bob\",\"username\":\"bobby\"}", StringComparison.Ordinal), true },
        { Full.Replace(".316157Z", ".31615712Z", StringComparison.Ordinal), true },
        { Full.Replace("\"verb\":\"POST\"", "\"verb\":\"post\"", StringComparison.Ordinal), false },
        { Full.Replace("\"responseStatus\":{\"code\":409,\"metadata\":{}}", "\"responseStatus\":{\"code\":409,\"message\":\"name conflicts\",\"metadata\":{}}", StringComparison.Ordinal), true },
        { Full.Replace("\"sourceIPs\":[\"[2001:db8::1]:4000\",\"10.0.0.1\"],", "", StringComparison.Ordinal), false },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task A_line_comes_out_as_it_went_in(string line, bool keptWhole)
    {
        await using var host = await DialectHost.StartAsync();
        Assert.Equal("""{"stored":1,"duplicate":0,"quarantined":0,"skipped":0}""", await ImportAsync(host, line));
        Assert.Equal(line, Assert.Single(await ContainerLogsTests.LinesAsync(host.Reader, "/containers/ucp-controller/logs?stdout=1")));
        var stored = await host.Service.EventAsync(DialectHost.Tenant, kept => kept.SourceKind == "ucp");
        Assert.Equal(keptWhole, stored.Raw is not null);
        Assert.Equal(JsonNode.Parse(line)!["audit"]!["auditID"]!.GetValue<string>(), stored.Request!.Id);
    }

    [Fact]
    public async Task The_import_of_all_dialects_takes_the_same_lines_once_and_names_what_is_none()
    {
        await using var host = await DialectHost.StartAsync();
        using var lines = new StringContent($"{Documented}\n{Full}\n{Kubernetes}\n", Encoding.UTF8, "application/x-ndjson");
        using var stored = await host.Service.Admin.PostAsync($"/audit/v1/import?from=ucp&tenant={DialectHost.Tenant}", lines, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, stored.StatusCode);
        Assert.Equal([Documented, Full, Kubernetes], await ContainerLogsTests.LinesAsync(host.Reader, "/containers/ucp-controller/logs?stdout=1"));
        Assert.Equal("""{"stored":0,"duplicate":1,"quarantined":0,"skipped":0}""", await ImportAsync(host, Full));
        using var other = new StringContent("""{"level":"info","msg":"started"}""", Encoding.UTF8, "application/json");
        using var refused = await host.Service.Admin.PostAsync($"/audit/v1/import?from=ucp&tenant={DialectHost.Tenant}", other, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("no audit line of UCP", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_line_says_is_found_again_in_the_event()
    {
        await using var host = await DialectHost.StartAsync();
        await ImportAsync(host, Full);
        var stored = await host.Service.EventAsync(DialectHost.Tenant, kept => kept.SourceKind == "ucp");
        Assert.Equal(("create", "POST", "/services/create", 409, "bob"), (stored.Action, stored.Request!.Method, stored.Request.Uri, stored.Outcome!.Status!.Value, stored.Actor!.Id));
        Assert.Equal(("2001:db8::1", 4000, "10.0.0.1"), (stored.Source!.Ip, stored.Source.Port!.Value, stored.Source.ForwardedFor!.Single()));
        Assert.Equal(("service", "u1", "n"), (stored.Resource!.Type, stored.Resource.Id, stored.Resource.Namespace));
    }

    [Fact]
    public async Task A_whole_log_is_taken_with_what_stands_between_and_the_same_again_is_the_same()
    {
        await using var host = await DialectHost.StartAsync();
        var log = $"2019-01-30T17:21:45.316157000Z {Documented}\r\n{{\"level\":\"info\",\"msg\":\"started\"}}\nplain text\n\n2019-01-30T17:21:46.000000000Z  {Full}\n{{\"audit\":{{\"auditID\":7}}}}\n{{\"audit\":{{\"auditID\":\"x\"";
        Assert.Equal("""{"stored":2,"duplicate":0,"quarantined":2,"skipped":2}""", await ImportAsync(host, log));
        Assert.StartsWith("""{"stored":0,"duplicate":2,""", await ImportAsync(host, log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_of_another_service_move_to_this_one_without_loss()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync([.. Enumerable.Range(1, 50).Select(minute => UcpEvents.Request(host, minute, level: minute % 2 == 0 ? Domesday.Events.CaptureLevel.Request : Domesday.Events.CaptureLevel.Metadata))]);
        var lines = await ContainerLogsTests.LinesAsync(host.Reader, "/containers/ucp-controller/logs?stdout=1");
        await using var other = await DialectHost.StartAsync();
        await ImportAsync(other, string.Join('\n', lines));
        Assert.Equal(lines, await ContainerLogsTests.LinesAsync(other.Reader, "/containers/ucp-controller/logs?stdout=1"));
    }

    [Fact]
    public async Task Mutated_lines_are_stored_quarantined_or_passed_over_and_never_break_the_import()
    {
        await using var host = await DialectHost.StartAsync();
        var random = new Random(7);
        var bytes = Encoding.UTF8.GetBytes(Full);
        for (var round = 0; round < 20; round++)
        {
            var log = new StringBuilder();
            for (var i = 0; i < 50; i++)
            {
                var mutant = bytes.ToArray();
                for (var changes = random.Next(1, 4); changes > 0; changes--) mutant[random.Next(mutant.Length)] = (byte)"{}[]\",:\\0a-. nt"[random.Next(15)];
                log.Append(Encoding.UTF8.GetString(mutant)).Append('\n');
            }
            var answer = JsonNode.Parse(await ImportAsync(host, log.ToString()))!;
            Assert.Equal(50, new[] { "stored", "duplicate", "quarantined", "skipped" }.Sum(name => answer[name]!.GetValue<int>()));
        }
        Assert.NotEmpty(await ContainerLogsTests.LinesAsync(host.Reader, "/containers/ucp-controller/logs?stdout=1"));
    }

    private static async Task<string> ImportAsync(DialectHost host, string log)
    {
        var (response, body) = await DialectHost.SendAsync(host.Writer, HttpMethod.Post, "/ingest/ucp", log);
        Assert.True(response.StatusCode == HttpStatusCode.OK, body);
        return body;
    }
}
