using Domesday.Storage.Embedded.Coding;
using Domesday.Storage.Embedded.Erasures;
using Domesday.Storage.Embedded.Segments;

namespace Domesday.Storage.Embedded.Ledgers;

/// <summary>One tenant's ledger in memory.</summary>
/// <param name="number">Stands for the name in id runs.</param>
internal sealed class Ledger(string name, int number)
{
    private readonly Lock _lock = new();
    private readonly List<(LedgerView Until, SegmentReader Segment)> _retired = [];
    private readonly List<LedgerView> _old = [];
    private LedgerView _view = new([], []);
    private TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _damage;
    private DroppedLeaves? _dropped;
    private ErasedEvents _erased = ErasedEvents.None;

    public string Name => name;

    public int Number => number;

    /// <summary>The hash by which an event id of this ledger is found again.</summary>
    /// <param name="id">Canonical content.</param>
    public ulong IdHash(SipHash hash, ReadOnlySpan<byte> id) => hash.Hash(id, (ulong)number);

    /// <summary>The next sequence to hand out; for the writer alone.</summary>
    public long NextSequence { get; set; }

    /// <summary>One beyond the last sequence that is in a segment.</summary>
    public long Durable { get; set; }

    /// <summary>The leaf hashes of events that were dropped; null when none were.</summary>
    public DroppedLeaves? Dropped
    {
        get => Volatile.Read(ref _dropped);
        set => Volatile.Write(ref _dropped, value);
    }

    /// <summary>The events that were erased; marked durably before they are here.</summary>
    public ErasedEvents Erased
    {
        get => Volatile.Read(ref _erased);
        set => Volatile.Write(ref _erased, value);
    }

    /// <summary>Why its reads are refused; null when all is well.</summary>
    public string? Damage
    {
        get => Volatile.Read(ref _damage);
        set => Volatile.Write(ref _damage, value);
    }

    /// <summary>Whether the log lost events of it, so that the next sequence is not known.</summary>
    public bool IsAppendRefused { get; set; }

    /// <summary>One beyond the last sequence that readers see.</summary>
    public long Size
    {
        get
        {
            var view = Volatile.Read(ref _view);
            if (view.Tables.Count > 0 && view.Tables[^1] is var table) return table.FirstSequence + table.Count;
            return view.Segments.Count > 0 ? Math.Max(view.Segments[^1].Info.EndSequence, Durable) : Durable;
        }
    }

    /// <summary>The view at this moment, for the writer and maintenance, which never see one given up under them.</summary>
    public LedgerView View => Volatile.Read(ref _view);

    /// <summary>Takes what there is now, for reading; to be disposed.</summary>
    public LedgerSnapshot Snapshot()
    {
        while (true)
        {
            var view = Volatile.Read(ref _view);
            if (view.TryUse()) return new(this, view);
        }
    }

    /// <summary>Replaces the view; segments that the new one lacks are kept as long as an older view is in use.</summary>
    public void Change(Func<LedgerView, LedgerView> change)
    {
        LedgerView before;
        lock (_lock)
        {
            before = _view;
            var next = change(before);
            foreach (var segment in before.Segments)
            {
                if (!next.Segments.Contains(segment)) _retired.Add((before, segment));
            }
            _old.Add(before);
            Volatile.Write(ref _view, next);
        }
        before.Release();
    }

    /// <summary>Segments that nobody reads any more, once each.</summary>
    public IReadOnlyList<SegmentReader> TakeUnused()
    {
        lock (_lock)
        {
            if (_retired.Count == 0 && _old.Count == 0) return [];
            // Views are given up in the order of their age: what an older one may still read stays.
            while (_old.Count > 0 && _old[0].IsReleased) _old.RemoveAt(0);
            var unused = _retired.Where(retired => !_old.Contains(retired.Until)).Select(retired => retired.Segment).ToList();
            _retired.RemoveAll(retired => unused.Contains(retired.Segment));
            return unused;
        }
    }

    /// <summary>Wakes those who wait for more.</summary>
    public void SignalGrown()
    {
        TaskCompletionSource grown;
        lock (_lock)
        {
            grown = _grown;
            _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        grown.SetResult();
    }

    public async Task WaitBeyondAsync(long size, CancellationToken cancellation)
    {
        while (true)
        {
            Task grown;
            lock (_lock) grown = _grown.Task;
            if (Size > size) return;
            await grown.WaitAsync(cancellation);
        }
    }
}
