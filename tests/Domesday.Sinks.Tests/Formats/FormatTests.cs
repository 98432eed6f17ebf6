using System.Text.Json.Nodes;
using Domesday.Core.Export;
using Domesday.Core.Query;
using Domesday.Events.Json;

namespace Domesday.Sinks.Tests.Formats;

/// <summary>What a receiver of each form finds where its documents say.</summary>
public class FormatTests
{
    private const string Login = """{"action":"login","actor":{"id":"u-1","name":"al|ice","type":"user"},"id":"e-1","outcome":{"reason":"bad\npassword = no","result":"failure","status":401},"received_at":"2026-02-11T22:21:03.000000Z","request":{"id":"r-1","method":"POST","uri":"/login?a=b"},"scope":{"domain":"corp","project":{"id":"p-1"},"region":"fi-hel1"},"sequence":42,"service":"shop","source":{"ip":"192.0.2.7","port":4711,"user_agent":"curl \"x\""},"source_kind":"native","tenant":"acme","time":"2026-02-11T22:21:02.123456Z"}""";
    private const string Create = """{"action":"create","actor":{"id":"u-1"},"id":"e-2","labels":{"a.b":"c"},"operation":"user.create","outcome":{"result":"success"},"resource":{"id":"u-9","name":"bob","type":"user"},"sequence":43,"tenant":"acme","time":"2026-02-11T22:21:02.000000Z"}""";

    [Fact]
    public void Ocsf_tells_sign_ins_from_account_changes_and_activity()
    {
        var login = Json(EventFormats.Ocsf, Login);
        Assert.Equal((3002, 300201, 1, 2), (Number(login, "class_uid"), Number(login, "type_uid"), Number(login, "activity_id"), Number(login, "status_id")));
        Assert.Equal((1770848462123, "al|ice", "192.0.2.7"), (login["time"]!.GetValue<long>(), login["actor"]!["user"]!["name"]!.GetValue<string>(), login["src_endpoint"]!["ip"]!.GetValue<string>()));
        Assert.Equal("1.4.0", login["metadata"]!["version"]!.GetValue<string>());
        var create = Json(EventFormats.Ocsf, Create);
        Assert.Equal((3001, 300101, 1), (Number(create, "class_uid"), Number(create, "type_uid"), Number(create, "status_id")));
        Assert.Equal("bob", create["user"]!["name"]!.GetValue<string>());
        var read = Json(EventFormats.Ocsf, Create.Replace("\"create\"", "\"read\"", StringComparison.Ordinal));
        Assert.Equal((6003, 2), (Number(read, "class_uid"), Number(read, "activity_id")));
    }

    [Fact]
    public void Ecs_has_the_fields_that_dashboards_ask_for()
    {
        var login = Json(EventFormats.Ecs, Login);
        Assert.Equal("2026-02-11T22:21:02.123456Z", login["@timestamp"]!.GetValue<string>());
        Assert.Equal("""["authentication"]""", login["event"]!["category"]!.ToJsonString());
        Assert.Equal("""["start"]""", login["event"]!["type"]!.ToJsonString());
        Assert.Equal(("failure", 401, "/login?a=b"), (login["event"]!["outcome"]!.GetValue<string>(), login["http"]!["response"]!["status_code"]!.GetValue<int>(), login["url"]!["original"]!.GetValue<string>()));
        var create = Json(EventFormats.Ecs, Create);
        Assert.Equal("""["user","creation"]""", create["event"]!["type"]!.ToJsonString());
        Assert.Equal("""{"a_b":"c"}""", create["labels"]!.ToJsonString());
    }

    [Fact]
    public void Cadf_has_initiator_target_and_observer()
    {
        var login = Json(EventFormats.Cadf, Login);
        Assert.Equal(("activity", "failure", "401"), (login["eventType"]!.GetValue<string>(), login["outcome"]!.GetValue<string>(), login["reason"]!["reasonCode"]!.GetValue<string>()));
        Assert.Equal(("u-1", "192.0.2.7", "shop"), (login["initiator"]!["id"]!.GetValue<string>(), login["initiator"]!["host"]!["address"]!.GetValue<string>(), login["observer"]!["name"]!.GetValue<string>()));
        Assert.Equal("unknown", login["target"]!["id"]!.GetValue<string>());
    }

    [Fact]
    public void Cef_is_one_line_that_no_content_breaks_out_of()
    {
        var line = Text(EventFormats.Cef, Login);
        Assert.DoesNotContain('\n', line);
        Assert.StartsWith(@"CEF:0|Domesday|Domesday|1|login|al\|ice: login (failure: bad password = no)|6|rt=1770848462123 ", line, StringComparison.Ordinal);
        Assert.Contains(@" reason=bad\npassword \= no ", line, StringComparison.Ordinal);
        Assert.Contains(" src=192.0.2.7 ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void CloudEvent_carries_the_whole_entry()
    {
        var create = Json(EventFormats.CloudEvents, Create);
        Assert.Equal(("1.0", "/tenants/acme", "domesday.audit.create", "user/u-9", "43"),
            (create["specversion"]!.GetValue<string>(), create["source"]!.GetValue<string>(), create["type"]!.GetValue<string>(), create["subject"]!.GetValue<string>(), create["sequence"]!.GetValue<string>()));
        Assert.Equal(Create, create["data"]!.ToJsonString());
    }

    [Fact]
    public void Syslog_message_escapes_its_structured_data()
    {
        var line = Text(EventFormats.Rfc5424, Login.Replace("al|ice", "al]\\\"ice", StringComparison.Ordinal));
        Assert.StartsWith("<108>1 2026-02-11T22:21:02.123456Z domesday domesday - login [domesday@32473 sequence=\"42\" ", line, StringComparison.Ordinal);
        Assert.Contains("actor=\"al\\]\\\"ice\"", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ocsf")]
    [InlineData("ecs")]
    [InlineData("cadf")]
    [InlineData("cef")]
    [InlineData("cloudevents")]
    [InlineData("rfc5424")]
    public async Task Export_has_each_event_on_a_line(string format)
    {
        await using var service = await SinkCalls.ServiceAsync();
        await service.AppendAsync(3);
        var text = await service.Admin.GetStringAsync($"/audit/v1/export?format={format}&resource_type=order&order=asc", TestContext.Current.CancellationToken);
        var lines = text.TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.Contains("an order", line, StringComparison.Ordinal));
    }

    private static JsonObject Json(string format, string entry) => JsonNode.Parse(Text(format, entry))!.AsObject();

    private static int Number(JsonObject json, string name) => json[name]!.GetValue<int>();

    private static string Text(string format, string entry)
    {
        var (fields, json) = (new EntryFields(), new RecordJson());
        fields.Read(new StoredEntry("acme", JsonNode.Parse(entry)!["sequence"]!.GetValue<long>(), CanonicalJson.Canonicalize(System.Text.Encoding.UTF8.GetBytes(entry))));
        EventFormats.Find(format)!(fields, json);
        return System.Text.Encoding.UTF8.GetString(json.Written);
    }
}
