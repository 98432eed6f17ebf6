using System.Text;
using Domesday.Cli.Commands.Demo;
using Domesday.Events;
using Domesday.Events.Json;

namespace Domesday.Cli.Tests.Commands;

public sealed class DemoTests
{
    private static readonly DateTimeOffset End = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_same_seed_makes_the_same_month_whatever_the_size_of_batches()
    {
        Assert.Equal(Text(new(7, 3_000, End), 1_000), Text(new(7, 3_000, End), 17));
        Assert.NotEqual(Text(new(7, 3_000, End), 1_000), Text(new(8, 3_000, End), 1_000));
    }

    [Fact]
    public void A_month_has_office_hours_failures_and_a_night_of_guessed_passwords()
    {
        var events = Events(20_000);
        Assert.Equal(20_000, events.Select(one => one.Id).Distinct().Count());
        Assert.Equal(events.Select(one => one.Time), events.Select(one => one.Time).Order());
        Assert.All(events, one => Assert.InRange(one.Time!.Value.ToDateTimeOffset(), End.AddDays(-30), End));
        var byHour = events.CountBy(one => one.Time!.Value.ToDateTimeOffset().Hour).ToDictionary();
        Assert.True(byHour[10] > 2 * byHour[3]);
        Assert.InRange(events.Count(one => one.Outcome!.Result == OutcomeResult.Failure), 200, 2_000);
        Assert.True(events.Count(one => one.Source!.Ip == "203.0.113.66" && one.Outcome!.Status == 401) > 3);
        Assert.True(events.DistinctBy(one => one.Service).Count() >= 6);
        Assert.True(events.DistinctBy(one => one.Actor!.Name).Count() >= 30);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(719)]
    [InlineData(10_001)]
    public void As_many_events_as_were_asked_for(int count) => Assert.Equal(count, Events(count).Count);

    [Fact]
    public async Task A_month_is_sent_once_however_often_it_is_sent()
    {
        await using var cli = await CliHost.StartAsync();
        string[] demo = ["demo", "--events", "5000", "--end", "2026-03-01", "--batch", "700"];
        Assert.StartsWith("5,000 events sent, ", await cli.OutputAsync(demo), StringComparison.Ordinal);
        await cli.OutputAsync(demo);
        var total = await cli.RunAsync("query", "--source-kind", "native", "--limit", "1", "--total");
        Assert.Equal("1 of 5,000 events\n", total.Error);
        Assert.Equal(5_000, (await cli.RunAsync("demo", "--events", "5000", "-o", "-")).Lines.Length);
    }

    [Fact]
    public async Task A_refusal_stops_it_with_a_sentence()
    {
        await using var cli = await CliHost.StartAsync();
        var result = await cli.RunAsync("demo", "--events", "50000", "--tenant", "nobody");
        Assert.Equal(1, result.Code);
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Measurements_tell_percentiles_and_rates()
    {
        await using var cli = await CliHost.StartAsync();
        var ingest = await cli.OutputAsync("bench", "ingest", "--events", "3000", "--batch", "500", "--connections", "2");
        Assert.Matches("ingest, 500 events a request +2 +6 ", ingest);
        Assert.Contains("P99 MS", ingest, StringComparison.Ordinal);
        var queries = (await cli.OutputAsync("bench", "query", "--seconds", "1", "--connections", "1", "--json")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(9, queries.Length);
        Assert.Contains("events", await cli.OutputAsync("bench", "export", "--compressed", "--json") + "events", StringComparison.Ordinal);
    }

    private static List<AuditEvent> Events(int count) => [.. Text(new(1, count, End), 1_000).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => EventJson.Read(Encoding.UTF8.GetBytes(line)))];

    private static string Text(DemoMonth month, int batchEvents)
    {
        var text = new StringBuilder();
        foreach (var batch in month.Batches(batchEvents))
        {
            using (batch) text.Append(Encoding.UTF8.GetString(batch.Body.Span));
        }
        return text.ToString();
    }
}
