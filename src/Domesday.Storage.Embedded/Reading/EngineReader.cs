using System.Runtime.CompilerServices;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Storage.Embedded.Caching;
using Domesday.Storage.Embedded.Ledgers;

namespace Domesday.Storage.Embedded.Reading;

/// <summary>Answers queries from segments and memory tables. Every answer comes from one snapshot for each ledger.</summary>
internal sealed class EngineReader(LedgerMap ledgers, BlockCache cache, Func<LedgerSnapshot, byte[], long?> findId, TimeProvider time) : IEventReader
{
    private static readonly Comparer<FacetValue> ByFrequency =
        Comparer<FacetValue>.Create((left, right) => left.Count != right.Count ? right.Count.CompareTo(left.Count) : string.CompareOrdinal(left.Value, right.Value));

    private static readonly Comparer<FacetValue> LastFirst = Comparer<FacetValue>.Create((left, right) => ByFrequency.Compare(right, left));

    private readonly ValueTotals _totals = new(cache);

    private const int PageBytes = 64 * 1024;
    private const int BatchEntries = 512;
    private const int BatchBytes = 256 * 1024;

    public ValueTask<Result<EventPage>> ListAsync(AccessScope scope, EventQuery query, CancellationToken cancellation) => Answer(scope, query.Filter, queries =>
    {
        var through = Now;
        var walk = Walk.Of(queries, query, query.Offset + query.Limit + 1);
        walk.Skip(query.Offset);
        var output = new ByteBuffer(PageBytes);
        var places = new List<(string Tenant, long Sequence, int Start, int Length)>();
        LedgerPart? lastPart = null;
        var (lastRow, more) = (0, false);
        while (walk.TryNext(out var part, out var row))
        {
            cancellation.ThrowIfCancellationRequested();
            if (places.Count == query.Limit)
            {
                more = query.Limit > 0;
                break;
            }
            var start = output.Length;
            part.Append(row, output);
            places.Add((part.Tenant, part.FirstSequence + row, start, output.Length - start));
            (lastPart, lastRow) = (part, row);
        }
        var bytes = output.WrittenMemory;
        return new EventPage
        {
            Entries = places.ConvertAll(place => new StoredEntry(place.Tenant, place.Sequence, bytes.Slice(place.Start, place.Length))),
            Next = more && lastPart is not null ? new PageCursor(new(lastPart.Time(lastRow)), scope.IsAllTenants ? lastPart.Tenant : "", lastPart.FirstSequence + lastRow) : null,
            Total = query.Total ? queries.Sum(one => one.Count) : null,
            CompleteThrough = through,
        };
    });

    public ValueTask<Result<StoredEntry>> GetAsync(AccessScope scope, long sequence, CancellationToken cancellation) =>
        One(scope, snapshot => sequence >= 0 && sequence < snapshot.Size ? sequence : null);

    public ValueTask<Result<StoredEntry>> FindAsync(AccessScope scope, string id, CancellationToken cancellation) =>
        One(scope, snapshot => id.Length == 0 ? null : findId(snapshot, CanonicalText.Escape(id)));

    public async ValueTask<Result<ReadOnlyMemory<byte>>> AttachmentAsync(AccessScope scope, long sequence, string sha256, CancellationToken cancellation)
    {
        var entry = await GetAsync(scope, sequence, cancellation);
        if (!entry.IsOk) return entry.Problem;
        return Guarded<ReadOnlyMemory<byte>>([LedgerOf(scope)!], snapshots => snapshots[0].Attachment(sequence, sha256) is { } bytes
            ? bytes
            : snapshots[0].Erased.Contains(sequence) ? Erased : new Problem(ProblemKind.NotFound, "There is no such attachment."));
    }

    public ValueTask<Result<long>> CountAsync(AccessScope scope, EventFilter filter, CancellationToken cancellation) =>
        Answer(scope, filter, queries => queries.Sum(query => query.Count));

