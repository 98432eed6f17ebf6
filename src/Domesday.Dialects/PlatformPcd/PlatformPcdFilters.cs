using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events.Schema;
using Domesday.Http.Parameters;

namespace Domesday.Dialects.PlatformPcd;

/// <summary>The values that there are to filter by, out of the index.</summary>
internal static class PlatformPcdFilters
{
    private const int ValuesMax = 1_000;

    /// <summary>Components whose types of resources are listed; each is a question of its own.</summary>
    private const int ServicesMax = 100;

    private static readonly EventField[] Fields = [EventField.Service, EventField.ScopeRegion, EventField.ScopeProjectId, EventField.ScopeDomain, EventField.Action, EventField.OutcomeResult];

    private static readonly string[] Results = ["success", "failure"];

    public static async ValueTask<Result<PcdFilterOptions>> ReadAsync(IEventReader reader, AccessScope scope, CancellationToken cancellation)
    {
        // What this service records about itself is little: it is counted, and taken from what there is altogether, which the index knows without looking at events.
        var own = new EventFilter { Conditions = [VendorView.Condition with { Not = false }] };
        var all = await reader.FacetsAsync(scope, EventFilter.All, Fields, ValuesMax, cancellation);
        var left = await reader.FacetsAsync(scope, own, Fields, ValuesMax, cancellation);
        if ((all.Problem ?? left.Problem) is { } problem) return problem;
        var values = all.Value.Fields.Zip(left.Value.Fields, Values).ToArray();
        var services = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var service in values[0].Take(ServicesMax))
        {
            var filter = new EventFilter { Conditions = [FieldCondition.Is(EventField.Service, service), VendorView.Condition] };
            var types = await reader.FacetsAsync(scope, filter, [EventField.ResourceType], ValuesMax, cancellation);
            if (!types.IsOk) return types.Problem;
            services[service] = Sorted(types.Value.Fields[0].Values.Select(value => value.Value));
        }
        var results = Results.Union(values[5]).ToList();
        return new PcdFilterOptions(services, results, values[1], values[2], values[3], Sorted(values[4].Select(PlatformPcdRecord.NameOf).Distinct()), results);
    }

    private static IReadOnlyList<string> Values(Facet all, Facet own)
    {
        var left = own.Values.ToDictionary(value => value.Value, value => value.Count);
        return Sorted(all.Values.Where(value => value.Count > left.GetValueOrDefault(value.Value)).Select(value => value.Value));
    }

    private static IReadOnlyList<string> Sorted(IEnumerable<string> values) => [.. values.Order(StringComparer.Ordinal)];
}
