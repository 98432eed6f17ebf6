using System.Collections.Concurrent;
using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Merkle;
using Domesday.Storage.Embedded.Commit;
using Domesday.Storage.Embedded.Disk;
using Domesday.Storage.Embedded.Ledgers;
using Domesday.Storage.Embedded.Maintenance;
using Domesday.Storage.Embedded.Reading;
using Microsoft.Extensions.Logging;

namespace Domesday.Storage.Embedded;

/// <summary>The embedded engine: an append-only store in this process, in one folder, with three threads: one writes, one makes segments, one merges.</summary>
public sealed class EmbeddedStore : IEventStore, IStoreBackup, IDroppedImport
{
    private const int GroupBytesMax = 8 * 1024 * 1024;
    private const int FlushNice = 5;
    private const int MergeNice = 10;
    private const long HeapBytesTidy = 384L * 1024 * 1024;
    private static readonly TimeSpan IdleMark = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private readonly IDisk _disk;
    private readonly Engine _engine;
    private readonly EngineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AppendQueue _queue;
    private readonly StoreMetrics _metrics;
    private readonly CancellationTokenSource _stop = new();
    private readonly ManualResetEventSlim _flushWanted = new();
    private readonly ManualResetEventSlim _flushed = new();
    private readonly ManualResetEventSlim _mergeWanted = new(true);
    private readonly List<Thread> _threads = [];
    private readonly ConcurrentQueue<DropOrder> _drops = new();
    private volatile string? _flushTrouble;
    private long _freeChecked;
    private bool _isFull;

    private EmbeddedStore(IDisk disk, EngineOptions options, TimeProvider time, ILogger logger, System.Diagnostics.Metrics.Meter meter)
    {
        (_disk, _options, _time, _logger) = (disk, options, time, logger);
        _engine = new(disk, options, time, ownSyncThread: true);
        _queue = new(options.WaitingBytesMax, time);
        _metrics = new(meter, _engine, _queue);
        Reader = new EngineReader(_engine.Ledgers, _engine.Files.Cache, _engine.FindId, time);
        Report();
        Start("domesday writer", nice: 0, Write);
        Start("domesday flush", FlushNice, FlushLoop);
        Start("domesday merge", MergeNice, MergeLoop);
    }

    /// <summary>Opens the store in a folder, which is made when it is not there.</summary>
    /// <exception cref="IOException">Another process has it, or it cannot be read or written.</exception>
    /// <exception cref="CorruptLedgerException">Its manifest is damaged.</exception>
    public static EmbeddedStore Open(string folder, EngineOptions options, TimeProvider time, ILogger logger, System.Diagnostics.Metrics.Meter meter)
    {
        var disk = new PosixDisk(folder);
        try
        {
            return new(disk, options, time, logger, meter);
        }
        catch (Exception)
        {
            disk.Dispose();
            throw;
        }
    }

    public IEventReader Reader { get; }

    public ITreeStore Trees => _engine.Trees;

    public IReadOnlyList<string> Tenants => [.. _engine.Ledgers.All.Where(ledger => ledger.Size > 0).Select(ledger => ledger.Name)];

    public Problem? NotAccepting =>
        _engine.AreIdsDamaged ? Unavailable("the index of event ids is damaged and is being made again.") : (_engine.Trouble ?? (_engine.IsFlushBehind ? _flushTrouble : null)) is { } trouble ? Unavailable(trouble) : _isFull ? DiskFull : null;

    public long Size(string tenant) => _engine.Ledgers.Find(tenant)?.Size ?? 0;

    public Task WaitBeyondAsync(string tenant, long size, CancellationToken cancellation) => _engine.Ledgers.GetOrAdd(tenant).WaitBeyondAsync(size, cancellation);

    public async ValueTask<Result<IReadOnlyList<Receipt>>> AppendAsync(string tenant, PendingBatch batch, CancellationToken cancellation)
    {
        AppendTicket ticket;
        try
        {
            ticket = _engine.Ticket(tenant, batch);
        }
        catch (CorruptLedgerException)
        {
            return Unavailable("the index of event ids is damaged and is being made again.");
        }
        if (await _queue.AddAsync(ticket, cancellation) is { } problem) return problem;
        return await ticket.Done.WaitAsync(cancellation);
    }

