using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Storage.Postgres.Ledgers;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>Reads a run of sequences that this node committed a moment ago without fetching it, for those who follow a ledger.</summary>
internal static class RecentRead
{
    /// <returns>Null when the database must be asked. What was erased is left out as far as the node knows when the entries are gone through.</returns>
    public static (Ledger Ledger, IEnumerable<StoredEntry> Entries)? Find(LedgerMap map, AccessScope scope, EventFilter filter)
    {
        // Without an end it could be asked for what another node has committed since.
        if (scope.Tenant is not { } tenant || filter is not { FromSequence: { } from, ToSequence: { } to } || from >= to) return null;
        if (map.Find(tenant) is not { } ledger || from < ledger.First || ledger.Recent.Find(ledger, from, to) is not { } runs) return null;
        return (ledger, Matching(ledger, runs, Math.Max(0, from), to, new FilterMatcher(scope, filter)));
    }

    private static IEnumerable<StoredEntry> Matching(Ledger ledger, List<EntryRun> runs, long from, long to, FilterMatcher matcher)
    {
        var (slices, erased) = (new FieldSlice[EventSchema.Count], ledger.Erased);
        foreach (var run in runs)
        {
            for (var sequence = Math.Max(from, run.First); sequence < Math.Min(to, run.End); sequence++)
            {
                if (erased.Contains(sequence)) continue;
                var entry = run.Entry(sequence);
                EntrySlicer.Slice(entry.Span, slices);
                if (matcher.Matches(entry.Span, slices, sequence)) yield return new(ledger.Name, sequence, entry);
            }
        }
    }
}
