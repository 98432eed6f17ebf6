using System.Collections.Immutable;
using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Events.Merkle;
using Domesday.Storage.Embedded.Commit;
using Domesday.Storage.Embedded.Disk;
using Domesday.Storage.Embedded.Ids;
using Domesday.Storage.Embedded.Ledgers;
using Domesday.Storage.Embedded.Log;
using Domesday.Storage.Embedded.Maintenance;

namespace Domesday.Storage.Embedded;

/// <summary>
/// The engine without threads of its own: each step runs when it is called. <see cref="Commit"/>, <see cref="Flush"/> and <see cref="Merge"/> may run at the
/// same time, each in one thread; everything else at any time. <c>EmbeddedStore</c> drives it with threads, the simulation one step after another.
/// </summary>
internal sealed class Engine : IDisposable
{
    private readonly EngineOptions _options;
    private readonly Committer _committer;
    private readonly SyncThread? _syncThread;
    private readonly Flush _flush;
    private readonly Merge _merge;
    private readonly Retirement _retirement;
    private readonly Erasure _erasure;
    private readonly Lock _segments = new();
    private ImmutableQueue<Generation> _frozen = [];
    private bool _areIdsDamaged;
    private volatile bool _isErasedActive;

    /// <param name="ownSyncThread">Go on with the next group's work while the disk syncs.</param>
    /// <exception cref="CorruptLedgerException">The manifest is damaged.</exception>
    public Engine(IDisk disk, EngineOptions options, TimeProvider time, bool ownSyncThread)
    {
        _options = options;
        Files = new(disk, options, time);
        Trees = new(disk, Files.Open);
        (_flush, _merge, _retirement, _erasure) = (new(Files, options), new(Files, options), new(Files), new(Files));
        Recovered = new Recovery(Files, Ledgers).Run();
        OpenIds();
        _syncThread = ownSyncThread ? new() : null;
        _committer = new(new LogWriter(disk, Recovered.Log.File, Recovered.Log.Length, Recovered.Log.Group), Files.Hash, Files.Numbers.Take, new(FindStored, LeafOf), _syncThread, time);
        // What recovery read is written as segments first: the files it came from are then gone, torn tails included.
        if (Recovered.Generation.Events > 0 || Recovered.Log.File > 0) _frozen = _frozen.Enqueue(Recovered.Generation);
    }

    public LedgerMap Ledgers { get; } = new();

    public StoreFiles Files { get; }

    public TreeFiles Trees { get; }

    /// <summary>What the start found.</summary>
    public Recovered Recovered { get; }

    /// <summary>Why nothing can be stored; null when it can.</summary>
    public string? Trouble => _committer.Trouble;

    /// <summary>Whether the index of ids is damaged: nothing can be appended until <see cref="RebuildIds"/> has run.</summary>
    public bool AreIdsDamaged => Volatile.Read(ref _areIdsDamaged);

    public TimeSpan LastSync => _committer.LastSync;

    public Generation Active => _committer.Active;

    /// <summary>Generations that wait for <see cref="Flush"/>.</summary>
    public int Frozen => _frozen.Count();

    /// <summary>Whether the active generation is full, or must not grow any more.</summary>
    public bool MustRoll => _committer.MustRoll || _isErasedActive || Active.Bytes >= _options.GenerationBytesMax || Active.Events >= _options.GenerationEventsMax;

    /// <summary>Whether so much waits for being flushed that appends must wait too.</summary>
    public bool IsFlushBehind => Frozen >= _options.FrozenMax;

    /// <summary>Makes the ticket for a batch: looks up which of its ids are in the runs. Before <see cref="Commit"/>, in any thread.</summary>
    public AppendTicket Ticket(string tenant, PendingBatch batch)
    {
        var ledger = Ledgers.GetOrAdd(tenant);
        var hashes = new ulong[batch.Entries.Count];
        for (var i = 0; i < hashes.Length; i++) hashes[i] = ledger.IdHash(Files.Hash, batch.Entries[i].Id(batch.Buffer.Span));
        var ticket = new AppendTicket(ledger, batch, hashes);
        LookUp(ticket);
        return ticket;
    }

    /// <summary>Stores batches as one group. In the writer's thread.</summary>
    public int Commit(IReadOnlyList<AppendTicket> tickets) => _committer.Commit(tickets);

    /// <summary>Marks the end of the log as synced. In the writer's thread.</summary>
    public void Mark() => _committer.Mark();

    /// <summary>Ends the active generation. In the writer's thread.</summary>
    public void Roll()
    {
        _isErasedActive = false;
        var ended = _committer.Roll();
        if (ended.Events > 0 || ended.LastLogFile > 0) ImmutableInterlocked.Enqueue(ref _frozen, ended);
    }

    /// <summary>Writes the oldest generation that waits as segments.</summary>
    /// <returns>False when none waits.</returns>
    /// <exception cref="IOException">The disk refused; the generation waits on.</exception>
    public bool Flush()
    {
        if (_frozen.IsEmpty) return false;
        lock (_segments) _flush.Run(_frozen.Peek());
        ImmutableInterlocked.TryDequeue(ref _frozen, out _);
        return true;
    }

    /// <summary>Merges some files, and removes those that nobody reads any more.</summary>
    /// <returns>False when there was nothing to merge.</returns>
    /// <exception cref="OperationCanceledException">It was stopped; nothing has changed.</exception>
    public bool Merge(CancellationToken cancellation)
    {
        Sweep();
        return _merge.TryErase(Ledgers, cancellation) || _merge.TryMergeRuns() || _merge.TryMergeSegments(Ledgers, cancellation);
    }

