using System.Text.Json.Nodes;
using Domesday.Events;

namespace Domesday.Server.Tests.Api;

/// <summary>Values with their counts, and events over time, for the same filters as everywhere.</summary>
public class FacetHistogramTests
{
    private static async Task<ApiHost> SampleAsync()
    {
        var host = await ApiHost.StartAsync();
        await host.AppendAsync(Enumerable.Range(0, 30).Select(index => new AuditEvent
        {
            Action = index % 3 == 0 ? "create" : "delete",
            Time = Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 2, 11, 22, 0, 0, TimeSpan.Zero).AddMinutes(index * 10)),
            Actor = new() { Name = $"user {index % 10}", Id = $"u-{index}" },
            Outcome = new() { Result = index % 5 == 0 ? OutcomeResult.Failure : OutcomeResult.Success },
            Scope = new() { Project = new() { Id = index % 2 == 0 ? "alpha" : "beta" } },
        }));
        return host;
    }

    private static string[] Values(JsonNode facets, string name) => [.. facets[name]!.AsArray().Select(value => $"{value!["value"]}:{value["count"]}")];

    [Fact]
    public async Task Facets_have_the_names_of_the_parameters_that_their_values_fit()
    {
        await using var host = await SampleAsync();
        var facets = await host.GetAsync("/facets");
        Assert.Equal(["delete:20", "create:10"], Values(facets, "action"));
        Assert.Equal(["success:24", "failure:6"], Values(facets, "result"));
        Assert.Equal(["alpha:15", "beta:15"], Values(facets, "project_id"));
        Assert.Empty(facets["region"]!.AsArray());
        foreach (var name in facets.AsObject().Select(member => member.Key).Except(["cut", "complete_through"])) await host.GetAsync($"/events?limit=1&{name}={(name is "actor_type" ? "user" : name is "level" ? "request" : name is "result" ? "success" : "x")}");
    }

    [Fact]
    public async Task Facets_take_filters_fields_and_a_limit_and_say_what_they_cut()
    {
        await using var host = await SampleAsync();
        var facets = await host.GetAsync("/facets?fields=actor_name,actor_id&fields=action&limit=2&action=create");
        Assert.Equal(["actor_name", "actor_id", "action", "cut", "complete_through"], facets.AsObject().Select(member => member.Key));
        Assert.Equal(["user 0:1", "user 1:1"], Values(facets, "actor_name"));
        Assert.Equal(["create:10"], Values(facets, "action"));
        Assert.Equal("""{"actor_name":10,"actor_id":10}""", facets["cut"]!.ToJsonString());
        Assert.Equal(["create:5", "delete:10"], Values(await host.GetAsync("/facets?fields=action", projects: "alpha"), "action").Order());
    }

    [Fact]
    public async Task All_tenants_have_a_facet_of_tenants()
    {
        await using var host = await SampleAsync();
        await host.AppendAsync("rival", new AuditEvent { Action = "create" });
        Assert.Equal(["acme:30", "rival:1"], Values(await host.GetAsync("/facets?fields=tenant", tenant: "*"), "tenant"));
    }

    [Theory]
    [InlineData("/facets?fields=actor_nam&limit=1001", "fields limit")]
    [InlineData("/facets?fields=raw", "fields")]
    [InlineData("/histogram?interval=week&acton=x", "interval acton")]
    public async Task What_cannot_be_counted_is_refused(string path, string fields)
    {
        await using var host = await SampleAsync();
        var (status, problem) = await host.AskAsync(HttpMethod.Get, path);
        Assert.Equal((400, fields), (status, string.Join(' ', problem["errors"]!.AsArray().Select(error => error!["field"]!.GetValue<string>()))));
    }

    [Theory]
    [InlineData("", "hour", 5)]
    [InlineData("?interval=auto&action=create", "hour", 5)]
    [InlineData("?interval=hour", "hour", 5)]
    [InlineData("?interval=day", "day", 2)]
    [InlineData("?interval=minute", "minute", 30)]
    [InlineData("?to=2026-02-11T23:00:00Z", "minute", 6)]
    public async Task A_histogram_counts_events_and_failures(string query, string interval, int buckets)
    {
        await using var host = await SampleAsync();
        var histogram = await host.GetAsync("/histogram" + query);
        Assert.Equal((interval, buckets), (histogram["interval"]!.GetValue<string>(), histogram["buckets"]!.AsArray().Count));
        var list = await host.GetAsync($"/events?total=true&limit=1&{query.TrimStart('?').Replace("interval=", "", StringComparison.Ordinal).Replace("auto&", "", StringComparison.Ordinal) switch { "hour" or "day" or "minute" => "", var rest => rest }}");
        Assert.Equal(list["total"]!.GetValue<int>(), histogram["buckets"]!.AsArray().Sum(bucket => bucket!["count"]!.GetValue<int>()));
    }

    [Fact]
    public async Task A_bucket_says_where_it_begins()
    {
        await using var host = await SampleAsync();
        var first = (await host.GetAsync("/histogram?interval=hour"))["buckets"]![0]!;
        Assert.Equal("""{"from":"2026-02-11T22:00:00.000000Z","count":6,"failures":2}""", first.ToJsonString());
    }
}