    public ValueTask<Result<Facets>> FacetsAsync(AccessScope scope, EventFilter filter, IReadOnlyList<EventField> fields, int valuesMax, CancellationToken cancellation) =>
        Answer(scope, filter, queries =>
        {
            var through = Now;
            var facets = new List<Facet>(fields.Count);
            foreach (var field in fields)
            {
                cancellation.ThrowIfCancellationRequested();
                var counts = new Dictionary<string, long>(StringComparer.Ordinal);
                foreach (var query in queries)
                {
                    for (var part = _totals.Add(query, field, counts); part < query.Parts.Count; part++) query.Parts[part].CountValues(field, query.Rows(part), counts);
                }
                facets.Add(new(field, MostFrequent(counts, valuesMax), counts.Count));
            }
            return new Facets { Fields = facets, CompleteThrough = through };
        });

    public ValueTask<Result<Histogram>> HistogramAsync(AccessScope scope, EventFilter filter, HistogramInterval? interval, CancellationToken cancellation) =>
        Answer(scope, filter, queries =>
        {
            var through = Now;
            var width = interval ?? Widths.For(queries, filter);
            var counts = new HistogramCounts(width);
            foreach (var query in queries)
            {
                for (var part = 0; part < query.Parts.Count; part++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    if (!query.Rows(part).IsEmpty) query.Parts[part].CountTimes(query.Rows(part), width, counts);
                }
            }
            return new Histogram { Interval = width, Buckets = counts.Buckets, CompleteThrough = through };
        });

    public async IAsyncEnumerable<IReadOnlyList<StoredEntry>> ReadAsync(
        AccessScope scope, EventFilter filter, EventOrder order, bool descending, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var snapshots = new Snapshots(Ledgers(scope));
        if (snapshots.Damaged is { } damaged) throw new CorruptLedgerException(damaged.Damage!);
        var queries = snapshots.All.Select(snapshot => Query(snapshot, scope, filter, readsAll: true)).ToList();
        var walk = Walk.Of(queries, new EventQuery { Filter = filter, Order = order, Descending = descending }, long.MaxValue);
        var (batch, next) = (new EntryBatch(), new EntryBatch());
        if (!batch.Fill(walk, BatchEntries, BatchBytes)) yield break;
        yield return batch.Entries;
        // Whoever comes back for more gets it while he is busy with what he has.
        for (var more = batch.Fill(walk, BatchEntries, BatchBytes); more; (batch, next) = (next, batch))
        {
            cancellation.ThrowIfCancellationRequested();
            var filling = Task.Run(() => next.Fill(walk, BatchEntries, BatchBytes), CancellationToken.None);
            try
            {
                yield return batch.Entries;
            }
            finally
            {
                // Also when he leaves: what is read from must not be closed before.
                await ((Task)filling).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            more = await filling;
        }
    }

    public async IAsyncEnumerable<FieldRows> ReadFieldsAsync(AccessScope scope, EventFilter filter, IReadOnlyList<EventField> fields, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var snapshots = new Snapshots(Ledgers(scope));
        if (snapshots.Damaged is { } damaged) throw new CorruptLedgerException(damaged.Damage!);
        var queries = snapshots.All.Select(snapshot => Query(snapshot, scope, filter, readsAll: true)).ToList();
        var walk = Walk.Of(queries, new EventQuery { Filter = filter, Order = EventOrder.Sequence, Descending = false }, long.MaxValue);
        var rows = new FieldRows(fields);
        for (var more = true; more;)
        {
            cancellation.ThrowIfCancellationRequested();
            rows.Clear();
            for (more = walk.TryNext(out var part, out var row); more; more = walk.TryNext(out part, out row))
            {
                part.AddFields(row, rows);
                if (rows.Count == FieldRows.BatchRows) break;
            }
            if (rows.Count > 0) yield return rows;
            // Whoever waits for a connection, or for a place to stop, gets a turn between batches.
            await Task.Yield();
        }
    }

    private static Problem Erased => new(ProblemKind.Gone, "The event was erased.");

    private static FacetValue[] MostFrequent(Dictionary<string, long> counts, int valuesMax)
    {
        // The root is the one that comes last of those kept: it goes when a better one is found.
        var kept = new PriorityQueue<FacetValue, FacetValue>(LastFirst);
        foreach (var (value, count) in counts)
        {
            var candidate = new FacetValue(value, count);
            if (kept.Count < valuesMax) kept.Enqueue(candidate, candidate);
            else if (valuesMax > 0 && ByFrequency.Compare(candidate, kept.Peek()) < 0) kept.DequeueEnqueue(candidate, candidate);
        }
        var values = kept.UnorderedItems.Select(item => item.Element).ToArray();
        Array.Sort(values, ByFrequency);
        return values;
    }

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());

