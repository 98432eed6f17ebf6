using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;

namespace Domesday.Core.Retention;

/// <summary>Finds what legal holds keep from going: the oldest event that one is about, and everything that came after it, because a store drops from its beginning on.</summary>
/// <param name="readFilter">Reads a filter in the form of a query's parameters.</param>
public sealed class HeldEvents(IEventReader reader, Func<string, Result<EventFilter>> readFilter)
{
    /// <returns>The sequence from which on everything stays; null when no hold is about anything that is kept. A problem when that cannot be told: then nothing may go.</returns>
    public async ValueTask<Result<long?>> FirstOfAsync(ControlState state, string tenant, CancellationToken cancellation)
    {
        long? first = null;
        foreach (var hold in HoldDirectory.InForce(state, tenant))
        {
            var filter = hold.Filter is null ? EventFilter.All : readFilter(hold.Filter);
            if (!filter.IsOk) return new Problem(ProblemKind.Corrupt, $"The filter of the hold {hold.Id} cannot be read, so nothing is dropped: {filter.Problem.Detail}");
            // What came behind the first event that is held already need not be looked at.
            var wanted = filter.Value with { From = hold.From, To = hold.To, ToSequence = first };
            var page = await reader.ListAsync(AccessScope.WholeTenant(tenant), new EventQuery { Filter = wanted, Order = EventOrder.Sequence, Descending = false, Limit = 1 }, cancellation);
            if (!page.IsOk) return page.Problem;
            if (page.Value.Entries is [var oldest, ..]) first = oldest.Sequence;
        }
        return first;
    }
}