    /// <summary>Drops segments whose retention has ended; not at the same time as <see cref="Merge"/>.</summary>
    /// <inheritdoc cref="Retirement.Run"/>
    public DroppedEvents Drop(Ledger ledger, long before, long sealedSize)
    {
        var dropped = _retirement.Run(ledger, before, sealedSize);
        Sweep();
        return dropped;
    }

    /// <summary>Marks events as erased, durably; <see cref="Roll"/>, <see cref="Flush"/> and <see cref="Merge"/> then take their bytes out of the files.</summary>
    /// <inheritdoc cref="Erasure.Run"/>
    public int Erase(Ledger ledger, IReadOnlyList<long> sequences)
    {
        var erased = _erasure.Run(ledger, sequences);
        // The newest log file is written on, so it would stay.
        if (erased > 0 && ledger.View.Tables is [.., var last] && sequences[^1] >= last.FirstSequence) _isErasedActive = true;
        return erased;
    }

    /// <summary>What was erased of a ledger, and how much of it is still in files.</summary>
    public LedgerErasures Erasures(Ledger ledger) => PendingErasures.Of(ledger, Files);

    /// <summary>Begins a ledger behind events that were dropped elsewhere.</summary>
    /// <inheritdoc cref="Adoption.Run"/>
    public Problem? Adopt(Ledger ledger, long first, ReadOnlySpan<MerkleHash> leaves)
    {
        lock (_segments) return new Adoption(Files).Run(ledger, first, leaves);
    }

    /// <summary>Makes the index of ids again from the segments.</summary>
    public void RebuildIds()
    {
        lock (_segments) new IdRebuild(Files, Ledgers).Run();
        Volatile.Write(ref _areIdsDamaged, false);
    }

    /// <summary>A consistent copy's files; kept where they are until it is disposed.</summary>
    public StoreCopy Copy() => new(Files, () => _committer.LogEnd);

    /// <summary>Removes files that nobody reads any more.</summary>
    public void Sweep()
    {
        foreach (var ledger in Ledgers.All)
        {
            foreach (var segment in ledger.TakeUnused()) Files.Release(segment.Info);
        }
        Files.RemoveOldRuns();
    }

    /// <summary>The sequence of the event with this id, of everything readers see.</summary>
    /// <param name="id">Canonical content.</param>
    public long? FindId(LedgerSnapshot snapshot, byte[] id)
    {
        var hash = snapshot.Ledger.IdHash(Files.Hash, id);
        foreach (var (table, rows) in snapshot.Tables)
        {
            if (table.Find(hash, id) is >= 0 and var row && row < rows) return table.FirstSequence + row;
        }
        return FindInRuns(Files.Ids.Runs, snapshot, hash, id);
    }

    public void Dispose()
    {
        _committer.Dispose();
        _syncThread?.Dispose();
        Files.Open.Dispose();
    }

    private void OpenIds()
    {
        try
        {
            Files.UseRuns();
        }
        catch (Exception exception) when (exception is CorruptLedgerException or FileNotFoundException)
        {
            RebuildIds();
        }
    }

    /// <exception cref="CorruptLedgerException">The index is damaged.</exception>
    private void LookUp(AppendTicket ticket)
    {
        ticket.Runs = Files.Ids.Runs;
        if (ticket.Runs.IsEmpty) return;
        Dictionary<int, long>? known = null;
        using var snapshot = ticket.Ledger.Snapshot();
        for (var i = 0; i < ticket.IdHashes.Length; i++)
        {
            if (FindInRuns(ticket.Runs, snapshot, ticket.IdHashes[i], ticket.Batch.Entries[i].Id(ticket.Batch.Buffer.Span)) is { } sequence) (known ??= [])[i] = sequence;
        }
        if (known is not null) ticket.Known = known;
    }

    private long? FindInRuns(ImmutableArray<IdRun> runs, LedgerSnapshot snapshot, ulong hash, ReadOnlySpan<byte> id)
    {
        List<IdEntry>? found = null;
        try
        {
            foreach (var run in runs)
            {
                if (run.MayContain(hash)) run.Find(hash & IdRun.HashMask, found ??= []);
            }
        }
        catch (CorruptLedgerException)
        {
            Volatile.Write(ref _areIdsDamaged, true);
            throw;
        }
        if (found is null) return null;
        foreach (var entry in found)
        {
            if (entry.Tenant == snapshot.Ledger.Number && snapshot.HasId(entry.Sequence, id)) return entry.Sequence;
        }
        return null;
    }

    /// <summary>Tables first, then the runs: a flush puts ids into the runs before it takes them out of the tables.</summary>
    private long? FindStored(AppendTicket ticket, int index)
    {
        var id = ticket.Batch.Entries[index].Id(ticket.Batch.Buffer.Span);
        foreach (var table in ticket.Ledger.View.Tables)
        {
            if (table.Find(ticket.IdHashes[index], id) is >= 0 and var row && row < table.Count) return table.FirstSequence + row;
        }
        if (ticket.Runs != Files.Ids.Runs) LookUp(ticket);
        return ticket.Known.TryGetValue(index, out var sequence) ? sequence : null;
    }

    private static MerkleHash LeafOf(Ledger ledger, long sequence)
    {
        using var snapshot = ledger.Snapshot();
        Span<MerkleHash> leaf = stackalloc MerkleHash[1];
        snapshot.ReadLeaves(sequence, leaf);
        return leaf[0];
    }
}
