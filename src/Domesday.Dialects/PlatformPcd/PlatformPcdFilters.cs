using System.Collections.Concurrent;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events.Schema;
using Domesday.Http.Parameters;

namespace Domesday.Dialects.PlatformPcd;

/// <summary>The values that there are to filter by, out of the index.</summary>
/// <remarks>Which types of resources each component has is remembered up to a sequence, and only what came since is looked at; from time to time it is found out anew, because retention drops events.</remarks>
internal sealed class PlatformPcdFilters(IEventReader reader, TimeProvider time)
{
    private const int ValuesMax = 1_000;

    /// <summary>Components whose types of resources are listed; each is a question of its own.</summary>
    private const int ServicesMax = 100;

    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(10);

    private static readonly EventField[] Fields = [EventField.Service, EventField.ScopeRegion, EventField.ScopeProjectId, EventField.ScopeDomain, EventField.Action, EventField.OutcomeResult];

    private static readonly string[] Results = ["success", "failure"];

    private readonly ConcurrentDictionary<string, KnownTypes> _known = new(StringComparer.Ordinal);

    /// <param name="scope">Of a whole tenant.</param>
    public async ValueTask<Result<PcdFilterOptions>> ReadAsync(AccessScope scope, CancellationToken cancellation)
    {
        // What this service records about itself is little: it is counted, and taken from what there is altogether, which the index knows without looking at events.
        var own = new EventFilter { Conditions = [VendorView.Condition with { Not = false }] };
        var all = await reader.FacetsAsync(scope, EventFilter.All, Fields, ValuesMax, cancellation);
        var left = await reader.FacetsAsync(scope, own, Fields, ValuesMax, cancellation);
        var types = await TypesAsync(scope, cancellation);
        if ((all.Problem ?? left.Problem ?? types.Problem) is { } problem) return problem;
        var values = all.Value.Fields.Zip(left.Value.Fields, Values).ToArray();
        var services = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var service in values[0].Take(ServicesMax)) services[service] = types.Value.TryGetValue(service, out var known) ? Sorted(known) : [];
        var results = Results.Union(values[5]).ToList();
        return new PcdFilterOptions(services, results, values[1], values[2], values[3], Sorted(values[4].Select(PlatformPcdRecord.NameOf).Distinct()), results);
    }

    private async ValueTask<Result<Dictionary<string, HashSet<string>>>> TypesAsync(AccessScope scope, CancellationToken cancellation)
    {
        var last = await reader.ListAsync(scope, new EventQuery { Filter = EventFilter.All, Order = EventOrder.Sequence, Descending = true, Limit = 1 }, cancellation);
        if (!last.IsOk) return last.Problem;
        var end = last.Value.Entries.Count == 0 ? 0 : last.Value.Entries[0].Sequence + 1;
        var known = _known.GetValueOrDefault(scope.Tenant!);
        if (known is null || known.End > end || time.GetElapsedTime(known.At) > KeptFor) known = new(0, time.GetTimestamp(), []);
        if (known.End == end) return known.Types;
        var since = new EventFilter { FromSequence = known.End, ToSequence = end, Conditions = [VendorView.Condition] };
        var services = await reader.FacetsAsync(scope, since, [EventField.Service], ServicesMax, cancellation);
        if (!services.IsOk) return services.Problem;
        var types = known.Types.ToDictionary(pair => pair.Key, pair => pair.Value.ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        foreach (var service in services.Value.Fields[0].Values)
        {
            var filter = since with { Conditions = [FieldCondition.Is(EventField.Service, service.Value), .. since.Conditions] };
            var found = await reader.FacetsAsync(scope, filter, [EventField.ResourceType], ValuesMax, cancellation);
            if (!found.IsOk) return found.Problem;
            if (!types.TryGetValue(service.Value, out var set)) types.Add(service.Value, set = new(StringComparer.Ordinal));
            set.UnionWith(found.Value.Fields[0].Values.Select(value => value.Value));
        }
        _known[scope.Tenant!] = new(end, known.At, types);
        return types;
    }

    private static IReadOnlyList<string> Values(Facet all, Facet own)
    {
        var left = own.Values.ToDictionary(value => value.Value, value => value.Count);
        return Sorted(all.Values.Where(value => value.Count > left.GetValueOrDefault(value.Value)).Select(value => value.Value));
    }

    private static IReadOnlyList<string> Sorted(IEnumerable<string> values) => [.. values.Order(StringComparer.Ordinal)];

    /// <param name="End">One beyond the last sequence that was looked at.</param>
    /// <param name="At">When the first was.</param>
    /// <param name="Types">Types of resources by component.</param>
    private sealed record KnownTypes(long End, long At, Dictionary<string, HashSet<string>> Types);
}
