using System.Net;
using System.Text.Json.Nodes;
using Domesday.Events;

namespace Domesday.Dialects.Tests.SpectroPalette;

/// <summary>What a client of Palette's audits relies on.</summary>
public class AuditTests
{
    [Fact]
    public async Task Pages_by_continue_tokens_show_every_audit_once_while_more_arrive()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync([.. Enumerable.Range(0, 120).Select(i => Event(host, i))]);
        var (seen, token, offset) = (new List<string>(), "", 0L);
        do
        {
            var page = await DialectHost.JsonAsync(host.Reader, $"/v1/audits?limit=50&offset={offset}&continue={Uri.EscapeDataString(token)}");
            seen.AddRange(Uids(page));
            token = page["listmeta"]!["continue"]!.GetValue<string>();
            offset = page["listmeta"]!["offset"]!.GetValue<long>();
            Assert.Equal(seen.Count, offset);
            await host.AppendAsync(Event(host, -1 - seen.Count));
        }
        while (token.Length > 0);
        Assert.Equal(Enumerable.Range(0, 120).Select(i => $"e-{i}"), seen);
    }

    [Fact]
    public async Task An_offset_alone_pages_too()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync([.. Enumerable.Range(0, 7).Select(i => Event(host, i))]);
        var page = await DialectHost.JsonAsync(host.Reader, "/v1/audits?limit=3&offset=5");
        Assert.Equal(["e-5", "e-6"], Uids(page));
        Assert.Equal(("", 7, 3, 7), Meta(page));
        Assert.Empty(Uids(await DialectHost.JsonAsync(host.Reader, $"/v1/audits?offset={long.MaxValue}")));
    }

    [Theory]
    [InlineData("limit=51", 51)]
    [InlineData("limit=0", 51)]
    [InlineData("limit=9223372036854775807", 51)]
    public async Task A_limit_beyond_fifty_is_fifty(string query, int events)
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync([.. Enumerable.Range(0, events).Select(i => Event(host, i))]);
        Assert.Equal(50, Uids(await DialectHost.JsonAsync(host.Reader, "/v1/audits?" + query)).Count);
    }

    [Theory]
    [InlineData("limit=-1")]
    [InlineData("limit=ten")]
    [InlineData("offset=-1")]
    [InlineData("offset=9223372036854775808")]
    [InlineData("continue=abc")]
    [InlineData("actionType=destroy")]
    [InlineData("startTime=yesterday")]
    public async Task What_is_no_value_is_refused_with_a_text_as_code(string query)
    {
        await using var host = await DialectHost.StartAsync();
        var (response, body) = await DialectHost.GetAsync(host.Reader, "/v1/audits?" + query);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("InvalidRequest", JsonNode.Parse(body)!["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_note_is_shown_on_its_audit_and_leaves_the_audit_as_it_was()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync(Event(host, 1), Event(host, 2));
        using var admin = host.Service.Bearer(host.AdminKey);
        var before = (await host.Service.EventsAsync(DialectHost.Tenant)).Single(stored => stored.Id == "e-1");
        foreach (var note in new[] { "first note", "second note" })
        {
            Assert.Equal(HttpStatusCode.NoContent, (await DialectHost.SendAsync(admin, HttpMethod.Patch, "/v1/audits/e-1/userMsg", $$"""{"userMsg":"{{note}}"}""")).Response.StatusCode);
        }
        var audit = await DialectHost.JsonAsync(host.Reader, "/v1/audits/e-1");
        Assert.Equal("second note", audit["spec"]!["userMsg"]!.GetValue<string>());
        var page = await DialectHost.JsonAsync(host.Reader, "/v1/audits");
        Assert.Equal([("e-1", "second note"), ("e-2", null)], page["items"]!.AsArray().Select(item => (item!["metadata"]!["uid"]!.GetValue<string>(), item["spec"]!["userMsg"]?.GetValue<string>())));
        Assert.Equal(before.Salt, (await host.Service.EventsAsync(DialectHost.Tenant)).Single(stored => stored.Id == "e-1").Salt);
        var (_, csv) = await DialectHost.GetAsync(host.Reader, "/v1/audits/export");
        Assert.EndsWith(",second note", csv.Split("\r\n")[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"userMsg":"ab"}""")]
    [InlineData("""{"userMsg":"   a   "}""")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task A_note_that_is_none_is_refused(string body)
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync(Event(host, 1));
        using var admin = host.Service.Bearer(host.AdminKey);
        Assert.Equal(HttpStatusCode.BadRequest, (await DialectHost.SendAsync(admin, HttpMethod.Patch, "/v1/audits/e-1/userMsg", body)).Response.StatusCode);
    }

    [Fact]
    public async Task A_note_has_255_characters_at_most_and_who_may_only_read_adds_none()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync(Event(host, 1));
        using var admin = host.Service.Bearer(host.AdminKey);
        Assert.Equal(HttpStatusCode.NoContent, (await PatchAsync(admin, new string('é', 255))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PatchAsync(admin, new string('é', 256))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await PatchAsync(host.Reader, "a note")).StatusCode);

        static async Task<HttpResponseMessage> PatchAsync(HttpClient client, string text) =>
            (await DialectHost.SendAsync(client, HttpMethod.Patch, "/v1/audits/e-1/userMsg", new JsonObject { ["userMsg"] = text }.ToJsonString())).Response;
    }

    [Fact]
    public async Task A_project_is_seen_by_its_header_and_nobody_reaches_another_one()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync(Event(host, 1) with { Scope = new() { Project = new() { Id = "a" } } }, Event(host, 2) with { Scope = new() { Project = new() { Id = "b" } } }, Event(host, 3));
        Assert.Equal(["e-1"], Uids(await DialectHost.JsonAsync(host.Reader, "/v1/audits", ("ProjectUid", "a"))));
        Assert.Equal(HttpStatusCode.NotFound, (await DialectHost.GetAsync(host.Reader, "/v1/audits/e-2", ("ProjectUid", "a"))).Response.StatusCode);
        using var viewer = host.Service.Bearer(await host.ProjectKeyAsync("a"));
        Assert.Equal(["e-1"], Uids(await DialectHost.JsonAsync(viewer, "/v1/audits")));
        Assert.Equal(["e-1"], Uids(await DialectHost.JsonAsync(viewer, "/v1/audits", ("ProjectUid", "a"))));
        var (there, thereBody) = await DialectHost.GetAsync(viewer, "/v1/audits", ("ProjectUid", "b"));
        var (nowhere, nowhereBody) = await DialectHost.GetAsync(viewer, "/v1/audits", ("ProjectUid", "c"));
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (there.StatusCode, nowhere.StatusCode));
        Assert.Equal(JsonNode.Parse(nowhereBody)!["message"]!.GetValue<string>(), JsonNode.Parse(thereBody)!["message"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NotFound, (await DialectHost.GetAsync(viewer, "/v1/audits/e-2")).Response.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await DialectHost.SendAsync(viewer, HttpMethod.Patch, "/v1/audits/e-2/userMsg", """{"userMsg":"a note"}""")).Response.StatusCode);
    }

    [Fact]
    public async Task Each_filter_finds_what_it_shows()
    {
        await using var host = await DialectHost.StartAsync();
        var wanted = Event(host, 1) with { Action = "publish", Actor = new() { Type = ActorType.User, Id = "u-1" }, Resource = new() { Type = "virtualCluster", Id = "r-1" }, Scope = new() { Project = new() { Id = "p" } } };
        await host.AppendAsync(wanted, Event(host, 2), Event(host, 3) with { Action = "login" }, Event(host, 4) with { Action = "attach" });
        string[] queries = ["userUid=u-1", "projectUid=p", "resourceUid=r-1", "resourceKind=virtualcluster", "resourceKind=virtualCluster", "actionType=publish"];
        foreach (var query in queries) Assert.Equal(["e-1"], Uids(await DialectHost.JsonAsync(host.Reader, "/v1/audits?" + query)));
        Assert.Equal(["e-3"], Uids(await DialectHost.JsonAsync(host.Reader, "/v1/audits?actionType=activity")));
        Assert.Equal(["e-4"], Uids(await DialectHost.JsonAsync(host.Reader, "/v1/audits?actionType=action")));
        Assert.Equal(4, Uids(await DialectHost.JsonAsync(host.Reader, "/v1/audits?tenantUid=acme")).Count);
        Assert.Empty(Uids(await DialectHost.JsonAsync(host.Reader, "/v1/audits?tenantUid=other")));
    }

    [Fact]
    public async Task Both_times_are_inclusive_whatever_the_zone()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync(Event(host, 1) with { Time = At("2026-02-01T10:00:00.000000Z") }, Event(host, 2) with { Time = At("2026-02-01T12:00:00.700000Z") });
        string[] queries =
        [
            "startTime=2026-02-01T10:00:00.000Z&endTime=2026-02-01T12:00:00Z", "startTime=2026-02-01T15:30:00%2B05:30&endTime=2026-02-01T17:30:00%2B05:30",
            "startTime=2026-02-01T15:30:00+05:30&endTime=2026-02-01T17:30:00+05:30", "startTime=2026-02-01&endTime=2026-02-01",
        ];
        foreach (var query in queries) Assert.Equal(["e-2", "e-1"], Uids(await DialectHost.JsonAsync(host.Reader, "/v1/audits?" + query)));
        Assert.Equal(["e-1"], Uids(await DialectHost.JsonAsync(host.Reader, "/v1/audits?endTime=2026-02-01T11:59:59.999Z")));
    }

    [Fact]
    public async Task Signing_in_gives_a_token_that_works_bare_and_behind_the_word_bearer()
    {
        await using var host = await DialectHost.StartAsync();
        var (response, body) = await DialectHost.SendAsync(host.Nobody, HttpMethod.Post, "/v1/auth/authenticate", $$"""{"emailId":"admin","password":"{{DialectHost.Password}}","org":""}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = JsonNode.Parse(body)!;
        Assert.False(answer["isMfa"]!.GetValue<bool>());
        var token = answer["Authorization"]!.GetValue<string>();
        foreach (var value in new[] { token, "Bearer " + token }) await DialectHost.JsonAsync(host.Nobody, "/v1/audits", ("Authorization", value));
        var (wrong, wrongBody) = await DialectHost.SendAsync(host.Nobody, HttpMethod.Post, "/v1/auth/authenticate", """{"emailId":"admin","password":"wrong"}""");
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Equal("Unauthorized", JsonNode.Parse(wrongBody)!["code"]!.GetValue<string>());
    }

    private static Timestamp At(string text) => Timestamp.TryParse(System.Text.Encoding.ASCII.GetBytes(text), out var time, out _) ? time : throw new FormatException(text);

    private static List<string> Uids(JsonNode page) => [.. page["items"]!.AsArray().Select(item => item!["metadata"]!["uid"]!.GetValue<string>())];

    private static (string Continue, long Count, long Limit, long Offset) Meta(JsonNode page)
    {
        var meta = page["listmeta"]!;
        return (meta["continue"]!.GetValue<string>(), meta["count"]!.GetValue<long>(), meta["limit"]!.GetValue<long>(), meta["offset"]!.GetValue<long>());
    }

    private static AuditEvent Event(DialectHost host, int minutes) => new()
    {
        Id = $"e-{minutes}",
        Time = host.Ago(TimeSpan.FromMinutes(minutes)),
        Action = "create",
        Actor = new() { Type = ActorType.User, Name = "alice" },
        Resource = new() { Type = "project", Id = "r" },
    };
}
