using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events.Schema;

namespace Domesday.Dialects.RunAi;

/// <summary>Pages in the order of a field's values: the values and their counts come from the index, and only those whose events are on the page are read.</summary>
/// <remarks>Equal values are in the order of time; events without the field come last.</remarks>
internal sealed class SortedByValue(IEventReader reader, AccessScope scope)
{
    private const int ValuesMax = 100_000;

    /// <returns><see cref="ProblemKind.Invalid"/> when the field has too many values to be sorted by.</returns>
    public async ValueTask<Result<EventPage>> ListAsync(EventQuery query, EventField field, CancellationToken cancellation)
    {
        var facets = await reader.FacetsAsync(scope, query.Filter, [field], ValuesMax, cancellation);
        if (!facets.IsOk) return facets.Problem;
        var facet = facets.Value.Fields[0];
        if (facet.Distinct > facet.Values.Count) return new Problem(ProblemKind.Invalid, "More events match than can be sorted by this field: narrow the time.", "sortBy");
        var total = await reader.CountAsync(scope, query.Filter, cancellation);
        if (!total.IsOk) return total.Problem;
        var entries = new List<StoredEntry>();
        var skip = query.Offset;
        foreach (var (condition, count) in Groups(facet, total.Value, query.Descending))
        {
            if (entries.Count == query.Limit) break;
            if (skip >= count)
            {
                skip -= count;
                continue;
            }
            var filter = query.Filter with { Conditions = [.. query.Filter.Conditions, condition] };
            var page = await reader.ListAsync(scope, query with { Filter = filter, Offset = skip, Limit = query.Limit - entries.Count, Total = false }, cancellation);
            if (!page.IsOk) return page.Problem;
            entries.AddRange(page.Value.Entries);
            skip = 0;
        }
        return new EventPage { Entries = entries, Total = total.Value, CompleteThrough = facets.Value.CompleteThrough };
    }

    private static IEnumerable<(FieldCondition Condition, long Count)> Groups(Facet facet, long total, bool descending)
    {
        var values = facet.Values.OrderBy(value => value.Value, StringComparer.Ordinal);
        foreach (var value in descending ? values.Reverse() : values) yield return (FieldCondition.Is(facet.Field, value.Value), value.Count);
        var absent = total - facet.Values.Sum(value => value.Count);
        if (absent > 0) yield return (new FieldCondition(facet.Field, MatchKind.Present, []) { Not = true }, absent);
    }
}
