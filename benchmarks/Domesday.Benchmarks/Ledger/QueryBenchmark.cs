using System.Globalization;
using Domesday.Benchmarks.Rivals;
using Domesday.Benchmarks.Workload;
using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Schema;

namespace Domesday.Benchmarks.Ledger;

/// <summary>One question, asked of both.</summary>
/// <param name="Calls">How often Domesday is asked.</param>
/// <param name="RivalCalls">How often PostgreSQL is asked: fewer where one answer takes seconds.</param>
/// <param name="BestToRival">The best engine of the measured field in proportion to PostgreSQL: median and 99th percentile of each.</param>
public sealed record Question(string Name, int Calls, int RivalCalls, Func<int, Task> Ask, Func<int, Task<int>> AskRival, double BestToRival);

/// <summary>The nine questions that the engines were chosen by; Q6, the export, is measured over HTTP.</summary>
/// <param name="ledger">The rival; null when it is not asked.</param>
public sealed class QueryBenchmark(IEventReader reader, PostgresLedger? ledger, WorkloadGenerator generator, long start, long end)
{
    private static readonly string[] FacetColumns = ["cluster", "region", "domain", "service", "action", "resource_type", "result"];

    private static readonly EventField[] FacetFields =
        [EventField.ScopeClusterName, EventField.ScopeRegion, EventField.ScopeDomain, EventField.Service, EventField.Action, EventField.ResourceType, EventField.OutcomeResult];

    private readonly AccessScope _scope = AccessScope.WholeTenant("default");
    private readonly DateTimeOffset _start = new Timestamp(start).ToDateTimeOffset();
    private readonly DateTimeOffset _end = new Timestamp(end).ToDateTimeOffset();

    // The proportions are those of the table of engines: the best median of its row by PostgreSQL's.
    public IReadOnlyList<Question> Questions =>
    [
        new("Q1 newest 50 of one project in 24 h", 400, 400, NewestOfProject, RivalNewestOfProject, 0.3 / 0.3),
        new("Q2 newest 50 deletions of servers in 30 d, exact total", 200, 100, DeletedServers, RivalDeletedServers, 2.8 / 8.7),
        new("Q3 a resource id anywhere", 400, 400, Resource, RivalResource, 0.9 / 2.2),
        new("Q4 a source address, newest 50, exact total", 400, 400, Address, RivalAddress, 2.9 / 2.9),
        new("Q5 distinct values of 7 columns over 30 d", 200, 2, Facets, RivalFacets, 0.2 / 10_930),
        new("Q7 events per hour over 30 d", 200, 3, PerHour, RivalPerHour, 0.7 / 1_662),
        new("Q8 page at offset 100,000", 200, 50, DeepPage, RivalDeepPage, 0.03 / 7.8),
        new("Q9 substring of the actor's name, found", 200, 5, Substring, RivalSubstring, 7.6 / 336),
        new("Q9 substring of the actor's name, not there", 200, 2, NoSubstring, RivalNoSubstring, 1.3 / 3_172),
    ];

    private PostgresLedger Rival => ledger ?? throw new InvalidOperationException("There is no rival in this run.");

    private string Project(int call) => generator.Projects[call * 7 % 200].ToString();

    private Task NewestOfProject(int call)
    {
        var from = end - (1 + call % 28) * 86_400_000_000L;
        return ListAsync(new() { From = new(from), To = new(from + 86_400_000_000L), Conditions = [FieldCondition.Is(EventField.ScopeProjectId, Project(call))] }, false);
    }

    private Task<int> RivalNewestOfProject(int call)
    {
        var from = _end.AddDays(-(1 + call % 28));
        return Rival.QueryAsync("select * from events where project = $1 and time >= $2 and time < $3 order by time desc, sequence desc limit 50", generator.Projects[call * 7 % 200], from, from.AddDays(1));
    }

    private Task DeletedServers(int call)
    {
        FieldCondition[] conditions = [FieldCondition.Is(EventField.Action, "delete"), FieldCondition.Is(EventField.ResourceType, "server")];
        return ListAsync(new() { From = new(start + call), To = new(end), Conditions = conditions }, true);
    }

