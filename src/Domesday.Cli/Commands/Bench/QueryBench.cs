using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Bench;

/// <summary>Asks what people ask, one kind of question after another, with values that the ledger has.</summary>
internal sealed class QueryBench(DomesdayClient client, CliConsole console, int connections, TimeSpan each)
{
    /// <returns>A report for each kind of question.</returns>
    public async Task<List<BenchReport>> RunAsync(CancellationToken cancellation)
    {
        var reports = new List<BenchReport>();
        foreach (var (name, ask) in await QuestionsAsync(cancellation))
        {
            await ask(cancellation);
            reports.Add(await MeasureAsync(name, ask, cancellation));
        }
        return reports;
    }

    private async Task<BenchReport> MeasureAsync(string name, Func<CancellationToken, Task> ask, CancellationToken cancellation)
    {
        var parts = Enumerable.Range(0, connections).Select(_ => new Latencies()).ToList();
        var start = console.Time.GetTimestamp();
        using var progress = new ProgressLine(console, name);
        await Task.WhenAll(parts.Select(part => Task.Run(async () =>
        {
            while (console.Time.GetElapsedTime(start) < each)
            {
                var begin = console.Time.GetTimestamp();
                await ask(cancellation);
                part.Add(console.Time.GetElapsedTime(begin));
                if (part == parts[0]) progress.Report(part.Count * connections);
            }
        }, cancellation)));
        var seconds = console.Time.GetElapsedTime(start).TotalSeconds;
        var summary = Latencies.Summary(parts);
        return new(name, connections, seconds, summary.Requests / seconds, "queries", summary);
    }

    private async Task<List<(string Name, Func<CancellationToken, Task> Ask)>> QuestionsAsync(CancellationToken cancellation)
    {
        var newest = await client.ListAsync(EventSelection.All, new() { Limit = 1, Total = true }, cancellation);
        if (newest.Events is not [var sample]) throw new InvalidDataException("There are no events to ask about: run domesday demo first.");
        var facets = await client.FacetsAsync(EventSelection.All, ["action", "actor_name", "resource_id"], 50, cancellation);
        var (action, actor, resource) = (Rarest(facets, "action"), Rarest(facets, "actor_name"), Rarest(facets, "resource_id"));
        var page = new PageRequest { Limit = 50 };
        return
        [
            ("newest 50", token => client.ListAsync(EventSelection.All, page, token)),
            ("50 of an actor", token => client.ListAsync(EventSelection.All.Where("actor_name", actor), page, token)),
            ("50 of an action that failed", token => client.ListAsync(EventSelection.All.Where("action", action).Where("result", "failure"), page, token)),
            ("everything about a resource", token => client.ListAsync(EventSelection.All.Where("resource_id", resource), page with { Total = true }, token)),
            ("50 in the middle, by offset", token => client.ListAsync(EventSelection.All, page with { Offset = newest.Total!.Value / 2 }, token)),
            ("count of an actor's failures", token => client.ListAsync(EventSelection.All.Where("actor_name", actor).Where("result", "failure"), page with { Limit = 1, Total = true }, token)),
            ("one event", token => client.GetAsync($"{sample.Event.Sequence}", token)),
            ("facets", token => client.FacetsAsync(EventSelection.All, [], 100, token)),
            ("histogram", token => client.HistogramAsync(EventSelection.All, "auto", token)),
        ];
    }

    private static string Rarest(FacetsAnswer facets, string field) => facets.Fields.FirstOrDefault(facet => facet.Field == field)?.Values is [.., var last] ? last.Value : "none";
}
