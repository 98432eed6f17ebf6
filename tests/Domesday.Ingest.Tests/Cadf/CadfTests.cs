using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Domesday.Core.Append;
using Domesday.Events;

namespace Domesday.Ingest.Tests.Cadf;

/// <summary>What OpenStack's services tell is found again as acts: who did what to which resource, and how it ended.</summary>
public class CadfTests
{
    private const string Path = "/ingest/cadf";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ByteArrayContent Body(byte[] bytes, string type = "application/json") => new(bytes) { Headers = { ContentType = new(type) } };

    private static ByteArrayContent Body(string text, string type = "application/json") => Body(Encoding.UTF8.GetBytes(text), type);

    private static async Task<IReadOnlyList<AuditEvent>> StoredAsync(HttpContent body, string path = Path)
    {
        await using var host = await IngestHost.StartAsync();
        var (status, answer) = await host.PostAsync(path, body);
        Assert.True(status == 200, answer.ToJsonString());
        Assert.Empty(await host.QuarantineAsync());
        return await host.EventsAsync();
    }

    private static async Task<AuditEvent> OneAsync(string fixture) => Assert.Single(await StoredAsync(Body(CadfFixture.Bytes(fixture + ".json"))));

    private static async Task<AuditEvent> NotifiedAsync(string text) => Assert.Single(await StoredAsync(Body(text)));