    private async Task<int> RivalDeletedServers(int call)
    {
        var from = _start.AddMicroseconds(call);
        const string Where = "from events where action = 'delete' and resource_type = 'server' and time >= $1 and time < $2";
        return await Rival.QueryAsync($"select * {Where} order by time desc, sequence desc limit 50", from, _end) + await Rival.QueryAsync($"select count(*) {Where}", from, _end);
    }

    private Task Resource(int call) => ListAsync(new() { Conditions = [FieldCondition.Is(EventField.ResourceId, WorkloadGenerator.ResourceId(call * 4_001 % generator.Resources).ToString())] }, false);

    private Task<int> RivalResource(int call) =>
        Rival.QueryAsync("select * from events where resource_id = $1 order by time desc, sequence desc limit 50", WorkloadGenerator.ResourceId(call * 4_001 % generator.Resources));

    private Task Address(int call) => ListAsync(new() { Conditions = [FieldCondition.Is(EventField.SourceIp, generator.Addresses[call * 41 % generator.Addresses.Count])] }, true);

    private async Task<int> RivalAddress(int call)
    {
        var address = System.Net.IPAddress.Parse(generator.Addresses[call * 41 % generator.Addresses.Count]);
        return await Rival.QueryAsync("select * from events where source_ip = $1 order by time desc, sequence desc limit 50", address) + await Rival.QueryAsync("select count(*) from events where source_ip = $1", address);
    }

    private async Task Facets(int call)
    {
        var facets = await reader.FacetsAsync(_scope, new() { From = new(start + call), To = new(end) }, FacetFields, 100, CancellationToken.None);
        if (!facets.IsOk || facets.Value.Fields.Any(facet => facet.Values.Count == 0)) throw new InvalidOperationException("A facet is empty.");
    }

    private async Task<int> RivalFacets(int call)
    {
        var rows = 0;
        foreach (var column in FacetColumns) rows += await Rival.QueryAsync($"select {column}, count(*) from events where time >= $1 and time < $2 group by 1 order by 2 desc limit 100", _start.AddMicroseconds(call), _end);
        return rows;
    }

    private async Task PerHour(int call)
    {
        var histogram = await reader.HistogramAsync(_scope, new() { From = new(start + call), To = new(end) }, HistogramInterval.Hour, CancellationToken.None);
        if (!histogram.IsOk || histogram.Value.Buckets.Count == 0) throw new InvalidOperationException("The histogram is empty.");
    }

    private Task<int> RivalPerHour(int call) =>
        Rival.QueryAsync("select date_trunc('hour', time), count(*), count(*) filter (where result = 'failure') from events where time >= $1 and time < $2 group by 1 order by 1", _start.AddMicroseconds(call), _end);

    private async Task DeepPage(int call)
    {
        var page = await reader.ListAsync(_scope, new() { Offset = 100_000 + call }, CancellationToken.None);
        if (!page.IsOk || page.Value.Entries.Count == 0) throw new InvalidOperationException("The page is empty.");
    }

    private Task<int> RivalDeepPage(int call) => Rival.QueryAsync("select * from events order by time desc, sequence desc offset $1 limit 50", 100_000L + call);

    private Task Substring(int call) => ListAsync(Containing(string.Create(CultureInfo.InvariantCulture, $"r4{call % 100:d2}1@")), true);

    private Task<int> RivalSubstring(int call) => RivalContaining(string.Create(CultureInfo.InvariantCulture, $"%r4{call % 100:d2}1@%"));

    private Task NoSubstring(int call) => ListAsync(Containing($"nobody-{call}"), true);

    private Task<int> RivalNoSubstring(int call) => RivalContaining($"%nobody-{call}%");

    private static EventFilter Containing(string part) => new() { Conditions = [new(EventField.ActorName, MatchKind.Contains, [part])] };

    private Task<int> RivalContaining(string pattern) => Rival.QueryAsync("select * from events where actor_name like $1 order by time desc, sequence desc limit 50", pattern);

    private async Task ListAsync(EventFilter filter, bool total)
    {
        var page = await reader.ListAsync(_scope, new() { Filter = filter, Total = total }, CancellationToken.None);
        if (!page.IsOk) throw new InvalidOperationException(page.Problem.Detail);
    }
}
