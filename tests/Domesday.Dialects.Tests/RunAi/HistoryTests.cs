using System.Net;
using System.Text.Json.Nodes;
using Domesday.Events;

namespace Domesday.Dialects.Tests.RunAi;

/// <summary>What a client of Run:ai's old route relies on.</summary>
public class HistoryTests
{
    private const string List = "/v1/k8s/audit";

    [Theory]
    [InlineData("", 40)]
    [InlineData("?limit=1", 1)]
    [InlineData("?limit=500", 60)]
    [InlineData("?limit=10000", 60)]
    [InlineData("?offset=55", 5)]
    [InlineData("?offset=9223372036854775807", 0)]
    public async Task A_page_has_forty_records_unless_another_number_is_asked_for(string query, int count)
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync([.. Enumerable.Range(0, 60).Select(i => Event(host, i))]);
        var records = (await DialectHost.JsonAsync(host.Reader, List + query)).AsArray();
        Assert.Equal(count, records.Count);
        var ids = records.Select(record => record!["id"]!.GetValue<long>()).ToList();
        Assert.Equal(ids.OrderDescending(), ids);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=x")]
    [InlineData("offset=-1")]
    [InlineData("success=maybe")]
    [InlineData("start=2022-13-01")]
    public async Task What_is_no_value_is_refused(string query)
    {
        await using var host = await DialectHost.StartAsync();
        var (response, body) = await DialectHost.GetAsync(host.Reader, $"{List}?{query}");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(400, JsonNode.Parse(body)!["code"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("action=Login")]
    [InlineData("source_type=Application")]
    [InlineData("sourceType=Application")]
    [InlineData("source_id=a-2")]
    [InlineData("sourceId=a-2")]
    [InlineData("source_name=ci")]
    [InlineData("sourceName=ci")]
    [InlineData("entity_type=Department")]
    [InlineData("entityType=Department")]
    [InlineData("entity_id=r-2")]
    [InlineData("entityId=r-2")]
    [InlineData("cluster_uuid=c-2")]
    [InlineData("clusterUuid=c-2")]
    [InlineData("success=false")]
    [InlineData("success=false&sourceName=ci&action=Login")]
    [InlineData("start=2026-2-11&end=2026-2-11")]
    [InlineData("start=2026-02-11T22:00:00&end=2026-02-11T22:30:00")]
    public async Task Each_filter_in_either_spelling_finds_what_it_shows(string query)
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync(
            Event(host, 60 * 24 * 3),
            Event(host, 1) with
            {
                Action = "login",
                Actor = new() { Type = ActorType.Application, Id = "a-2", Name = "ci" },
                Resource = new() { Type = "department", Id = "r-2" },
                Scope = new() { Cluster = new() { Id = "c-2" } },
                Outcome = new() { Result = OutcomeResult.Failure, Status = 404, Reason = "gone" },
            });
        var record = Assert.Single((await DialectHost.JsonAsync(host.Reader, $"{List}?{query}")).AsArray())!;
        Assert.Equal("r-2", record["entityId"]!.GetValue<string>());
        var error = JsonNode.Parse(record["error"]!.GetValue<string>())!;
        Assert.Equal((404, "gone", "BackendError"), (error["status"]!.GetValue<int>(), error["description"]!.GetValue<string>(), error["errorType"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_value_that_does_not_match_fully_finds_nothing()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync(Event(host, 1));
        Assert.Empty((await DialectHost.JsonAsync(host.Reader, List + "?source_name=alic")).AsArray());
        Assert.Empty((await DialectHost.JsonAsync(host.Reader, List + "?source_type=Robot")).AsArray());
        Assert.Single((await DialectHost.JsonAsync(host.Reader, List + "?success=true&cluster_uuid=")).AsArray());
    }

    [Fact]
    public async Task A_download_is_a_file_with_all_records()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync([.. Enumerable.Range(0, 60).Select(i => Event(host, i))]);
        var (response, body) = await DialectHost.GetAsync(host.Reader, List + "?download=true");
        Assert.Equal("attachment; filename=\"logs.json\"", response.Content.Headers.NonValidated["Content-Disposition"].ToString());
        Assert.Equal(60, JsonNode.Parse(body)!.AsArray().Count);
        Assert.Equal(5, JsonNode.Parse((await DialectHost.GetAsync(host.Reader, List + "?download=true&limit=5")).Body)!.AsArray().Count);
    }

    private static AuditEvent Event(DialectHost host, int minutes) => new()
    {
        Time = host.Ago(TimeSpan.FromMinutes(minutes)),
        Action = "create",
        Actor = new() { Type = ActorType.User, Id = "a-1", Name = "alice" },
        Resource = new() { Type = "Project", Id = $"p-{minutes}" },
    };
}
