using System.Net;
using System.Text.Json.Nodes;
using Domesday.Events;

namespace Domesday.Dialects.Tests.UpCloud;

/// <summary>What a client of UpCloud's audit log relies on.</summary>
public class UpCloudListTests
{
    private const string List = "/1.3/audit-logs";

    [Fact]
    public async Task The_list_is_newest_first_with_the_total_in_a_header()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync([.. Enumerable.Range(0, 60).Select(i => Event(host, i))]);
        var (response, body) = await DialectHost.GetAsync(host.Reader, List);
        Assert.Equal("60", Assert.Single(response.Headers.GetValues("Upcloud-Total-Count")));
        var logs = JsonNode.Parse(body)!["audit_logs"]!.AsArray();
        Assert.Equal(50, logs.Count);
        Assert.Equal(["server-0", "server-1"], logs.Take(2).Select(log => log!["resource_id"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("limit=0", 0)]
    [InlineData("limit=200", 5)]
    [InlineData("offset=3", 2)]
    [InlineData("offset=9223372036854775807", 0)]
    [InlineData("limit=&q=&actions=", 5)]
    [InlineData("unheard_of=1", 5)]
    public async Task Limits_and_offsets_up_to_their_bounds_are_answered_with_the_total(string query, int count)
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync([.. Enumerable.Range(0, 5).Select(i => Event(host, i))]);
        var (response, body) = await DialectHost.GetAsync(host.Reader, $"{List}?{query}");
        Assert.Equal("5", Assert.Single(response.Headers.GetValues("Upcloud-Total-Count")));
        Assert.Equal(count, JsonNode.Parse(body)!["audit_logs"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("limit=1e2", "limit")]
    [InlineData("offset=-1", "offset")]
    [InlineData("offset=9223372036854775808", "offset")]
    [InlineData("actions=explode", "actions")]
    [InlineData("resource_types=spaceship", "resource_types")]
    [InlineData("origins=mars", "origins")]
    [InlineData("created_after=soon", "created_after")]
    [InlineData("created_before=2026-02-30", "created_before")]
    public async Task What_is_no_value_is_named_in_the_problem(string query, string name)
    {
        await using var host = await DialectHost.StartAsync();
        var (response, body) = await DialectHost.GetAsync(host.Reader, $"{List}?{query}");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(name, Assert.Single(JsonNode.Parse(body)!["invalid_params"]!.AsArray())!["name"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("actions=create&actions=delete", "1 2")]
    [InlineData("actions=create,delete", "1 2")]
    [InlineData("actions=create,delete&actions=login", "1 2 3")]
    [InlineData("resource_types=storage", "2")]
    [InlineData("resource_types=own-kind", "4")]
    [InlineData("origins=gui", "1")]
    [InlineData("origins=upcloud_internal", "2")]
    [InlineData("origins=api", "3 4")]
    [InlineData("origins=api,gui", "1 3 4")]
    [InlineData("origins=gui&origins=upcloud_internal", "1 2")]
    [InlineData("origins=gui,api,upcloud_internal", "1 2 3 4")]
    [InlineData("q=bob", "3")]
    [InlineData("q=192.0.2.7", "1")]
    [InlineData("q=server-2", "2")]
    [InlineData("q=bo", "")]
    [InlineData("created_after=2026-02-11T22:18:02Z&created_before=2026-02-11T22:19:02Z", "2 3")]
    [InlineData("created_after=2026-02-11T23:18:02%2B01:00&created_before=2026-02-11T23:19:02+01:00", "2 3")]
    [InlineData("created_after=2026-02-11T22:18:02&created_before=2026-02-11T22:19:02", "2 3")]
    public async Task Each_filter_finds_what_it_shows(string query, string expected)
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync(
            Event(host, 1) with { Origin = "gui", Source = new() { Ip = "192.0.2.7" } },
            Event(host, 2) with { Action = "delete", Origin = "internal", Resource = new() { Type = "storage", Id = "server-2" } },
            Event(host, 3) with { Action = "login", Origin = "api", Actor = new() { Name = "bob" } },
            Event(host, 4) with { Action = "read", Resource = new() { Type = "own-kind", Id = "server-4" } });
        var (response, body) = await DialectHost.GetAsync(host.Reader, $"{List}?{query}");
        var found = JsonNode.Parse(body)!["audit_logs"]!.AsArray().Select(log => log!["resource_id"]!.GetValue<string>()["server-".Length..]).ToList();
        Assert.Equal(expected, string.Join(' ', found));
        Assert.Equal($"{found.Count}", Assert.Single(response.Headers.GetValues("Upcloud-Total-Count")));
    }

    [Fact]
    public async Task Without_a_time_the_list_and_the_export_reach_back_180_days()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync(Event(host, 1), Event(host, 60 * 24 * 179), Event(host, 60 * 24 * 181));
        Assert.Equal(2, (await DialectHost.JsonAsync(host.Reader, List))["audit_logs"]!.AsArray().Count);
        Assert.Equal(3, (await DialectHost.JsonAsync(host.Reader, List + "?created_after=2020-01-01"))["audit_logs"]!.AsArray().Count);
        Assert.Equal(2, JsonNode.Parse((await DialectHost.GetAsync(host.Reader, List + "/export?format=json")).Body)!.AsArray().Count);
    }

    [Fact]
    public async Task Reading_a_page_does_not_move_the_next_one()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync([.. Enumerable.Range(0, 9).Select(i => Event(host, i))]);
        var seen = new List<string>();
        for (var offset = 0; offset < 9; offset += 3)
        {
            var page = await DialectHost.JsonAsync(host.Reader, $"{List}?limit=3&offset={offset}");
            seen.AddRange(page["audit_logs"]!.AsArray().Select(log => log!["resource_id"]!.GetValue<string>()));
            await host.Service.EventAsync(DialectHost.Tenant, stored => stored.Operation == "upcloud.audit_logs.list");
        }
        Assert.Equal(Enumerable.Range(0, 9).Select(i => $"server-{i}"), seen);
    }

    [Fact]
    public async Task Every_shown_id_leads_to_its_event_and_nobody_elses()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync(Event(host, 1), Event(host, 2) with { Id = "01KC8T59GZXZTNCZMYGJXGFSGM" }, Event(host, 3) with { Scope = new() { Project = new() { Id = "a" } } });
        using var viewer = host.Service.Bearer(await host.ProjectKeyAsync("a"));
        foreach (var log in (await DialectHost.JsonAsync(host.Reader, List))["audit_logs"]!.AsArray())
        {
            var path = $"{List}/{log!["cloud_event_id"]!.GetValue<string>()}";
            Assert.True(JsonNode.DeepEquals(log, await DialectHost.JsonAsync(host.Reader, path)));
            var isOfProject = log["resource_id"]!.GetValue<string>() == "server-3";
            Assert.Equal(isOfProject ? HttpStatusCode.OK : HttpStatusCode.NotFound, (await DialectHost.GetAsync(viewer, path)).Response.StatusCode);
        }
        Assert.Equal("1", Assert.Single((await DialectHost.GetAsync(viewer, List)).Response.Headers.GetValues("Upcloud-Total-Count")));
    }

    [Fact]
    public async Task The_json_export_is_a_bare_array_and_the_csv_has_as_many_cells_in_every_row()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync(Event(host, 1) with { Actor = new() { Name = "=cmd|' /C calc'!A0" } }, Event(host, 2) with { Change = new() { After = System.Text.Json.JsonSerializer.SerializeToElement(new { a = "b,\"c\"\n" }) } });
        var (json, body) = await DialectHost.GetAsync(host.Reader, List + "/export?format=json");
        Assert.Equal("application/json", json.Content.Headers.ContentType!.ToString());
        Assert.True(body.StartsWith("[{", StringComparison.Ordinal) && body.EndsWith("}]", StringComparison.Ordinal));
        Assert.Equal(2, JsonNode.Parse(body)!.AsArray().Count);
        var (_, csv) = await DialectHost.GetAsync(host.Reader, List + "/export", ("Accept", "application/json"));
        Assert.Equal([13, 13, 13], CellsOfRows(csv));
        Assert.Contains("'=cmd", csv, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await DialectHost.GetAsync(host.Reader, List + "/export?format=xml")).Response.StatusCode);
        Assert.Equal("[]", (await DialectHost.GetAsync(host.Service.Bearer(await host.ProjectKeyAsync("none")), List + "/export?format=json")).Body);
    }

    [Fact]
    public async Task A_wrong_password_is_refused_in_the_vendors_form()
    {
        await using var host = await DialectHost.StartAsync();
        using var wrong = host.Basic("admin", "wrong");
        await IsProblemAsync(wrong, HttpMethod.Get, List, HttpStatusCode.Unauthorized, "ERROR_AUTHENTICATION_FAILED");
        using var right = host.Basic("admin", DialectHost.Password);
        Assert.Equal(HttpStatusCode.OK, (await DialectHost.GetAsync(right, List)).Response.StatusCode);
    }

    [Fact]
    public async Task An_error_of_any_sort_is_a_problem_without_charset()
    {
        await using var host = await DialectHost.StartAsync();
        await IsProblemAsync(host.Reader, HttpMethod.Get, List + "?limit=201", HttpStatusCode.BadRequest, "ERROR_INVALID_REQUEST");
        await IsProblemAsync(host.Nobody, HttpMethod.Get, List, HttpStatusCode.Unauthorized, "ERROR_AUTHENTICATION_FAILED");
        await IsProblemAsync(host.Writer, HttpMethod.Get, List, HttpStatusCode.Forbidden, "ERROR_FORBIDDEN");
        await IsProblemAsync(host.Reader, HttpMethod.Get, List + "/01KC8T59GZXZTNCZMYGJXGFSGM", HttpStatusCode.NotFound, "ERROR_RESOURCE_NOT_FOUND");
        await IsProblemAsync(host.Reader, HttpMethod.Get, List + "/a/b", HttpStatusCode.NotFound, "ERROR_RESOURCE_NOT_FOUND");
        await IsProblemAsync(host.Reader, HttpMethod.Get, "/1.3/account", HttpStatusCode.NotFound, "ERROR_RESOURCE_NOT_FOUND");
        await IsProblemAsync(host.Reader, HttpMethod.Delete, List, HttpStatusCode.MethodNotAllowed, "ERROR_METHOD_NOT_ALLOWED");
    }

    /// <summary>As RFC 4180 counts them.</summary>
    private static List<int> CellsOfRows(string csv)
    {
        var (rows, cells, isQuoted) = (new List<int>(), 1, false);
        foreach (var letter in csv)
        {
            if (letter == '"') isQuoted = !isQuoted;
            else if (!isQuoted && letter == ',') cells++;
            else if (!isQuoted && letter == '\n')
            {
                rows.Add(cells);
                cells = 1;
            }
        }
        return rows;
    }

    private static async Task IsProblemAsync(HttpClient client, HttpMethod method, string path, HttpStatusCode status, string type)
    {
        var (response, body) = await DialectHost.SendAsync(client, method, path);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", Assert.Single(response.Content.Headers.NonValidated["Content-Type"]));
        var problem = JsonNode.Parse(body)!;
        Assert.Equal("https://developers.upcloud.com/1.3/errors#" + type, problem["type"]!.GetValue<string>());
        Assert.Equal((int)status, problem["status"]!.GetValue<int>());
        Assert.Matches("^[0-9A-Z]{26}$", problem["correlation_id"]!.GetValue<string>());
        Assert.NotEmpty(problem["title"]!.GetValue<string>());
        Assert.Equal(status == HttpStatusCode.BadRequest, problem["invalid_params"] is JsonArray);
    }

    private static AuditEvent Event(DialectHost host, int minutes) => new()
    {
        Time = host.Ago(TimeSpan.FromMinutes(minutes)),
        Action = "create",
        Actor = new() { Type = ActorType.User, Name = "alice" },
        Resource = new() { Type = "server", Id = $"server-{minutes}" },
    };
}