    public ValueTask<Result<MerkleHash[]>> LeafHashesAsync(string tenant, long first, int count, CancellationToken cancellation)
    {
        var ledger = _engine.Ledgers.GetOrAdd(tenant);
        using var snapshot = ledger.Snapshot();
        if (first < 0 || first + count > snapshot.Size) throw new ArgumentOutOfRangeException(nameof(first), "The ledger does not hold these entries.");
        var leaves = new MerkleHash[count];
        try
        {
            snapshot.ReadLeaves(first, leaves);
            return ValueTask.FromResult<Result<MerkleHash[]>>(leaves);
        }
        catch (CorruptLedgerException exception)
        {
            ledger.Damage ??= exception.Message;
            return ValueTask.FromResult<Result<MerkleHash[]>>(new Problem(ProblemKind.Corrupt, exception.Message));
        }
    }

    public LedgerUsage Usage(string tenant)
    {
        if (_engine.Ledgers.Find(tenant) is not { } ledger) return default;
        using var snapshot = ledger.Snapshot();
        return new(snapshot.FirstSequence, snapshot.Size, snapshot.Segments.Sum(segment => segment.Info.Bytes) + snapshot.Tables.Sum(table => table.Table.Bytes));
    }

    public DroppedEvents Due(string tenant, Timestamp before, long sealedSize) =>
        _engine.Ledgers.Find(tenant) is { } ledger ? Retirement.Due(ledger, before.Microseconds, sealedSize) : default;

    public async ValueTask<Result<DroppedEvents>> DropAsync(string tenant, Timestamp before, long sealedSize, CancellationToken cancellation)
    {
        if (_engine.Ledgers.Find(tenant) is not { } ledger || Due(tenant, before, sealedSize).Events == 0) return default(DroppedEvents);
        var order = new DropOrder(ledger, before.Microseconds, sealedSize);
        _drops.Enqueue(order);
        _mergeWanted.Set();
        return await order.Done.Task.WaitAsync(cancellation);
    }

    public ValueTask<Result<long>> EraseAsync(string tenant, IReadOnlyList<long> sequences, CancellationToken cancellation)
    {
        if (_engine.Ledgers.Find(tenant) is not { } ledger) return ValueTask.FromResult<Result<long>>(0L);
        if (ledger.Damage is { } damage) return ValueTask.FromResult<Result<long>>(new Problem(ProblemKind.Corrupt, damage));
        try
        {
            var erased = _engine.Erase(ledger, sequences);
            _mergeWanted.Set();
            return ValueTask.FromResult<Result<long>>((long)erased);
        }
        catch (CorruptLedgerException exception)
        {
            ledger.Damage ??= exception.Message;
            return ValueTask.FromResult<Result<long>>(new Problem(ProblemKind.Corrupt, exception.Message));
        }
        catch (IOException exception)
        {
            return ValueTask.FromResult<Result<long>>(new Problem(ProblemKind.Unavailable, $"Nothing can be erased now: {exception.Message}", RetryAfter: RetryAfter));
        }
    }

    public LedgerErasures Erasures(string tenant) => _engine.Ledgers.Find(tenant) is { } ledger ? _engine.Erasures(ledger) : default;

    public ValueTask<Problem?> AdoptDroppedAsync(string tenant, long first, ReadOnlyMemory<MerkleHash> leaves, CancellationToken cancellation) =>
        ValueTask.FromResult(_engine.Adopt(_engine.Ledgers.GetOrAdd(tenant), first, leaves.Span));

    public IStoreCopy Copy() => _engine.Copy();