    private Ledger? LedgerOf(AccessScope scope) => scope.Tenant is { } tenant ? ledgers.Find(tenant) : throw new ArgumentException("This needs one tenant.", nameof(scope));

    private IReadOnlyList<Ledger> Ledgers(AccessScope scope)
    {
        if (scope.IsAllTenants) return [.. ledgers.All.Where(ledger => !TenantName.IsInternal(ledger.Name))];
        return ledgers.Find(scope.Tenant!) is { } ledger ? [ledger] : [];
    }

    private LedgerQuery Query(LedgerSnapshot snapshot, AccessScope scope, EventFilter filter, bool readsAll = false) =>
        new(snapshot, scope, filter, id => findId(snapshot, id), readsAll);

    private ValueTask<Result<T>> Answer<T>(AccessScope scope, EventFilter filter, Func<IReadOnlyList<LedgerQuery>, T> answer) =>
        ValueTask.FromResult(Guarded<T>(Ledgers(scope), snapshots => answer([.. snapshots.Select(snapshot => Query(snapshot, scope, filter))])));

    private ValueTask<Result<StoredEntry>> One(AccessScope scope, Func<LedgerSnapshot, long?> find)
    {
        var missing = new Problem(ProblemKind.NotFound, "There is no such event.");
        if (LedgerOf(scope) is not { } ledger) return ValueTask.FromResult<Result<StoredEntry>>(missing);
        return ValueTask.FromResult(Guarded<StoredEntry>([ledger], snapshots =>
        {
            if (find(snapshots[0]) is not { } sequence) return missing;
            if (sequence < snapshots[0].FirstSequence && scope.IsWholeTenant) return new Problem(ProblemKind.Gone, "The event was dropped when its retention ended.");
            if (snapshots[0].Erased.Contains(sequence)) return scope.IsWholeTenant ? Erased : missing;
            var entry = new ByteBuffer();
            if (!snapshots[0].TryAppendEntry(sequence, entry)) return missing;
            var slices = new FieldSlice[EventSchema.Count];
            EntrySlicer.Slice(entry.Written, slices);
            if (!new FilterMatcher(scope, EventFilter.All).Matches(entry.Written, slices, sequence)) return missing;
            return new StoredEntry(ledger.Name, sequence, entry.Written.ToArray());
        }));
    }

    /// <summary>Damage stops the reads of the ledger that has it.</summary>
    private static Result<T> Guarded<T>(IReadOnlyList<Ledger> ledgers, Func<IReadOnlyList<LedgerSnapshot>, Result<T>> answer)
    {
        using var snapshots = new Snapshots(ledgers);
        if (snapshots.Damaged is { } damaged) return Refusal(damaged);
        try
        {
            return answer(snapshots.All);
        }
        catch (CorruptLedgerException exception)
        {
            var ledger = ledgers.Count == 1 ? ledgers[0] : ledgers.FirstOrDefault(ledger => ledger.Damage is not null);
            if (ledger is null) return new Problem(ProblemKind.Corrupt, exception.Message);
            ledger.Damage ??= exception.Message;
            return Refusal(ledger);
        }
    }

    private static Problem Refusal(Ledger ledger) => new(ProblemKind.Corrupt, $"The ledger of {ledger.Name} is damaged, and is not read until it is repaired: {ledger.Damage}");

    private sealed class Snapshots : IDisposable
    {
        public Snapshots(IReadOnlyList<Ledger> ledgers)
        {
            Damaged = ledgers.FirstOrDefault(ledger => ledger.Damage is not null);
            All = Damaged is null ? [.. ledgers.Select(ledger => ledger.Snapshot())] : [];
        }

        public Ledger? Damaged { get; }

        public IReadOnlyList<LedgerSnapshot> All { get; }

        public void Dispose()
        {
            foreach (var snapshot in All) snapshot.Dispose();
        }
    }
}