    [Fact]
    public async Task A_whole_recorded_session_is_stored_and_each_act_of_the_audit_filter_is_one_event()
    {
        var stored = await StoredAsync(Body(CadfFixture.Bytes(CadfFixture.All), "application/x-ndjson"));
        var halves = CadfFixture.Events.Count(one => one["event_type"]!.GetValue<string>() == "audit.http.request");
        Assert.Equal(7, halves);
        Assert.Equal(CadfFixture.Events.Count - halves, stored.Count);
        Assert.All(stored, one => Assert.NotEqual("unknown", one.Action));
        Assert.All(stored, one => Assert.NotNull(one.Service));
        Assert.All(stored, one => Assert.Equal("cadf", one.SourceKind));
        var acts = stored.Where(one => one.Labels!["event_type"] == "audit.http.response").ToList();
        Assert.Equal(halves, acts.Count);
        Assert.All(acts, one => Assert.Equal("pending", one.Raw!.Value.GetProperty("request").GetProperty("payload").GetProperty("outcome").GetString()));
        Assert.Equal(CadfFixture.Events.Select(one => one["payload"]!["id"]!.GetValue<string>()).Distinct().Order(StringComparer.Ordinal), stored.Select(one => one.Id!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_request_through_the_audit_filter_says_who_did_what_where()
    {
        var one = await OneAsync("audit.http.response.delete.failure");
        Assert.Equal(("delete", "delete", "compute", "api"), (one.Action, one.Operation, one.Service, one.Origin));
        Assert.Equal(("server", "missing"), (one.Resource!.Type, one.Resource.Id));
        Assert.Equal(("u-1", "alice", ActorType.User), (one.Actor!.Id, one.Actor.Name, one.Actor.Type));
        Assert.Equal((OutcomeResult.Failure, 404, null), (one.Outcome!.Result, one.Outcome.Status, one.Outcome.Reason));
        Assert.Equal(("p-1", null), (one.Scope!.Project!.Id, one.Scope.Region));
        Assert.Equal(("127.0.0.1", "curl/7.88.1"), (one.Source!.Ip, one.Source.UserAgent));
        Assert.Equal(("req-d286f769-07f1-4ba7-a060-e41ce57a89fb", "/v2.1/servers/missing"), (one.Request!.Id, one.Request.Uri));
        Assert.Equal("2026-11-20T10:30:24.959746Z", one.Time.ToString());
        Assert.Equal("nova", one.Raw!.Value.GetProperty("payload").GetProperty("target").GetProperty("name").GetString());
    }

    [Fact]
    public async Task An_action_within_a_resource_names_the_resource()
    {
        var one = await OneAsync("audit.http.response.update_reboot.success");
        Assert.Equal(("reboot", "update/reboot", "server", "action", "5b3f"), (one.Action, one.Operation, one.Resource!.Type, one.Resource.SubType, one.Resource.Id));
        var created = await OneAsync("audit.http.response.create.success");
        Assert.Equal(("create", "keypair", null, 201), (created.Action, created.Resource!.Type, created.Resource.Id, created.Outcome!.Status));
    }

    [Fact]
    public async Task A_half_that_stays_alone_is_an_event_of_its_own_and_the_other_half_can_follow()
    {
        await using var host = await IngestHost.StartAsync();
        await host.PostAsync(Path, Body(CadfFixture.Bytes("audit.http.request.create.pending.json")));
        await host.PostAsync(Path, Body(CadfFixture.Bytes("audit.http.response.create.success.json")));
        var stored = await host.EventsAsync();
        Assert.Equal(["4408a2ec-1f12-5f9f-9da8-e8a753050cd6/request", "4408a2ec-1f12-5f9f-9da8-e8a753050cd6"], stored.Select(one => one.Id));
        Assert.Equal((OutcomeResult.Unknown, "pending"), (stored[0].Outcome!.Result, stored[0].Outcome!.Reason));
        Assert.Equal(OutcomeResult.Success, stored[1].Outcome!.Result);
    }

    [Fact]
    public async Task A_failed_login_tells_an_unknown_user_from_a_wrong_password_and_has_nobodys_id()
    {
        var one = await OneAsync("identity.authenticate.failure");
        Assert.Equal(("login", "authenticate", "identity"), (one.Action, one.Operation, one.Service));
        Assert.Equal((null, "nobody"), (one.Actor!.Id, one.Actor.Name));
        Assert.Equal((OutcomeResult.Failure, 404, "Could not find user: nobody."), (one.Outcome!.Result, one.Outcome.Status, one.Outcome.Reason));
        Assert.Equal(("default", "Default"), (one.Scope!.Domain, one.Labels!["domain_name"]));
        Assert.Equal("0e5cbf76-0032-58f7-a06c-cbe6473d82fb", one.Raw!.Value.GetProperty("payload").GetProperty("initiator").GetProperty("id").GetString());
        var good = await OneAsync("identity.authenticate.success");
        Assert.Equal(("login", "eb3ef89a4a7e4c348d61bd56e63823ed", "admin", OutcomeResult.Success), (good.Action, good.Actor!.Id, good.Actor.Name, good.Outcome!.Result));
        var reasons = CadfFixture.Events.Where(one => one["payload"]!["reason"]?["reasonType"]?.GetValue<string>() is { } reason && reason != "HTTP").Select(one => one["payload"]!["reason"]!["reasonType"]!.GetValue<string>());
        Assert.NotEmpty(reasons);
    }

    [Theory]
    [InlineData("identity.user.created", "create", "user")]
    [InlineData("identity.project.deleted", "delete", "project")]
    [InlineData("identity.group.updated", "update", "group")]
    [InlineData("identity.service.created", "create", "service")]
    [InlineData("identity.application_credential.created", "create", "application_credential")]
    [InlineData("identity.region.created", "create", "region")]
    public async Task What_Keystone_administers_is_named_by_its_kind_and_id(string fixture, string action, string type)
    {
        var payload = JsonNode.Parse(CadfFixture.Bytes(fixture + ".json"))!["payload"]!;
        var one = await OneAsync(fixture);
        Assert.Equal((action, fixture, "identity", type), (one.Action, one.Operation, one.Service, one.Resource!.Type));
        Assert.Equal((payload["resource_info"] ?? payload["target"]!["id"])!.GetValue<string>(), one.Resource.Id);
    }

    [Fact]
    public async Task Who_got_which_role_is_found_and_who_deleted_a_user_is_not_made_up()
    {
        var assignment = await OneAsync("identity.role_assignment.created");
        Assert.Equal(("role_assignment", null), (assignment.Resource!.Type, assignment.Resource.Id));
        Assert.Equal(("2e74bb7004b947f7af595051373276d7", "b1cba0dd123f4ca38481482b7ff6cd04", "c93fdbced2134fc4b9b1a4b40b0e1c7b"), (assignment.Labels!["user"], assignment.Labels["role"], assignment.Labels["project"]));
        var deletion = await OneAsync("identity.user.deleted");
        Assert.Equal(("delete", null, "854b7832dfce4800849d19faf2b4fbbc"), (deletion.Action, deletion.Actor?.Name, deletion.Resource!.Id));
    }

    [Fact]
    public async Task Messages_as_they_stand_in_RabbitMQ_are_understood()
    {
        var stored = await StoredAsync(Body(string.Join('\n', CadfFixture.Envelopes), "application/x-ndjson"), Path + "/some-key/RegionOne");
        Assert.Equal(CadfFixture.Envelopes.Count, stored.Count);
        Assert.All(stored, one => Assert.Equal(("RegionOne", "identity.vm"), (one.Scope!.Region, one.Labels!["publisher"])));
        Assert.Contains(stored, one => one.Action == "login");
    }

    [Theory]
    [MemberData(nameof(CadfFixture.Files), MemberType = typeof(CadfFixture))]
    public async Task Every_text_that_was_sent_is_in_what_is_stored(string fixture)
    {
        if (!fixture.EndsWith(".json", StringComparison.Ordinal) || fixture.StartsWith("rabbit", StringComparison.Ordinal)) return;
        var stored = JsonSerializer.Serialize(await OneAsync(fixture[..^5]), Domesday.Events.Json.EventJson.Default.AuditEvent);
        foreach (var text in Texts(JsonNode.Parse(CadfFixture.Bytes(fixture))!))
        {
            if (text.Contains("+0000", StringComparison.Ordinal)) continue;
            Assert.True(stored.Contains(JsonSerializer.Serialize(text)[1..^1], StringComparison.Ordinal) || text is "HTTP" or "201" or "202" or "204" or "404" or "403" or "401" or "409", text);
        }
    }

    [Theory]
    [InlineData("2026-11-20T10:30:24.967330+0000", "2026-11-20T10:30:24.967330Z")]
    [InlineData("2026-11-20T12:30:24.967330+0200", "2026-11-20T10:30:24.967330Z")]
    [InlineData("2026-11-20 10:30:24.967330", "2026-11-20T10:30:24.967330Z")]
    [InlineData("2026-11-20T10:30:24", "2026-11-20T10:30:24.000000Z")]
    [InlineData("2026-11-20T10:30:24-05:00", "2026-11-20T15:30:24.000000Z")]
    public async Task The_times_that_services_write_are_understood(string time, string expected)
    {
        var one = await NotifiedAsync($$"""{"typeURI":"http://schemas.dmtf.org/cloud/audit/1.0/event","eventType":"activity","id":"a","action":"read/list","outcome":"success","eventTime":"{{time}}"}""");
        Assert.Equal((expected, "read", "read/list"), (one.Time.ToString(), one.Action, one.Operation));
    }

    [Fact]
    public async Task What_Nova_tells_on_its_own_is_understood_and_tokens_are_not_kept()
    {
        var one = await NotifiedAsync("""
            {"message_id":"m1","publisher_id":"compute.host1","event_type":"compute.instance.delete.end","priority":"INFO","timestamp":"2026-11-20 10:30:24.967463",
             "_context_user_id":"u1","_context_user_name":"alice","_context_project_id":"p1","_context_roles":["member"],"_context_auth_token":"gAAAAABsecret","_context_request_id":"req-1",
             "payload":{"instance_id":"i1","display_name":"web-1","state":"deleted"}}
            """);
        Assert.Equal(("m1", "compute", "delete", "compute.instance.delete.end"), (one.Id, one.Service, one.Action, one.Operation));
        Assert.Equal(("instance", "i1", "web-1"), (one.Resource!.Type, one.Resource.Id, one.Resource.Name));
        Assert.Equal(("u1", "alice", "p1", "req-1", OutcomeResult.Success), (one.Actor!.Id, one.Actor.Name, one.Scope!.Project!.Id, one.Request!.Id, one.Outcome!.Result));
        Assert.Equal("deleted", one.Raw!.Value.GetProperty("payload").GetProperty("state").GetString());
        Assert.DoesNotContain("secret", one.Raw.Value.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("network.create.end", """{"network":{"id":"n1","name":"net"}}""", "create", "network", "n1", "net")]
    [InlineData("volume.attach.start", """{"volume_id":"v1","display_name":"disk"}""", "attach", "volume", "v1", "disk")]
    public async Task What_Neutron_and_Cinder_tell_on_their_own_is_understood(string type, string payload, string action, string resource, string id, string name)
    {
        var one = await NotifiedAsync($$"""{"message_id":"m","publisher_id":"network.host","event_type":"{{type}}","payload":{{payload}}}""");
        Assert.Equal((action, resource, id, name), (one.Action, one.Resource!.Type, one.Resource.Id, one.Resource.Name));
    }

    [Fact]
    public async Task What_is_no_event_goes_to_quarantine_and_its_neighbours_are_stored()
    {
        await using var host = await IngestHost.StartAsync();
        var good = Encoding.UTF8.GetString(CadfFixture.Bytes("identity.user.created.json")).ReplaceLineEndings("");
        string[] bad = ["17", "{}", """{"oslo.version":"2.0","oslo.message":"no json"}""", """{"event_type":"a","payload":7}""", """{"event_type":"a.b","payload":{"x":"\u0000"}}""", """{"typeURI":"http://schemas.dmtf.org/cloud/audit/1.0/event"}""", "[1,2]"];
        var (status, answer) = await host.PostAsync(Path + "?region=R1", Body(string.Join('\n', [good, .. bad]), "application/x-ndjson"));
        Assert.Equal((200, 1, bad.Length), (status, answer["stored"]!.GetValue<int>(), answer["quarantined"]!.GetValue<int>()));
        var kept = new List<string>();
        for (var i = 0; i < bad.Length; i++)
        {
            var item = (await QuarantinedInput.ReadAsync(host.Store, IngestHost.Tenant, i, Cancellation)).Value;
            Assert.Equal(("cadf", "R1"), (item.Source, item.Context));
            kept.Add(Encoding.UTF8.GetString(item.Bytes));
            Assert.False(IngestCatalog.Find("cadf")!.Read(item.Bytes, item.Context).IsOk && !kept[^1].Contains("u0000", StringComparison.Ordinal));
        }
        Assert.Equal(bad.Order(StringComparer.Ordinal), kept.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_same_again_is_stored_once()
    {
        await using var host = await IngestHost.StartAsync();
        for (var i = 0; i < 2; i++) await host.PostAsync(Path, Body(CadfFixture.Bytes(CadfFixture.All), "application/x-ndjson"));
        Assert.Equal(CadfFixture.Events.Count - 7, host.Store.Size(IngestHost.Tenant));
    }

    private static IEnumerable<string> Texts(JsonNode node) => node switch
    {
        JsonObject members => members.SelectMany(member => member.Value is null ? [] : Texts(member.Value)),
        JsonArray items => items.SelectMany(item => item is null ? [] : Texts(item)),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };
}