    /// <summary>Stores what waits, and closes the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        _queue.Close();
        await _stop.CancelAsync();
        _flushWanted.Set();
        _mergeWanted.Set();
        foreach (var thread in _threads) await Task.Run(thread.Join);
        foreach (var order in _drops) order.Done.TrySetResult(Unavailable("the service stops."));
        _engine.Dispose();
        _queue.Dispose();
        _disk.Dispose();
    }

    /// <param name="nice">How far the thread steps back when the processors are busy: acknowledgements and answers go before what can wait.</param>
    private void Start(string name, int nice, Action run)
    {
        void Body()
        {
            if (nice > 0) ThreadNice.Set(nice);
            run();
        }
        var thread = new Thread(Body) { IsBackground = true, Name = name };
        _threads.Add(thread);
        thread.Start();
    }

    private void Report()
    {
        var recovered = _engine.Recovered;
        StoreLog.Opened(_logger, _engine.Ledgers.All.Count(), recovered.Generation.Events);
        if (recovered.Log.TornBytes > 0) StoreLog.TornTail(_logger, recovered.Log.TornBytes);
        foreach (var damage in recovered.Damages) StoreLog.Damaged(_logger, damage.Tenant ?? "every tenant", damage.Description);
    }

    private void Write()
    {
        var marked = true;
        while (!_queue.IsClosed)
        {
            var tickets = _queue.Take(GroupBytesMax, marked ? Pause : IdleMark);
            if (tickets.Count == 0)
            {
                if (!marked) _engine.Mark();
                marked = true;
                if (_engine.MustRoll && !_engine.IsFlushBehind) Roll();
                continue;
            }
            if (Refusal() is { } problem)
            {
                foreach (var ticket in tickets) ticket.Complete(problem);
                continue;
            }
            Commit(tickets);
            marked = false;
        }
        if (!marked) _engine.Mark();
    }

    private void Commit(List<AppendTicket> tickets)
    {
        try
        {
            var stored = _engine.Commit(tickets);
            _metrics.Committed(tickets.Count, stored, _engine.LastSync);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A batch that breaks the writer must not take its neighbours' promises along without a word.
            StoreLog.CommitFailed(_logger, exception);
            foreach (var ticket in tickets) ticket.Fail(exception);
        }
        if (_engine.MustRoll) Roll();
    }

    private void Roll()
    {
        _engine.Roll();
        _flushWanted.Set();
    }

    /// <summary>Waits while segments are behind; says no while they cannot be written, or the disk is nearly full.</summary>
    private Problem? Refusal()
    {
        while (_engine.IsFlushBehind)
        {
            if (_flushTrouble is { } trouble) return Unavailable(trouble);
            _flushed.Reset();
            if (_engine.IsFlushBehind) _flushed.Wait(Pause);
        }
        if (_time.GetElapsedTime(_freeChecked) > Pause)
        {
            (_freeChecked, _isFull) = (_time.GetTimestamp(), _disk.FreeBytes < _options.FreeBytesMin);
        }
        return _isFull ? DiskFull : null;
    }

    private Problem DiskFull => Unavailable($"less than {_options.FreeBytesMin} bytes are free on the disk.");

    private static Problem Unavailable(string why) => new(ProblemKind.Unavailable, $"Nothing can be stored now: {why}", RetryAfter: RetryAfter);

    private void FlushLoop()
    {
        while (!_stop.IsCancellationRequested)
        {
            _flushWanted.Wait(Pause);
            _flushWanted.Reset();
            try
            {
                while (!_stop.IsCancellationRequested && _engine.Flush())
                {
                    _flushed.Set();
                    _mergeWanted.Set();
                    // A flush leaves large arrays behind, which only a full collection gives back; by itself it comes when they are several times as many.
                    if (GC.GetTotalMemory(forceFullCollection: false) > HeapBytesTidy) GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
                }
                _flushTrouble = null;
            }
            catch (IOException exception)
            {
                if (_flushTrouble is null) StoreLog.FlushFailed(_logger, exception);
                _flushTrouble = exception.Message;
                _flushed.Set();
                _stop.Token.WaitHandle.WaitOne(Pause);
            }
        }
    }

    private void Drop()
    {
        while (_drops.TryDequeue(out var order))
        {
            try
            {
                order.Done.SetResult(_engine.Drop(order.Ledger, order.Before, order.SealedSize));
            }
            catch (CorruptLedgerException exception)
            {
                order.Ledger.Damage ??= exception.Message;
                order.Done.SetResult(new Problem(ProblemKind.Corrupt, exception.Message));
            }
            catch (IOException exception)
            {
                order.Done.SetResult(Unavailable(exception.Message));
            }
        }
    }

    private void MergeLoop()
    {
        while (!_stop.IsCancellationRequested)
        {
            _mergeWanted.Wait(Pause);
            _mergeWanted.Reset();
            try
            {
                if (_engine.AreIdsDamaged)
                {
                    StoreLog.RebuildingIds(_logger);
                    _engine.RebuildIds();
                }
                do
                {
                    Drop();
                }
                while (!_stop.IsCancellationRequested && _engine.Merge(_stop.Token));
            }
            catch (IOException exception)
            {
                StoreLog.MergeFailed(_logger, exception);
                _stop.Token.WaitHandle.WaitOne(Pause);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Events to be dropped by the thread that merges.</summary>
    private sealed record DropOrder(Ledger Ledger, long Before, long SealedSize)
    {
        public TaskCompletionSource<Result<DroppedEvents>> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
