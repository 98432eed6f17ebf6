using System.Text;
using System.Text.Json.Nodes;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Events;

namespace Domesday.Ingest.Tests.KubernetesAudit;

/// <summary>What a kube-apiserver posts is found again, whole.</summary>
public class KubernetesAuditTests
{
    private const string Path = "/ingest/kubernetes";
    private const string Session = "eventlist-kubectl-session.json";

    public static TheoryData<string> Fixtures => AuditFixture.Names;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ByteArrayContent Body(byte[] bytes) => new(bytes) { Headers = { ContentType = new("application/json") } };

    private static async Task<IReadOnlyList<AuditEvent>> StoredAsync(byte[] body, string path = Path)
    {
        await using var host = await IngestHost.StartAsync();
        var (status, answer) = await host.PostAsync(path, Body(body));
        Assert.True(status == 200, answer.ToJsonString());
        Assert.Empty(await host.QuarantineAsync());
        return await host.EventsAsync();
    }

    /// <summary>One event of the session, by what it was about.</summary>
    private static async Task<AuditEvent> SessionEventAsync(Func<JsonNode, bool> wanted)
    {
        var item = AuditFixture.Items(Session).First(item => wanted(item!));
        return Assert.Single(await StoredAsync(AuditFixture.List("audit.k8s.io/v1", item)));
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public async Task Everything_that_was_posted_can_be_made_again_from_what_is_stored(string fixture)
    {
        var items = AuditFixture.Items(fixture);
        var stored = await StoredAsync(AuditFixture.Bytes(fixture));
        Assert.Equal(items.Count, stored.Count);
        foreach (var (item, one) in items.Zip(stored))
        {
            var restored = AuditFixture.Restored(one, item!);
            if (item!["user"] is JsonObject { Count: 0 }) item.AsObject().Remove("user");
            Assert.True(JsonNode.DeepEquals(item, restored), $"posted:   {item.ToJsonString()}\nrestored: {restored.ToJsonString()}");
        }
    }

    [Theory]
    [InlineData("/api/v1/namespaces/n/secrets", """{"kind":"Secret","metadata":{"name":"db"},"data":{"k":"S3cr3t"},"stringData":{"k":"S3cr3t"}}""")]
    [InlineData("/api/v1/namespaces/n/secrets?limit=500&token=S3cr3t", """{"kind":"SecretList","metadata":{"name":"db"},"items":[{"metadata":{"annotations":{"a":"S3cr3t"}},"data":{"k":"S3cr3t"}}]}""")]
    [InlineData("/api/v1/namespaces/n/serviceaccounts/db/token", """{"kind":"TokenRequest","metadata":{"name":"db"},"status":{"token":"S3cr3t"}}""")]
    [InlineData("/apis/authentication.k8s.io/v1/tokenreviews", """{"kind":"TokenReview","metadata":{"name":"db"},"spec":{"token":"S3cr3t"}}""")]
    public async Task Secrets_that_the_apiservers_policy_lets_out_do_not_get_into_the_ledger(string uri, string body)
    {
        var item = new JsonObject { ["auditID"] = "a", ["stage"] = "ResponseComplete", ["verb"] = "create", ["requestURI"] = uri, ["requestObject"] = JsonNode.Parse(body), ["responseObject"] = JsonNode.Parse(body) };
        var one = Assert.Single(await StoredAsync(AuditFixture.List("audit.k8s.io/v1", item)));
        var (sent, answered) = (one.Request!.Body!.Value.GetRawText(), one.Response!.Body!.Value.GetRawText());
        Assert.DoesNotContain("S3cr3t", sent + answered + one.Request.Uri, StringComparison.Ordinal);
        Assert.All([sent, answered], text => Assert.Equal("db", JsonNode.Parse(text)!["metadata"]!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Lines_of_an_apiservers_log_are_the_events_that_its_webhook_posts()
    {
        await using var host = await IngestHost.StartAsync();
        var items = AuditFixture.Items("eventlist-kubectl-session.json");
        using var posted = new ByteArrayContent(AuditFixture.List("audit.k8s.io/v1", items));
        await host.PostAsync("/ingest/kubernetes?cluster=prod-1", posted);
        var byWebhook = await host.EventsAsync();
        using var lines = new StringContent(string.Join('\n', items.Select(item => item!.ToJsonString())) + "\nno event\n", Encoding.UTF8, "application/x-ndjson");
        var (status, answer) = await host.PostAsync("/ingest/kubernetes?cluster=prod-1", lines);
        Assert.Equal((200, 0, byWebhook.Count, 1), (status, answer["stored"]!.GetValue<int>(), answer["duplicate"]!.GetValue<int>(), answer["quarantined"]!.GetValue<int>()));
        Assert.Equal(byWebhook.Count, (await host.EventsAsync()).Count);
    }

    [Fact]
    public async Task A_batch_that_comes_again_is_stored_once()
    {
        await using var host = await IngestHost.StartAsync();
        await host.PostAsync(Path + "?timeout=30s", Body(AuditFixture.Bytes(Session)));
        var (status, answer) = await host.PostAsync(Path + "?timeout=30s", Body(AuditFixture.Bytes(Session)));
        Assert.Equal((200, 0, 29, 0), (status, answer["stored"]!.GetValue<int>(), answer["duplicate"]!.GetValue<int>(), answer["quarantined"]!.GetValue<int>()));
        Assert.Equal(29, host.Store.Size(IngestHost.Tenant));
    }

    [Fact]
    public async Task The_stages_of_one_request_are_events_of_their_own_and_are_found_together()
    {
        var stages = AuditFixture.Items(Session).Where(item => item!["objectRef"]?["subresource"]?.GetValue<string>() == "exec" && item["verb"]!.GetValue<string>() == "get").ToList();
        var stored = await StoredAsync(AuditFixture.List("audit.k8s.io/v1", stages));
        Assert.Equal(2, stored.Count);
        Assert.Single(stored.Select(one => one.Request!.Id).Distinct());
        Assert.Equal([$"{stored[0].Request!.Id}/ResponseStarted", $"{stored[0].Request!.Id}/ResponseComplete"], stored.Select(one => one.Id));
        Assert.All(stored, one => Assert.Equal(("exec", "get", "pods", "exec"), (one.Action, one.Operation, one.Resource!.Type, one.Resource.SubType)));
    }

    [Fact]
    public async Task Who_impersonates_is_the_actor_and_whom_it_stood_in_for_is_named()
    {
        var one = await SessionEventAsync(item => item["impersonatedUser"] is not null);
        Assert.Equal(("admin", "alice"), (one.Actor!.Name, one.Actor.OnBehalfOf!.Name));
    }

    [Fact]
    public async Task A_refusal_is_a_failure_with_its_status_and_reason()
    {
        var one = await SessionEventAsync(item => item["responseStatus"]!["code"]!.GetValue<int>() == 403);
        Assert.Equal((OutcomeResult.Failure, 403), (one.Outcome!.Result, one.Outcome.Status));
        Assert.Contains("cannot list resource", one.Outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(("read", "list"), (one.Action, one.Operation));
    }

    [Fact]
    public async Task A_request_that_nobody_signed_in_for_has_no_actor()
    {
        var one = await SessionEventAsync(item => item["responseStatus"]!["code"]!.GetValue<int>() == 401);
        Assert.Null(one.Actor);
        Assert.Equal((OutcomeResult.Failure, 401), (one.Outcome!.Result, one.Outcome.Status));
    }

    [Fact]
    public async Task Bodies_are_kept_and_name_what_was_created()
    {
        var one = await SessionEventAsync(item => item["verb"]!.GetValue<string>() == "create" && item["objectRef"]!["resource"]!.GetValue<string>() == "pods" && item["objectRef"]!["subresource"] is null);
        Assert.Equal("p1", one.Resource!.Name);
        Assert.Equal(one.Response!.Body!.Value.GetProperty("metadata").GetProperty("uid").GetString(), one.Resource.Id);
        Assert.Equal("Pod", one.Request!.Body!.Value.GetProperty("kind").GetString());
        Assert.Equal(CaptureLevel.Request, one.Level);
        Assert.Equal("team-a", one.Resource.Namespace);
        Assert.Equal("allow", one.Labels!["authorization.k8s.io/decision"]);
        Assert.Equal("127.0.0.1", one.Source!.Ip);
    }

    [Fact]
    public async Task A_deleted_object_is_named_by_its_uid()
    {
        var one = await SessionEventAsync(item => item["verb"]!.GetValue<string>() == "delete" && item["objectRef"]!["resource"]!.GetValue<string>() == "secrets");
        Assert.Equal(("delete", "s1", "439360b1-5f7d-4d38-927c-8fd15699eb95"), (one.Action, one.Resource!.Name, one.Resource.Id));
    }

    [Theory]
    [InlineData("/ingest/kubernetes/some-key/prod-1")]
    [InlineData("/ingest/kubernetes?cluster=prod-1&timeout=30s")]
    public async Task The_cluster_may_be_named_in_the_address(string path)
    {
        var stored = await StoredAsync(AuditFixture.Bytes("eventlist-single-create-namespace.json"), path);
        Assert.Equal("prod-1", Assert.Single(stored).Scope!.Cluster!.Name);
    }

    [Fact]
    public async Task The_key_in_the_path_is_announced_to_authentication()
    {
        var stored = await StoredAsync(AuditFixture.Bytes("eventlist-single-create-namespace.json"), "/ingest/kubernetes/some-key");
        Assert.Null(Assert.Single(stored).Scope);
    }

    [Theory]
    [InlineData("""{"stageTimestamp":"2026-02-11T22:21:02.123456789Z"}""", "2026-02-11T22:21:02.123456Z", true)]
    [InlineData("""{"stageTimestamp":"2026-02-11T22:21:02Z"}""", "2026-02-11T22:21:02.000000Z", false)]
    [InlineData("""{"stageTimestamp":null,"requestReceivedTimestamp":"2026-02-11T22:21:02.5+02:00"}""", "2026-02-11T20:21:02.500000Z", true)]
    [InlineData("""{"stageTimestamp":"yesterday","timestamp":"2026-02-11T22:21:02Z"}""", "2026-02-11T22:21:02.000000Z", true)]
    public async Task Odd_times_are_understood_and_kept_as_they_came(string times, string expected, bool kept)
    {
        var item = JsonNode.Parse(times)!.AsObject();
        (item["auditID"], item["stage"], item["verb"]) = ("a", "ResponseComplete", "get");
        var one = Assert.Single(await StoredAsync(AuditFixture.List("audit.k8s.io/v1beta1", item)));
        Assert.Equal(expected, one.Time.ToString());
        Assert.Equal(kept, one.Raw?.TryGetProperty("stageTimestamp", out _) == true);
    }

    [Theory]
    [InlineData("[::1]:80", "::1", 80)]
    [InlineData("[2001:db8::1]", "2001:db8::1", null)]
    [InlineData("2001:db8::1", "2001:db8::1", null)]
    [InlineData("172.31.45.250:48516", "172.31.45.250", 48516)]
    public async Task An_address_keeps_its_port_in_whichever_form_it_came(string text, string ip, int? port)
    {
        var item = new JsonObject { ["auditID"] = "a", ["stage"] = "ResponseComplete", ["verb"] = "get", ["stageTimestamp"] = "2026-02-01T00:00:00.000000Z", ["sourceIPs"] = new JsonArray(text) };
        var one = Assert.Single(await StoredAsync(AuditFixture.List("audit.k8s.io/v1", item)));
        Assert.Equal((ip, port), (one.Source!.Ip, one.Source.Port));
    }

    [Fact]
    public async Task What_the_model_has_no_place_for_is_kept_as_it_came()
    {
        var item = JsonNode.Parse("""
            {"auditID":"a","stage":"Panic","verb":"Explode!","level":"None","future":{"n":1.50},"sourceIPs":["not an address"],
             "user":{"username":"","uid":7,"extra":{"authentication.kubernetes.io/credential-id":["X509SHA256=ab"]}},
             "annotations":{"domesday.time":"mine","":"nameless","stage":"theirs","n":1,"ok":"yes"},"responseObject":null}
            """)!;
        var one = Assert.Single(await StoredAsync(AuditFixture.List("audit.k8s.io/v1", item)));
        Assert.Equal(("unknown", "Explode!", OutcomeResult.Failure), (one.Action, one.Operation, one.Outcome!.Result));
        Assert.Equal(new Dictionary<string, string> { ["stage"] = "Panic", ["ok"] = "yes" }, one.Labels);
        Assert.Equal("""{"annotations":{"":"nameless","domesday.time":"mine","n":1,"stage":"theirs"},"future":{"n":1.5},"level":"None","responseObject":null,"sourceIPs":["not an address"],"user":{"extra":{"authentication.kubernetes.io/credential-id":["X509SHA256=ab"]},"uid":7,"username":""}}""", one.Raw!.Value.GetRawText());
    }

    [Fact]
    public async Task One_bad_item_is_quarantined_with_its_bytes_and_its_neighbours_are_stored()
    {
        await using var host = await IngestHost.StartAsync();
        var good = AuditFixture.Items(Session).Take(2).Select(item => item!.ToJsonString()).ToList();
        string[] bad = ["""{"stage":"ResponseComplete"}""", "17", """{"auditID":"b1","requestObject":{"a":"\u0000"}}""", """{"auditID":"b2","requestObject":{"a":1e999}}""", """{"auditID":"b3","requestObject":{"a":1,"a":2}}""", """{"auditID":"\ud800"}""", $$$"""{"auditID":"b4","requestObject":{{{new string('[', 200)}}}{{{new string(']', 200)}}}}"""];
        var list = $$"""{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[{{good[0]}},{{string.Join(',', bad)}},{{good[1]}}]}""";
        var (status, answer) = await host.PostAsync(Path + "?cluster=c1", Body(Encoding.UTF8.GetBytes(list)));
        Assert.Equal((200, 2, bad.Length), (status, answer["stored"]!.GetValue<int>(), answer["quarantined"]!.GetValue<int>()));
        var kept = new List<string>();
        for (var i = 0; i < bad.Length; i++)
        {
            var item = (await QuarantinedInput.ReadAsync(host.Store, IngestHost.Tenant, i, Cancellation)).Value;
            Assert.Equal(("kubernetes", "c1"), (item.Source, item.Context));
            Assert.NotEmpty(item.Faults);
            kept.Add(Encoding.UTF8.GetString(item.Bytes));
        }
        Assert.Equal(bad.Order(StringComparer.Ordinal), kept.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("not json at all")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[{"auditID":"a"},{"audi""")]
    [InlineData("""{"kind":"Pod","apiVersion":"v1","items":[]}""")]
    [InlineData("""{"kind":"EventList","apiVersion":"audit.k8s.io/v7","items":[]}""")]
    [InlineData("""{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":{}}""")]
    public async Task A_body_that_is_no_list_is_refused_and_kept(string body)
    {
        await using var host = await IngestHost.StartAsync();
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var (status, answer) = await host.PostAsync(Path, Body(Encoding.UTF8.GetBytes(body)));
            Assert.Equal(400, status);
            Assert.Contains("quarantine", answer["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        }
        Assert.Equal(0, host.Store.Size(IngestHost.Tenant));
        Assert.Equal(1, host.Store.Size(TenantName.QuarantineOf(IngestHost.Tenant)));
        Assert.Equal(body, Encoding.UTF8.GetString((await QuarantinedInput.ReadAsync(host.Store, IngestHost.Tenant, 0, Cancellation)).Value.Bytes));
    }

    [Fact]
    public async Task An_empty_list_is_fine() => Assert.Empty(await StoredAsync(AuditFixture.List("audit.k8s.io/v1")));

    [Fact]
    public void A_replayed_item_is_read_as_it_was_the_first_time()
    {
        var source = IngestCatalog.Find("kubernetes")!;
        var item = Encoding.UTF8.GetBytes(AuditFixture.Items(Session)[0]!.ToJsonString());
        var single = source.Read(item, "c1").Value.Single();
        Assert.Contains("\"name\":\"c1\"", Encoding.UTF8.GetString(single.Span), StringComparison.Ordinal);
        Assert.Equal(29, source.Read(AuditFixture.Bytes(Session), null).Value.Count);
        Assert.False(source.Read("nonsense"u8.ToArray(), null).IsOk);
        Assert.False(source.Read("""{"stage":"x"}"""u8.ToArray(), null).IsOk);
    }
}
