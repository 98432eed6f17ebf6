using System.Text.Json.Nodes;
using Domesday.Events;

namespace Domesday.Server.Tests.Api;

/// <summary>Pages of events: filters, orders, cursors, and what is said of a question that cannot be answered.</summary>
public class EventListTests
{
    private static readonly AuditEvent[] Sample =
    [
        new()
        {
            Id = "e0", Time = At(0), Action = "create", Service = "network", Operation = "router.create", Origin = "api", Level = CaptureLevel.Request,
            Actor = new() { Type = ActorType.User, Id = "u-1", Name = "Alice, the first" },
            Resource = new() { Type = "router", SubType = "status", Id = "r-1", Name = "edge", Namespace = "ns" },
            Outcome = new() { Result = OutcomeResult.Success, Status = 201 },
            Scope = new() { Region = "eu", Domain = "d1", Project = new() { Id = "alpha", Name = "Alpha" }, Cluster = new() { Id = "c-1", Name = "prod" } },
            Source = new() { Ip = "10.0.0.1" }, Request = new() { Id = "q-1", Session = "s-1" }, Reason = new() { Ticket = "T-1" },
        },
        new()
        {
            Id = "e1", Time = At(3600), Action = "delete", Service = "compute", Actor = new() { Type = ActorType.Application, Id = "u-2", Name = "Bob\\Builder" },
            Resource = new() { Type = "server", Id = "r-2" }, Outcome = new() { Result = OutcomeResult.Failure, Status = 403, Reason = "Quota exceeded" },
            Scope = new() { Project = new() { Id = "beta" } }, RefersTo = 0,
        },
        new() { Id = "e2", Time = At(60), Action = "login", Actor = new() { Name = "alice" } },
    ];

