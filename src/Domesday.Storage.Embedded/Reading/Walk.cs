using Domesday.Core.Query;

namespace Domesday.Storage.Embedded.Reading;

/// <summary>Goes through what matches, in the order that a page wants.</summary>
internal abstract class Walk
{
    /// <summary>The next event.</summary>
    /// <returns>False at the end.</returns>
    public abstract bool TryNext(out LedgerPart part, out int row);

    /// <summary>Passes over events.</summary>
    public abstract void Skip(long count);

    /// <param name="needed">How many events will be asked for at most, those passed over included.</param>
    public static Walk Of(IReadOnlyList<LedgerQuery> queries, EventQuery query, long needed) => query.Order == EventOrder.Sequence && queries.Count <= 1
        ? new SequenceWalk(queries.Count == 0 ? null : queries[0], query)
        : new TimeWalk(queries, query, needed);
}
