using System.Runtime.CompilerServices;
using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Merkle;
using Domesday.Events.Schema;

namespace Domesday.TestKit;

/// <summary>The model of a store: lists, searched from end to end. What it answers is right by being obvious.</summary>
public sealed class MemoryStore(TimeProvider time) : IEventStore, IEventReader, IDroppedImport
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Ledger> _ledgers = [];
    private TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ITreeStore Trees { get; } = new MemoryTrees();

    public IReadOnlyList<string> Tenants
    {
        get
        {
            lock (_lock) return [.. _ledgers.Keys];
        }
    }

    public long Size(string tenant)
    {
        lock (_lock) return _ledgers.TryGetValue(tenant, out var ledger) ? ledger.Entries.Count : 0;
    }

    public ValueTask<Result<IReadOnlyList<Receipt>>> AppendAsync(string tenant, PendingBatch batch, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (!_ledgers.TryGetValue(tenant, out var ledger)) _ledgers.Add(tenant, ledger = new());
            var receipts = new List<Receipt>();
            for (var i = 0; i < batch.Entries.Count; i++) receipts.Add(Append(ledger, batch, i));
            _grown.SetResult();
            _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return ValueTask.FromResult<Result<IReadOnlyList<Receipt>>>(receipts);
        }
    }

    public async Task WaitBeyondAsync(string tenant, long size, CancellationToken cancellation)
    {
        while (true)
        {
            Task grown;
            lock (_lock) grown = _grown.Task;
            if (Size(tenant) > size) return;
            await grown.WaitAsync(cancellation);
        }
    }

    public ValueTask<Result<MerkleHash[]>> LeafHashesAsync(string tenant, long first, int count, CancellationToken cancellation)
    {
        lock (_lock) return ValueTask.FromResult<Result<MerkleHash[]>>(Enumerable.Range((int)first, count).Select(_ledgers[tenant].Leaf).ToArray());
    }

    public LedgerUsage Usage(string tenant)
    {
        lock (_lock) return _ledgers.TryGetValue(tenant, out var ledger) ? new(ledger.First, ledger.Entries.Count, ledger.Kept.Sum(entry => (long)entry.Length)) : default;
    }

    public DroppedEvents Due(string tenant, Timestamp before, long sealedSize)
    {
        lock (_lock) return _ledgers.TryGetValue(tenant, out var ledger) ? Measure(Old(ledger, before, sealedSize)) : default;
    }

    public ValueTask<Result<DroppedEvents>> DropAsync(string tenant, Timestamp before, long sealedSize, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (!_ledgers.TryGetValue(tenant, out var ledger)) return ValueTask.FromResult<Result<DroppedEvents>>(default(DroppedEvents));
            var dropped = Measure(Old(ledger, before, sealedSize));
            ledger.First += (int)dropped.Events;
            return ValueTask.FromResult<Result<DroppedEvents>>(dropped);
        }
    }

    public ValueTask<Result<long>> EraseAsync(string tenant, IReadOnlyList<long> sequences, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (!_ledgers.TryGetValue(tenant, out var ledger)) return ValueTask.FromResult<Result<long>>(0L);
            return ValueTask.FromResult<Result<long>>(sequences.LongCount(sequence => sequence >= ledger.First && Erase(ledger, (int)sequence)));
        }
    }

    public LedgerErasures Erasures(string tenant)
    {
        lock (_lock) return _ledgers.TryGetValue(tenant, out var ledger) ? new(ledger.Erased.Keys.LongCount(sequence => sequence >= ledger.First), 0) : default;
    }

    public ValueTask<Problem?> AdoptDroppedAsync(string tenant, long first, ReadOnlyMemory<MerkleHash> leaves, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (!_ledgers.TryGetValue(tenant, out var ledger)) _ledgers.Add(tenant, ledger = new());
            if (ledger.Entries.Count != first || ledger.First != first) return ValueTask.FromResult<Problem?>(new(ProblemKind.Conflict, "The ledger has events, or another size."));
            foreach (var leaf in leaves.Span)
            {
                ledger.Adopted.Add(ledger.Entries.Count, leaf);
                ledger.Entries.Add([]);
            }
            ledger.First = ledger.Entries.Count;
            return ValueTask.FromResult<Problem?>(null);
        }
    }

    public ValueTask<Result<EventPage>> ListAsync(AccessScope scope, EventQuery query, CancellationToken cancellation)
    {
        var matching = Matching(scope, query.Filter).ToList();
        var ordered = Order(matching, query.Order, query.Descending);
        if (query.After is { } cursor) ordered = ordered.Where(entry => IsBehind(entry, cursor, query));
        var page = ordered.Skip((int)Math.Min(query.Offset, int.MaxValue)).Take(query.Limit + 1).ToList();
        var more = page.Count > query.Limit && query.Limit > 0;
        var entries = page.Take(query.Limit).ToList();
        return ValueTask.FromResult<Result<EventPage>>(new EventPage
        {
            Entries = entries,
            Next = more ? new PageCursor(TimeOf(entries[^1]), scope.IsAllTenants ? entries[^1].Tenant : "", entries[^1].Sequence) : null,
            Total = query.Total ? matching.Count : null,
            CompleteThrough = Now,
        });
    }

    public ValueTask<Result<StoredEntry>> GetAsync(AccessScope scope, long sequence, CancellationToken cancellation) =>
        IsDropped(scope, sequence)
            ? ValueTask.FromResult<Result<StoredEntry>>(new Problem(ProblemKind.Gone, "The event was dropped when its retention ended."))
            : IsErased(scope, sequence) ? ValueTask.FromResult<Result<StoredEntry>>(ErasedProblem)
            : One(Matching(scope, new EventFilter { FromSequence = sequence, ToSequence = sequence + 1 }));

    public ValueTask<Result<StoredEntry>> FindAsync(AccessScope scope, string id, CancellationToken cancellation) =>
        IsErased(scope, SequenceOf(scope, id)) ? ValueTask.FromResult<Result<StoredEntry>>(ErasedProblem) : One(Matching(scope, new EventFilter { Conditions = [FieldCondition.Is(EventField.Id, id)] }));

    public ValueTask<Result<ReadOnlyMemory<byte>>> AttachmentAsync(AccessScope scope, long sequence, string sha256, CancellationToken cancellation)
    {
        lock (_lock)
        {
            var seen = Matching(scope, new EventFilter { FromSequence = sequence, ToSequence = sequence + 1 }).Count > 0;
            if (IsErased(scope, sequence)) return ValueTask.FromResult<Result<ReadOnlyMemory<byte>>>(ErasedProblem);
            if (seen && _ledgers[scope.Tenant!].Attachments.TryGetValue((sequence, sha256), out var bytes)) return ValueTask.FromResult<Result<ReadOnlyMemory<byte>>>((ReadOnlyMemory<byte>)bytes);
        }
        return ValueTask.FromResult<Result<ReadOnlyMemory<byte>>>(new Problem(ProblemKind.NotFound, "There is no such attachment."));
    }

    public ValueTask<Result<long>> CountAsync(AccessScope scope, EventFilter filter, CancellationToken cancellation) =>
        ValueTask.FromResult<Result<long>>(Matching(scope, filter).Count);

    public ValueTask<Result<Facets>> FacetsAsync(AccessScope scope, EventFilter filter, IReadOnlyList<EventField> fields, int valuesMax, CancellationToken cancellation)
    {
        var entries = Matching(scope, filter).Select(entry => (entry.Bytes, Slices: Sliced(entry.Bytes.Span))).ToList();
        var facets = fields.Select(field =>
        {
            var counts = entries.Select(entry => Encoding.UTF8.GetString(CanonicalText.Unescape(entry.Slices[(int)field].Of(entry.Bytes.Span))))
                .Where(value => value.Length > 0).CountBy(value => value)
                .OrderByDescending(value => value.Value).ThenBy(value => value.Key, StringComparer.Ordinal).ToList();
            return new Facet(field, [.. counts.Take(valuesMax).Select(value => new FacetValue(value.Key, value.Value))], counts.Count);
        });
        return ValueTask.FromResult<Result<Facets>>(new Facets { Fields = [.. facets], CompleteThrough = Now });
    }

    public ValueTask<Result<Histogram>> HistogramAsync(AccessScope scope, EventFilter filter, HistogramInterval? interval, CancellationToken cancellation)
    {
        var entries = Matching(scope, filter).Select(entry => (Time: TimeOf(entry), Failed: EventJson.Read(entry.Bytes.Span).Outcome?.Result == OutcomeResult.Failure)).ToList();
        var from = filter.From ?? entries.Select(entry => entry.Time).DefaultIfEmpty(new(long.MaxValue)).Min();
        var to = filter.To ?? entries.Select(entry => entry.Time).DefaultIfEmpty(new(long.MinValue)).Max();
        var width = interval ?? (from > to ? HistogramInterval.Hour : HistogramIntervals.For(from, to));
        var buckets = entries.GroupBy(entry => width.Floor(entry.Time)).OrderBy(bucket => bucket.Key)
            .Select(bucket => new HistogramBucket(bucket.Key, bucket.LongCount(), bucket.LongCount(entry => entry.Failed)));
        return ValueTask.FromResult<Result<Histogram>>(new Histogram { Interval = width, Buckets = [.. buckets], CompleteThrough = Now });
    }

    public async IAsyncEnumerable<IReadOnlyList<StoredEntry>> ReadAsync(
        AccessScope scope, EventFilter filter, EventOrder order, bool descending, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var batch in Order(Matching(scope, filter), order, descending).Chunk(100))
        {
            cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
            yield return batch;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private bool IsDropped(AccessScope scope, long sequence)
    {
        lock (_lock) return scope.IsWholeTenant && sequence >= 0 && _ledgers.TryGetValue(scope.Tenant!, out var ledger) && sequence < ledger.First;
    }

    private static Problem ErasedProblem => new(ProblemKind.Gone, "The event was erased.");

    private bool IsErased(AccessScope scope, long sequence)
    {
        lock (_lock) return scope.IsWholeTenant && _ledgers.TryGetValue(scope.Tenant!, out var ledger) && sequence is >= 0 and <= int.MaxValue && ledger.Erased.ContainsKey((int)sequence);
    }

    private long SequenceOf(AccessScope scope, string id)
    {
        lock (_lock) return _ledgers.TryGetValue(scope.Tenant ?? "", out var ledger) && ledger.Ids.TryGetValue(Encoding.UTF8.GetString(CanonicalText.Escape(id)), out var receipt) ? receipt.Sequence : -1;
    }

    private static bool Erase(Ledger ledger, int sequence)
    {
        if (ledger.Erased.ContainsKey(sequence)) return false;
        ledger.Erased.Add(sequence, (ledger.Leaf(sequence), Age(ledger.Entries[sequence])));
        ledger.Entries[sequence] = [];
        foreach (var key in ledger.Attachments.Keys.Where(key => key.Sequence == sequence).ToList()) ledger.Attachments.Remove(key);
        return true;
    }

    private static DroppedEvents Measure(List<byte[]> entries) => new(entries.Count, entries.Sum(entry => (long)entry.Length));

    private static List<byte[]> Old(Ledger ledger, Timestamp before, long sealedSize)
    {
        var covered = ledger.Kept.Take((int)Math.Clamp(sealedSize - ledger.First, 0, ledger.Entries.Count));
        return [.. covered.TakeWhile((entry, index) => (ledger.Erased.TryGetValue(ledger.First + index, out var erased) ? erased.Age : Age(entry)) < before.Microseconds)];
    }

    private static long Age(byte[] entry) => Math.Min(MomentOf(entry, EventField.Time), MomentOf(entry, EventField.ReceivedAt));

    private static long MomentOf(ReadOnlySpan<byte> entry, EventField field) =>
        Timestamp.TryParse(Sliced(entry)[(int)field].Of(entry), out var time, out _) ? time.Microseconds : throw new InvalidDataException("An entry has times.");

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());

    private static ValueTask<Result<StoredEntry>> One(IEnumerable<StoredEntry> matching)
    {
        var found = matching.Take(1).ToList();
        return ValueTask.FromResult<Result<StoredEntry>>(found.Count == 1 ? found[0] : new Problem(ProblemKind.NotFound, "There is no such event."));
    }

    private static IEnumerable<StoredEntry> Order(IEnumerable<StoredEntry> entries, EventOrder order, bool descending)
    {
        var ascending = order == EventOrder.Sequence
            ? entries.OrderBy(entry => entry.Sequence)
            : entries.OrderBy(entry => TimeOf(entry).Microseconds).ThenBy(entry => entry.Tenant, StringComparer.Ordinal).ThenBy(entry => entry.Sequence);
        return descending ? ascending.Reverse() : ascending;
    }

    private static bool IsBehind(StoredEntry entry, PageCursor cursor, EventQuery query)
    {
        var order = query.Order == EventOrder.Sequence ? 0 : TimeOf(entry).CompareTo(cursor.Time);
        if (order == 0 && cursor.Tenant.Length > 0) order = string.CompareOrdinal(entry.Tenant, cursor.Tenant);
        if (order == 0) order = entry.Sequence.CompareTo(cursor.Sequence);
        return query.Descending ? order < 0 : order > 0;
    }

    private static Receipt Append(Ledger ledger, PendingBatch batch, int index)
    {
        var pending = batch.Entries[index];
        var id = Encoding.UTF8.GetString(pending.Id(batch.Buffer.Span));
        if (ledger.Ids.TryGetValue(id, out var first)) return first with { Duplicate = true };
        var sequence = (long)ledger.Entries.Count;
        var entry = new byte[pending.LengthWith(sequence)];
        pending.Write(batch.Buffer.Span, sequence, entry);
        ledger.Entries.Add(entry);
        foreach (var attachment in batch.Attachments.Where(attachment => attachment.Entry == index)) ledger.Attachments[(sequence, attachment.Sha256)] = attachment.Bytes.ToArray();
        var receipt = new Receipt(Encoding.UTF8.GetString(CanonicalText.Unescape(pending.Id(batch.Buffer.Span))), sequence, MerkleHash.OfLeaf(entry), false);
        ledger.Ids.Add(id, receipt);
        return receipt;
    }

    private List<StoredEntry> Matching(AccessScope scope, EventFilter filter)
    {
        var matcher = new FilterMatcher(scope, filter);
        lock (_lock)
        {
            return
            [
                .. from ledger in _ledgers
                   where scope.IsAllTenants ? !TenantName.IsInternal(ledger.Key) : ledger.Key == scope.Tenant
                   from entry in ledger.Value.Entries.Select((bytes, sequence) => new StoredEntry(ledger.Key, sequence, bytes)).Skip(ledger.Value.First)
                   where !ledger.Value.Erased.ContainsKey((int)entry.Sequence)
                   where matcher.Matches(entry.Bytes.Span, Sliced(entry.Bytes.Span), entry.Sequence)
                   select entry,
            ];
        }
    }

    private static FieldSlice[] Sliced(ReadOnlySpan<byte> entry)
    {
        var slices = new FieldSlice[EventSchema.Count];
        EntrySlicer.Slice(entry, slices);
        return slices;
    }

    private static Timestamp TimeOf(StoredEntry entry) =>
        Timestamp.TryParse(Sliced(entry.Bytes.Span)[(int)EventField.Time].Of(entry.Bytes.Span), out var time, out _) ? time : throw new InvalidDataException("An entry has a time.");

    private sealed class Ledger
    {
        public List<byte[]> Entries { get; } = [];

        /// <summary>The oldest that is kept.</summary>
        public int First { get; set; }

        public IEnumerable<byte[]> Kept => Entries.Skip(First);

        /// <summary>Leaf hashes of entries that were never here.</summary>
        public Dictionary<int, MerkleHash> Adopted { get; } = [];

        /// <summary>What stays of erased entries: the leaf hash, and the moment that decides about retention, microseconds.</summary>
        public Dictionary<int, (MerkleHash Leaf, long Age)> Erased { get; } = [];

        public MerkleHash Leaf(int sequence) => Adopted.TryGetValue(sequence, out var leaf) ? leaf : Erased.TryGetValue(sequence, out var erased) ? erased.Leaf : MerkleHash.OfLeaf(Entries[sequence]);

        public Dictionary<string, Receipt> Ids { get; } = [];

        public Dictionary<(long Sequence, string Sha256), byte[]> Attachments { get; } = [];
    }

    private sealed class MemoryTrees : ITreeStore
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<(string Tenant, int Level), List<MerkleHash>> _nodes = [];

        public long Count(string tenant, int level)
        {
            lock (_lock) return Level(tenant, level).Count;
        }

        public ValueTask<Result<MerkleHash[]>> ReadAsync(string tenant, int level, long first, int count, CancellationToken cancellation)
        {
            lock (_lock) return ValueTask.FromResult<Result<MerkleHash[]>>(Level(tenant, level).GetRange((int)first, count).ToArray());
        }

        public ValueTask AppendAsync(string tenant, int level, long first, IReadOnlyList<MerkleHash> nodes, CancellationToken cancellation)
        {
            lock (_lock)
            {
                if (Level(tenant, level).Count != first) throw new IOException("Other nodes are kept.");
                Level(tenant, level).AddRange(nodes);
            }
            return ValueTask.CompletedTask;
        }

        public ValueTask TruncateAsync(string tenant, int level, long count, CancellationToken cancellation)
        {
            lock (_lock) Level(tenant, level).RemoveRange((int)count, Level(tenant, level).Count - (int)count);
            return ValueTask.CompletedTask;
        }

        private List<MerkleHash> Level(string tenant, int level)
        {
            if (!_nodes.TryGetValue((tenant, level), out var nodes)) _nodes.Add((tenant, level), nodes = []);
            return nodes;
        }
    }
}
