using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Domesday.Core.Access;
using Domesday.Ingest;
using Domesday.TestKit;

namespace Domesday.Server.Tests.Access;

/// <summary>A customer who was given a token sees what is theirs, and can tell nothing of the rest.</summary>
public sealed class ViewerTokenTests
{
    private const string Tokens = "/audit/v1/viewer-tokens";

    /// <summary>What such a token is taken for; everything else is refused.</summary>
    private static readonly string[] Open =
    [
        "GET /audit/v1/events", "GET /audit/v1/events/{**key}", "GET /audit/v1/events/{sequence:long}/attachments/{sha256}", "GET /audit/v1/facets", "GET /audit/v1/histogram",
        "GET /audit/v1/export", "GET /audit/v1/tail", "POST /audit/v1/sign-out", "GET /ui/viewer/part", "GET /ui/viewer/rows", "GET /ui/viewer/event/{key}",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static JsonObject Fields(string name, params string[] values) => new() { ["fields"] = new JsonObject { [name] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]) } };

    private static async Task<string> TokenAsync(HttpClient maker, JsonObject wish, string query = "") => (await TestService.PostAsync(maker, Tokens + query, wish))["token"]!.GetValue<string>();

    private static async Task AppendAsync(TestService service, string id, string project, string action = "create", string actor = "jane")
    {
        var sent = new JsonObject
        {
            ["id"] = id,
            ["time"] = "2026-02-01T00:00:00Z",
            ["action"] = action,
            ["actor"] = new JsonObject { ["name"] = actor },
            ["resource"] = new JsonObject { ["type"] = "server", ["id"] = "srv-" + id },
            ["scope"] = new JsonObject { ["project"] = new JsonObject { ["id"] = project } },
        };
        await TestService.PostAsync(service.Admin, "/audit/v1/events", sent);
    }

    private static async Task<TestService> StartAsync(ManualTime time)
    {
        var service = await TestService.StartAsync(new MemoryStore(time), time, sources: IngestCatalog.Sources);
        await AppendAsync(service, "a1", "a");
        await AppendAsync(service, "b1", "b", "secretive", "bob");
        await AppendAsync(service, "a2", "a", "delete");
        await AppendAsync(service, "b2", "b", "secretive", "bob");
        await AppendAsync(service, "a3", "a");
        return service;
    }

    private static async Task<long> SequenceAsync(TestService service, string id) => (await service.EventsAsync("default")).First(kept => kept.Id == id).Sequence!.Value;

    private static async Task<string> TextAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, text);
        return text;
    }

    private static async Task<IEnumerable<string>> IdsAsync(HttpClient client, string query) =>
        (await TestService.GetAsync(client, "/audit/v1/events" + query))["events"]!.AsArray().Select(one => one!["id"]!.GetValue<string>());

    [Fact]
    public async Task The_bearer_sees_the_customers_events_and_no_trace_of_others_by_any_way_of_reading()
    {
        await using var service = await StartAsync(new ManualTime());
        using var viewer = service.Bearer(await TokenAsync(service.Admin, Fields("project_id", "a")));
        var page = await TestService.GetAsync(viewer, "/audit/v1/events?total=true");
        Assert.Equal(["a3", "a2", "a1"], page["events"]!.AsArray().Select(one => one!["id"]!.GetValue<string>()));
        Assert.Equal(3, page["total"]!.GetValue<int>());
        var facets = await TestService.GetAsync(viewer, "/audit/v1/facets?fields=action,actor_name,project_id,source_kind&limit=1");
        Assert.Equal("""[{"value":"create","count":2}]""", facets["action"]!.ToJsonString());
        Assert.Equal("""[{"value":"a","count":3}]""", facets["project_id"]!.ToJsonString());
        Assert.Equal("""{"action":2}""", facets["cut"]!.ToJsonString());
        var histogram = await TestService.GetAsync(viewer, "/audit/v1/histogram?interval=day");
        Assert.Equal(3, histogram["buckets"]!.AsArray().Sum(bucket => bucket!["count"]!.GetValue<long>()));
        foreach (var path in (string[])["/events?limit=1000", "/events?q=bob", "/events?q=srv-b1", "/events?project_id=b", "/events?action=secretive&total=true", "/facets", "/facets?project_id=b", "/histogram", "/export?manifest=true", "/export?format=csv", "/events/a1"])
        {
            var text = await TextAsync(viewer, "/audit/v1" + path);
            foreach (var mark in (string[])["bob", "secretive", "srv-b", "admin"]) Assert.DoesNotContain(mark, text.Replace("\"query\":\"q=bob\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.DoesNotContain("checkpoint", text, StringComparison.Ordinal);
        }
        Assert.Equal(3, (await TextAsync(viewer, "/audit/v1/export")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(HttpStatusCode.OK, await viewer.StatusAsync(HttpMethod.Get, $"/audit/v1/events/{await SequenceAsync(service, "a1")}"));
        foreach (var hidden in (string[])["b1", (await SequenceAsync(service, "b1")).ToString(System.Globalization.CultureInfo.InvariantCulture), "absent"])
            Assert.Equal(HttpStatusCode.NotFound, await viewer.StatusAsync(HttpMethod.Get, "/audit/v1/events/" + hidden));
    }

    [Fact]
    public async Task The_tail_shows_what_is_new_of_the_customer_and_does_not_count_the_rest()
    {
        await using var service = await StartAsync(new ManualTime());
        var token = await TokenAsync(service.Admin, Fields("project_id", "a"));
        using var response = await service.Nobody.GetAsync($"/audit/v1/tail?from_sequence=0&viewer_token={token}", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        var lines = new List<string>();
        while (lines.Count(line => line.StartsWith("data:", StringComparison.Ordinal)) < 3) lines.Add((await reader.ReadLineAsync(Cancellation))!);
        var text = string.Join('\n', lines);
        Assert.DoesNotContain("bob", text, StringComparison.Ordinal);
        Assert.Equal([await SequenceAsync(service, "a1"), await SequenceAsync(service, "a2"), await SequenceAsync(service, "a3")],
            lines.Where(line => line.StartsWith("id:", StringComparison.Ordinal)).Select(line => long.Parse(line[3..], System.Globalization.CultureInfo.InvariantCulture)));
        using var beyond = new HttpRequestMessage(HttpMethod.Get, $"/audit/v1/tail?viewer_token={token}");
        beyond.Headers.Add("Last-Event-ID", "99999");
        using var refused = await service.Nobody.SendAsync(beyond, Cancellation);
        Assert.Equal("is not of this ledger", (await TestService.JsonAsync(refused))["errors"]![0]!["reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_cursor_that_another_token_got_leads_nowhere_but_to_ones_own_events()
    {
        await using var service = await StartAsync(new ManualTime());
        using var ofA = service.Bearer(await TokenAsync(service.Admin, Fields("project_id", "a")));
        using var ofB = service.Bearer(await TokenAsync(service.Admin, Fields("project_id", "b")));
        var cursor = (await TestService.GetAsync(ofB, "/audit/v1/events?limit=1"))["next_cursor"]!.GetValue<string>();
        Assert.Equal(["a2", "a1"], await IdsAsync(ofA, "?cursor=" + cursor));
        Assert.Equal(["b1"], await IdsAsync(ofB, "?cursor=" + cursor));
    }

    [Fact]
    public async Task Notes_and_what_the_service_records_about_itself_are_not_the_customers()
    {
        await using var service = await StartAsync(new ManualTime());
        await TestService.PostAsync(service.Admin, $"/audit/v1/events/{await SequenceAsync(service, "a1")}/notes", new() { ["text"] = "looks like fraud" });
        using var viewer = service.Bearer(await TokenAsync(service.Admin, Fields("action", "create", "note", "read")));
        Assert.DoesNotContain("fraud", await TextAsync(viewer, "/audit/v1/events?limit=1000"), StringComparison.Ordinal);
        Assert.Equal("[]", (await TestService.GetAsync(viewer, "/audit/v1/events/a1"))["notes"]!.ToJsonString());
        Assert.All((await TestService.GetAsync(viewer, "/audit/v1/events?limit=1000"))["events"]!.AsArray(), one => Assert.Equal("native", one!["source_kind"]!.GetValue<string>()));
    }

    [Fact]
    public async Task It_is_taken_for_reading_alone_and_by_no_other_route_of_the_service()
    {
        await using var world = await MatrixWorld.StartAsync();
        var token = await TokenAsync(world.Service.Admin, Fields("project_id", "p1"), $"?tenant={MatrixWorld.Tenant}");
        using var viewer = world.Service.Bearer(token);
        var size = world.Service.Store.Size(MatrixWorld.Tenant);
        foreach (var route in RouteTable.All.Where(route => route.For != RouteFor.Everybody && !route.TakesKeyInPath))
        {
            var (path, body) = MatrixWorld.Call(route, world.There);
            using var request = new HttpRequestMessage(route.Method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
            if (Open.Contains(route.Route)) continue;
            using var response = await viewer.SendAsync(request, Cancellation);
            Assert.True(response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized or HttpStatusCode.NotFound, $"{route.Route} answers {response.StatusCode}");
            Assert.DoesNotContain(MatrixWorld.TenantMark, await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }
        Assert.Equal(size, world.Service.Store.Size(MatrixWorld.Tenant));
        Assert.All(Open, name => Assert.Contains(RouteTable.All, route => route.Route == name));
        foreach (var other in (string[])["default", "stranger", "*"]) Assert.Equal(HttpStatusCode.NotFound, await viewer.StatusAsync(HttpMethod.Get, $"/audit/v1/events?tenant={other}"));
    }

    [Fact]
    public async Task No_other_token_is_got_for_it()
    {
        await using var service = await StartAsync(new ManualTime());
        var token = await TokenAsync(service.Admin, Fields("project_id", "a"));
        var keystone = JsonNode.Parse("""{"auth":{"identity":{"methods":["token"],"token":{"id":"TOKEN"}}}}""".Replace("TOKEN", token, StringComparison.Ordinal))!.AsObject();
        Assert.Equal(HttpStatusCode.Unauthorized, await service.Nobody.StatusAsync(HttpMethod.Post, Tokens + "?viewer_token=" + token, Fields("project_id", "b")));
        foreach (var path in (string[])["/v3/auth/tokens", "/keystone/v3/auth/tokens"])
        {
            using var response = await service.Nobody.PostAsJsonAsync(path, keystone, Cancellation);
            Assert.False(response.IsSuccessStatusCode);
            Assert.False(response.Headers.Contains("X-Subject-Token"));
        }
    }

    [Fact]
    public async Task It_ends_with_its_time_with_its_makers_key_and_when_its_holder_says_so()
    {
        var time = new ManualTime();
        await using var service = await StartAsync(time);
        var (id, key) = await service.KeyAsync("default", "read");
        using var maker = service.Bearer(key);
        using var brief = service.Bearer(await TokenAsync(maker, new() { ["fields"] = new JsonObject { ["project_id"] = "a" }, ["seconds"] = 60 }));
        using var longer = service.Bearer(await TokenAsync(maker, Fields("project_id", "a")));
        using var ended = service.Bearer(await TokenAsync(maker, Fields("project_id", "a")));
        Assert.Equal(HttpStatusCode.OK, await brief.StatusAsync(HttpMethod.Get, "/audit/v1/events"));
        Assert.Equal(HttpStatusCode.NoContent, await ended.StatusAsync(HttpMethod.Post, "/audit/v1/sign-out"));
        Assert.Equal(HttpStatusCode.Unauthorized, await ended.StatusAsync(HttpMethod.Get, "/audit/v1/events"));
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(HttpStatusCode.Unauthorized, await brief.StatusAsync(HttpMethod.Get, "/audit/v1/events"));
        Assert.Equal(HttpStatusCode.OK, await longer.StatusAsync(HttpMethod.Get, "/audit/v1/events"));
        Assert.Equal(HttpStatusCode.NoContent, await service.Admin.StatusAsync(HttpMethod.Delete, $"/audit/v1/keys/{id}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await longer.StatusAsync(HttpMethod.Get, "/audit/v1/events"));
    }

    [Fact]
    public async Task It_shows_no_more_than_its_maker_may_read_and_ends_with_the_makers_session()
    {
        await using var service = await StartAsync(new ManualTime());
        await service.UserAsync("default", "jane", BuiltInRoles.ProjectViewer, "a");
        using var jane = await service.SignedInAsync("jane");
        using var viewer = service.Bearer(await TokenAsync(jane, Fields("action", "create", "secretive")));
        Assert.Equal(["a3", "a1"], await IdsAsync(viewer, ""));
        await service.UserAsync("default", "writer", BuiltInRoles.Writer);
        using var writer = await service.SignedInAsync("writer");
        Assert.Equal(HttpStatusCode.Forbidden, await writer.StatusAsync(HttpMethod.Post, Tokens, Fields("project_id", "a")));
        Assert.Equal(HttpStatusCode.NoContent, await jane.StatusAsync(HttpMethod.Post, "/audit/v1/sign-out"));
        Assert.Equal(HttpStatusCode.Unauthorized, await viewer.StatusAsync(HttpMethod.Get, "/audit/v1/events"));
    }

    [Theory]
    [InlineData("""{}""", "fields")]
    [InlineData("""{"fields":{"exclude_action":"read"}}""", "fields")]
    [InlineData("""{"fields":{"project_id":[]}}""", "fields.project_id")]
    [InlineData("""{"fields":{"customer":"a"}}""", "fields.customer")]
    [InlineData("""{"fields":{"result":"good"}}""", "fields.result")]
    [InlineData("""{"filter":"project_id=a&q=b"}""", "filter")]
    [InlineData("""{"filter":"project_id=a&outside_hours=8-18"}""", "filter")]
    [InlineData("""{"filter":"project_id=a&from=-1h"}""", "filter.from")]
    [InlineData("""{"filter":"project_id=a","seconds":59}""", "seconds")]
    [InlineData("""{"filter":"project_id=a","seconds":86401}""", "seconds")]
    public async Task A_wish_that_would_show_more_or_longer_than_it_says_is_refused(string wish, string field)
    {
        await using var service = await TestService.StartAsync();
        using var response = await service.Admin.PostAsJsonAsync(Tokens, JsonNode.Parse(wish), Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(field, (await TestService.JsonAsync(response))["errors"]!.AsArray().Select(fault => fault!["field"]?.GetValue<string>()));
    }

    [Fact]
    public async Task A_customers_id_says_no_more_than_itself_and_filter_and_fields_hold_together()
    {
        await using var service = await StartAsync(new ManualTime());
        using var odd = service.Bearer(await TokenAsync(service.Admin, Fields("project_id", "a,b&project_id=b")));
        Assert.Empty(await IdsAsync(odd, ""));
        using var both = service.Bearer(await TokenAsync(service.Admin, new() { ["filter"] = "action=create,secretive&exclude_actor_name=nobody", ["fields"] = new JsonObject { ["project_id"] = "a" } }));
        Assert.Equal(["a3", "a1"], await IdsAsync(both, ""));
    }

    [Fact]
    public async Task A_query_takes_no_other_credential_and_the_record_of_reading_names_the_viewer_and_not_the_token()
    {
        await using var service = await StartAsync(new ManualTime());
        var (_, key) = await service.KeyAsync("default", "read");
        Assert.Equal(HttpStatusCode.Unauthorized, await service.Nobody.StatusAsync(HttpMethod.Get, $"/audit/v1/events?viewer_token={key}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await service.Nobody.StatusAsync(HttpMethod.Get, "/audit/v1/events?viewer_token="));
        var made = await TestService.PostAsync(service.Admin, Tokens, new() { ["name"] = "Customer A", ["filter"] = "project_id=a" });
        Assert.Equal(["a2"], await IdsAsync(service.Nobody, $"?action=delete&viewer_token={made["token"]!.GetValue<string>()}"));
        var creation = await service.EventAsync("default", kept => kept.Operation == "access.viewer_token");
        Assert.Equal((made["id"]!.GetValue<string>(), "Customer A", "project_id=a"), (creation.Resource!.Id, creation.Resource.Name, creation.Labels!["filter"]));
        var read = await service.EventAsync("default", kept => kept.Operation == "events.list" && kept.Actor?.Name == "Customer A");
        Assert.Equal((made["id"]!.GetValue<string>(), "admin", "action=delete"), (read.Actor!.Id, read.Actor.OnBehalfOf!.Name, read.Labels!["filter"]));
    }

    [Fact]
    public async Task Tokens_are_listed_until_they_end_and_one_that_is_revoked_is_refused_at_once()
    {
        var time = new ManualTime();
        await using var service = await StartAsync(time);
        var kept = await TestService.PostAsync(service.Admin, Tokens, new() { ["name"] = "Customer A", ["filter"] = "project_id=a" });
        var ended = await TestService.PostAsync(service.Admin, Tokens, new() { ["name"] = "Customer B", ["filter"] = "project_id=b", ["seconds"] = 60 });
        using var viewer = service.Bearer(ended["token"]!.GetValue<string>());
        await service.EventAsync("default", made => made.Resource?.Id == ended["id"]!.GetValue<string>());
        var text = await TextAsync(service.Admin, Tokens);
        Assert.DoesNotContain(kept["token"]!.GetValue<string>(), text, StringComparison.Ordinal);
        var listed = JsonNode.Parse(text)!["tokens"]!.AsArray();
        Assert.Equal(["Customer B", "Customer A"], listed.Select(token => token!["name"]!.GetValue<string>()));
        Assert.Equal(("project_id=a", kept["expires_at"]!.GetValue<string>()), (listed[1]!["filter"]!.GetValue<string>(), listed[1]!["expires_at"]!.GetValue<string>()));

        Assert.Equal(HttpStatusCode.OK, await viewer.StatusAsync(HttpMethod.Get, "/audit/v1/events"));
        var path = $"{Tokens}/{ended["id"]!.GetValue<string>()}";
        Assert.Equal(HttpStatusCode.Forbidden, await viewer.StatusAsync(HttpMethod.Delete, path));
        await service.TenantAsync("stranger");
        Assert.Equal(HttpStatusCode.NotFound, await service.Admin.StatusAsync(HttpMethod.Delete, path + "?tenant=stranger"));
        Assert.Equal(HttpStatusCode.NoContent, await service.Admin.StatusAsync(HttpMethod.Delete, path));
        Assert.Equal(HttpStatusCode.Unauthorized, await viewer.StatusAsync(HttpMethod.Get, "/audit/v1/events"));
        Assert.Equal(HttpStatusCode.NotFound, await service.Admin.StatusAsync(HttpMethod.Delete, path));
        Assert.Equal(["Customer A"], (await TestService.GetAsync(service.Admin, Tokens))["tokens"]!.AsArray().Select(token => token!["name"]!.GetValue<string>()));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Empty((await TestService.GetAsync(service.Admin, Tokens))["tokens"]!.AsArray());
    }
}