    private static Timestamp At(int second) => Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 2, 11, 22, 0, 0, TimeSpan.Zero).AddSeconds(second));

    private static async Task<ApiHost> SampleAsync(TimeProvider? time = null)
    {
        var host = await ApiHost.StartAsync(time: time);
        await host.AppendAsync(Sample);
        return host;
    }

    private static string[] Ids(JsonNode answer) => [.. answer["events"]!.AsArray().Select(one => one!["id"]!.GetValue<string>())];

    [Theory]
    [InlineData("action=create", "e0")]
    [InlineData("action=create,delete", "e1 e0")]
    [InlineData("action=create&action=login", "e2 e0")]
    [InlineData("action=create,delete&service=compute", "e1")]
    [InlineData("service=network", "e0")]
    [InlineData("operation=router.create", "e0")]
    [InlineData("origin=api", "e0")]
    [InlineData("level=request", "e0")]
    [InlineData("actor_type=user,application", "e1 e0")]
    [InlineData("actor_id=u-2", "e1")]
    [InlineData("actor_name=Alice\\, the first", "e0")]
    [InlineData("actor_name=Bob\\Builder", "e1")]
    [InlineData("actor_name=Bob\\\\Builder", "e1")]
    [InlineData("resource_type=router&resource_sub_type=status", "e0")]
    [InlineData("resource_id=r-1,r-2", "e1 e0")]
    [InlineData("resource_name=edge", "e0")]
    [InlineData("resource_namespace=ns", "e0")]
    [InlineData("result=failure", "e1")]
    [InlineData("status=403", "e1")]
    [InlineData("status=0403", "e1")]
    [InlineData("region=eu&domain=d1", "e0")]
    [InlineData("project_id=alpha", "e0")]
    [InlineData("project=Alpha", "e0")]
    [InlineData("cluster=prod", "e0")]
    [InlineData("cluster_id=c-1", "e0")]
    [InlineData("source_ip=10.0.0.1", "e0")]
    [InlineData("request_id=q-1", "e0")]
    [InlineData("session=s-1", "e0")]
    [InlineData("ticket=T-1", "e0")]
    [InlineData("source_kind=test", "e2 e1 e0")]
    [InlineData("refers_to=0", "e1")]
    [InlineData("exclude_action=create,login", "e1")]
    [InlineData("exclude_service=network", "e2 e1")]
    [InlineData("exclude_result=success&exclude_action=login", "e1")]
    [InlineData("q=u-1", "e0")]
    [InlineData("q=u-", "")]
    [InlineData("q=alice&q_mode=substring", "e2 e0")]
    [InlineData("q=quota&q_mode=substring", "e1")]
    [InlineData("from=2026-02-11T22:01:00Z", "e2 e1")]
    [InlineData("to=2026-02-11T22:01:00Z", "e0")]
    [InlineData("from=2026-02-11 22:01:00Z&to=2026-02-11T23:00:00.000001Z", "e2 e1")]
    [InlineData("from=2026-02-12T00:01:00+02:00", "e2 e1")]
    [InlineData("from=2026-02-12", "")]
    [InlineData("to=2026-02-12", "e2 e1 e0")]
    [InlineData("from=-1h", "e2 e1 e0")]
    [InlineData("from=-59m", "e2 e1")]
    [InlineData("to=now", "e2 e0")]
    [InlineData("from=now-60m&to=-3539s", "e2 e0")]
    [InlineData("from_sequence=1", "e2 e1")]
    [InlineData("to_sequence=1", "e0")]
    [InlineData("order=asc", "e0 e1 e2")]
    [InlineData("sort=time", "e1 e2 e0")]
    [InlineData("sort=time&order=asc", "e0 e2 e1")]
    [InlineData("sort=sequence&order=desc&limit=2", "e2 e1")]
    [InlineData("offset=1&limit=1", "e1")]
    [InlineData("tenant=acme", "e2 e1 e0")]
    public async Task Filters_select(string query, string ids)
    {
        await using var host = await SampleAsync(new FixedTime(At(3600).ToDateTimeOffset()));
        var escaped = string.Join('&', query.Split('&').Select(pair => pair.Split('=', 2)).Select(pair => $"{pair[0]}={(pair[0] is "from" && !pair[1].Contains(' ', StringComparison.Ordinal) ? pair[1] : Uri.EscapeDataString(pair[1]))}"));
        Assert.Equal(ids.Split(' ', StringSplitOptions.RemoveEmptyEntries), Ids(await host.GetAsync("/events?" + escaped)));
    }

    [Fact]
    public async Task Events_come_in_the_very_bytes_that_are_kept()
    {
        await using var host = await SampleAsync();
        using var response = await host.SendAsync(HttpMethod.Get, "/events?order=asc&total=true&limit=2");
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith($"{{\"events\":[{string.Join(',', (await host.TextsAsync()).Take(2))}],\"next_cursor\":\"", text, StringComparison.Ordinal);
        Assert.Contains(",\"total\":3,\"complete_through\":\"", text, StringComparison.Ordinal);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task A_page_of_the_largest_events_is_sent_whole()
    {
        await using var host = await ApiHost.StartAsync();
        await host.AppendAsync(Enumerable.Range(0, 100).Select(index => new AuditEvent { Id = $"e{index}", Action = "create", Operation = new string('x', 60_000) }));
        Assert.Equal(Enumerable.Range(0, 100).Select(index => $"e{index}"), Ids(await host.GetAsync("/events?order=asc&limit=1000")));
    }

    [Theory]
    [InlineData("", 7)]
    [InlineData("&order=asc", 7)]
    [InlineData("&sort=time", 10)]
    [InlineData("&sort=time&order=asc", 100)]
    public async Task Cursors_walk_through_everything_once_while_events_arrive(string order, int limit)
    {
        await using var host = await ApiHost.StartAsync();
        await host.AppendAsync(Enumerable.Range(0, 100).Select(index => new AuditEvent { Id = $"e{index}", Action = "create", Time = At(index * 37 % 50) }));
        var (seen, cursor, arrived) = (new List<string>(), "", 0);
        while (true)
        {
            var page = await host.GetAsync($"/events?limit={limit}{order}{cursor}");
            seen.AddRange(Ids(page));
            if (page["next_cursor"] is not { } next) break;
            cursor = "&cursor=" + next.GetValue<string>();
            if (arrived < 5) await host.AppendAsync(new AuditEvent { Id = $"late {arrived++}", Action = "create", Time = At(25) });
        }
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Empty(Enumerable.Range(0, 100).Select(index => $"e{index}").Except(seen));
    }

    [Fact]
    public async Task Every_fault_is_reported_at_once_with_the_name_that_was_meant()
    {
        await using var host = await SampleAsync();
        var (status, problem) = await host.AskAsync(HttpMethod.Get,
            "/events?acton=x&actor_type=human&limit=0&order=up&from=yesterday&to=2026-02-30&source_ip=home&status=many&cursor=zzz&offset=-1&total=maybe&q=&q_mode=fuzzy&result=&service=a,,b&exclude_levle=x&sort=name&level=requests&Action=create");
        Assert.Equal((400, "/problems/invalid"), (status, problem["type"]!.GetValue<string>()));
        var errors = problem["errors"]!.AsArray().ToDictionary(error => error!["field"]!.GetValue<string>(), error => error!["reason"]!.GetValue<string>());
        Assert.Equal(
            ["Action", "acton", "actor_type", "cursor", "exclude_levle", "from", "level", "limit", "offset", "order", "q", "q_mode", "result", "service", "sort", "source_ip", "status", "to", "total"],
            errors.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("did you mean action?", errors["acton"], StringComparison.Ordinal);
        Assert.Contains("did you mean exclude_level?", errors["exclude_levle"], StringComparison.Ordinal);
        Assert.Contains("did you mean request?", errors["level"], StringComparison.Ordinal);
        Assert.Contains("between 1 and 1000", errors["limit"], StringComparison.Ordinal);
        Assert.Contains("-15m", errors["from"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cursor=MSAwIDAg&offset=5", "offset")]
    [InlineData("from=2026-02-11T22:00:01Z&to=2026-02-11T22:00:00Z", "to")]
    [InlineData("q_mode=substring", "q_mode")]
    [InlineData("limit=10&limit=20", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("from=2026-02-11T22:00:00", "from")]
    [InlineData("from=-5y", "from")]
    [InlineData("cursor=MSAwIDAgcml2YWw", "cursor")]
    public async Task A_question_that_contradicts_itself_is_refused(string query, string field)
    {
        await using var host = await SampleAsync();
        var (status, problem) = await host.AskAsync(HttpMethod.Get, "/events?" + query);
        Assert.Equal((400, field), (status, Assert.Single(problem["errors"]!.AsArray())!["field"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_project_viewer_sees_its_projects_only()
    {
        await using var host = await SampleAsync();
        Assert.Equal(["e0"], Ids(await host.GetAsync("/events", projects: "alpha")));
        Assert.Empty(Ids(await host.GetAsync("/events?project_id=beta", projects: "alpha")));
        Assert.Equal(1, (await host.GetAsync("/events?total=true", projects: "alpha"))["total"]!.GetValue<int>());
        Assert.Empty(Ids(await host.GetAsync("/events", projects: ",")));
    }

    [Fact]
    public async Task All_tenants_are_listed_by_time_for_who_may()
    {
        await using var host = await SampleAsync();
        await host.AppendAsync("rival", new AuditEvent { Id = "r0", Action = "create", Time = At(30) });
        Assert.Equal(["e1", "e2", "r0", "e0"], Ids(await host.GetAsync("/events", tenant: "*")));
        var first = await host.GetAsync("/events?limit=3", tenant: "*");
        Assert.Equal(["e0"], Ids(await host.GetAsync($"/events?limit=3&cursor={first["next_cursor"]}", tenant: "*")));
        var (status, problem) = await host.AskAsync(HttpMethod.Get, "/events?sort=sequence", tenant: "*");
        Assert.Equal((400, "sort"), (status, problem["errors"]![0]!["field"]!.GetValue<string>()));
    }
}
