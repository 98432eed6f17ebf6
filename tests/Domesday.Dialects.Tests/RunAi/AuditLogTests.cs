using System.Net;
using System.Text.Json.Nodes;
using Domesday.Events;

namespace Domesday.Dialects.Tests.RunAi;

/// <summary>What a client of Run:ai's new route relies on.</summary>
public class AuditLogTests
{
    private const string List = "/api/v1/audit/log?start=2026-01-01&end=2026-12-31";

    [Fact]
    public async Task Pages_are_twenty_oldest_first_and_next_leads_through_all_of_them()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync([.. Enumerable.Range(0, 45).Select(i => Event(host, i))]);
        var (seen, next) = (new List<string>(), (long?)0);
        while (next is { } offset)
        {
            var page = await DialectHost.JsonAsync(host.Reader, $"{List}&offset={offset}");
            Assert.Equal(45, page["total"]!.GetValue<long>());
            seen.AddRange(Names(page));
            next = page["next"]?.GetValue<long>();
        }
        Assert.Equal(Enumerable.Range(0, 45).Reverse().Select(i => $"e-{i}"), seen);
        Assert.Equal("e-0", Names(await DialectHost.JsonAsync(host.Reader, List + "&sortOrder=desc"))[0]);
    }

    [Theory]
    [InlineData("subject==bob", "e-2")]
    [InlineData("subject!=bob,subject!=carol", "e-1 e-3")]
    [InlineData("subject=^a", "e-1 e-3")]
    [InlineData("subject=$ob", "e-2")]
    [InlineData("subject=@ar", "e-4")]
    [InlineData("subject!@o", "e-1 e-3")]
    [InlineData("subject_type==App", "e-2")]
    [InlineData("subject_type=@s", "e-1 e-3 e-4")]
    [InlineData("result==Failed", "e-3")]
    [InlineData("result!=Failed", "e-1 e-2 e-4")]
    [InlineData("result==success", "")]
    [InlineData("action==sign-in", "e-4")]
    [InlineData("action!=sign-in", "e-1 e-2 e-3")]
    [InlineData("entity_type==Project,entity_name==n-1", "e-1")]
    [InlineData("source_ip==192.0.2.3", "e-3")]
    [InlineData("url=@projects", "e-1 e-2 e-3 e-4")]
    [InlineData("cluster_name==gpu", "e-2")]
    [InlineData("timestamp>=2026-02-11T22:20:02Z", "")]
    [InlineData("timestamp<=2026-02-11T22:19:02Z", "e-2 e-3 e-4")]
    [InlineData("timestamp==2026-02-11T22:19:02Z", "e-2")]
    [InlineData("timestamp!=2026-02-11T22:19:02Z", "e-1 e-3 e-4")]
    [InlineData("timestamp!=2026-02-11", "")]
    [InlineData(" subject == bob ", "e-2")]
    public async Task Each_term_narrows_and_all_of_them_hold(string filter, string expected)
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync(
            Event(host, 1),
            Event(host, 2) with { Actor = new() { Type = ActorType.Application, Name = "bob" }, Scope = new() { Cluster = new() { Name = "gpu" } } },
            Event(host, 3) with { Outcome = new() { Result = OutcomeResult.Failure }, Source = new() { Ip = "192.0.2.3" } },
            Event(host, 4) with { Action = "login", Actor = new() { Type = ActorType.User, Name = "carol" } });
        if (filter.StartsWith("timestamp>=", StringComparison.Ordinal)) await host.AppendAsync(Event(host, 0) with { Time = host.Ago(TimeSpan.FromDays(3)) });
        var page = await DialectHost.JsonAsync(host.Reader, $"{List}&sortOrder=desc&filterBy={Uri.EscapeDataString(filter)}");
        var names = string.Join(' ', Names(page));
        Assert.Equal(filter.StartsWith("timestamp>=", StringComparison.Ordinal) ? "e-1" : expected, names);
        Assert.Equal(Names(page).Count, page["total"]!.GetValue<long>());
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("subject>x")]
    [InlineData("colour==red")]
    [InlineData("subject<=b")]
    [InlineData("timestamp==noon")]
    [InlineData("timestamp=@2026")]
    [InlineData("subject==")]
    public async Task A_term_that_is_none_is_refused(string filter)
    {
        await using var host = await DialectHost.StartAsync();
        var (response, body) = await DialectHost.GetAsync(host.Reader, $"{List}&filterBy={Uri.EscapeDataString(filter)}");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("filterBy", JsonNode.Parse(body)!["details"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("entity_name", "asc")]
    [InlineData("subject", "asc")]
    [InlineData("subject", "desc")]
    [InlineData("source_ip", "asc")]
    [InlineData("result", "desc")]
    public async Task Sorting_by_a_field_pages_without_gap_or_repeat(string field, string order)
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync([.. Enumerable.Range(0, 23).Select(i => Event(host, i) with
        {
            Actor = i % 5 == 0 ? null : new() { Type = ActorType.User, Name = $"u-{i % 3}" },
            Source = i % 2 == 0 ? new() { Ip = $"192.0.2.{i % 4}" } : null,
            Outcome = new() { Result = i % 3 == 0 ? OutcomeResult.Failure : OutcomeResult.Success },
        })]);
        var (rows, offset) = (new List<JsonNode>(), (long?)0);
        while (offset is { } at)
        {
            var page = await DialectHost.JsonAsync(host.Reader, $"{List}&sortBy={field}&sortOrder={order}&numberOfSamples=4&offset={at}");
            rows.AddRange(page["audit_logs"]!.AsArray().Select(row => row!));
            offset = page["next"]?.GetValue<long>();
        }
        Assert.Equal(23, rows.Select(row => row["entity_name"]!.GetValue<string>()).Distinct().Count());
        var values = rows.Select(row => row[field]?.GetValue<string>()).Where(value => value is not (null or "unknown")).ToList();
        var sorted = values.Order(StringComparer.Ordinal).ToList();
        if (order == "desc") sorted.Reverse();
        Assert.Equal(sorted, values);
    }

    [Theory]
    [InlineData("numberOfSamples=1001")]
    [InlineData("numberOfSamples=-1")]
    [InlineData("offset=-1")]
    [InlineData("offset=2147483648")]
    [InlineData("sortOrder=up")]
    [InlineData("sortBy=colour")]
    public async Task What_is_outside_of_its_bounds_is_refused(string query)
    {
        await using var host = await DialectHost.StartAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await DialectHost.GetAsync(host.Reader, $"{List}&{query}")).Response.StatusCode);
    }

    [Fact]
    public async Task At_its_bounds_everything_is_answered()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync(Event(host, 1), Event(host, 2));
        Assert.Empty(Names(await DialectHost.JsonAsync(host.Reader, List + "&numberOfSamples=0")));
        Assert.Equal(2, Names(await DialectHost.JsonAsync(host.Reader, List + "&numberOfSamples=1000")).Count);
        Assert.Empty(Names(await DialectHost.JsonAsync(host.Reader, List + "&offset=2147483647")));
    }

    [Theory]
    [InlineData("start")]
    [InlineData("end")]
    public async Task Start_and_end_must_be_there(string missing)
    {
        await using var host = await DialectHost.StartAsync();
        var query = missing == "start" ? "end=2026-12-31" : "start=2026-01-01";
        var (response, body) = await DialectHost.GetAsync(host.Reader, "/api/v1/audit/log?" + query);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("Required parameter is missing", JsonNode.Parse(body)!["message"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_file_is_csv_or_json_by_either_spelling_and_numberOfSamples_cuts_it()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync([.. Enumerable.Range(0, 30).Select(i => Event(host, i))]);
        const string File = "/api/v1/audit/log/file?start=2026-01-01&end=2026-12-31";
        var (csv, csvBody) = await DialectHost.GetAsync(host.Reader, File);
        Assert.Equal("attachment; filename=\"audit_logs.csv\"", csv.Content.Headers.NonValidated["Content-Disposition"].ToString());
        Assert.Equal(31, csvBody.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        foreach (var spelling in new[] { "file_type=JSON", "fileType=json" })
        {
            var (json, jsonBody) = await DialectHost.GetAsync(host.Reader, $"{File}&{spelling}");
            Assert.Equal("application/octet-stream", json.Content.Headers.ContentType!.ToString());
            Assert.Equal(30, JsonNode.Parse(jsonBody)!.AsArray().Count);
        }
        Assert.Equal(7, JsonNode.Parse((await DialectHost.GetAsync(host.Reader, File + "&fileType=JSON&numberOfSamples=7")).Body)!.AsArray().Count);
        Assert.Equal(HttpStatusCode.BadRequest, (await DialectHost.GetAsync(host.Reader, File + "&file_type=XML")).Response.StatusCode);
    }

    [Fact]
    public async Task Metadata_has_ten_texts_at_most()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync(Event(host, 1) with { Labels = Enumerable.Range(0, 15).ToDictionary(i => $"label-{i:00}", i => $"{i}") });
        var record = (await DialectHost.JsonAsync(host.Reader, List))["audit_logs"]![0]!;
        Assert.Equal(10, record["metadata"]!.AsObject().Count);
    }

    private static List<string> Names(JsonNode page) => [.. page["audit_logs"]!.AsArray().Select(log => "e-" + log!["entity_name"]!.GetValue<string>()[2..])];

    private static AuditEvent Event(DialectHost host, int minutes) => new()
    {
        Time = host.Ago(TimeSpan.FromMinutes(minutes)),
        Action = "create",
        Actor = new() { Type = ActorType.User, Name = "alice" },
        Resource = new() { Type = "project", Name = $"n-{minutes}" },
        Request = new() { Uri = "/api/v1/projects" },
    };
}
