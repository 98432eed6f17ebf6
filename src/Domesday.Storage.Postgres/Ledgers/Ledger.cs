using System.Text;
using Domesday.Storage.Postgres.Columns;
using Domesday.Storage.Postgres.Rollups;

namespace Domesday.Storage.Postgres.Ledgers;

/// <summary>What this node knows of a ledger: its place in the tables, its dictionary, how far it has grown.</summary>
/// <param name="recent">Of all ledgers.</param>
/// <param name="blocks">Of all ledgers.</param>
internal sealed class Ledger(string name, LeafBudget budget, RecentEntries recent, BlockCache blocks)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _size;
    private long _first;
    private long _bytes;
    private volatile LedgerIdentity? _identity;
    private volatile ErasedSequences _erased = ErasedSequences.None;
    private LedgerErasureCounts _erasures;
    private volatile LedgerNumbers? _numbers;

    public string Name => name;

    public byte[] NameBytes { get; } = Encoding.UTF8.GetBytes(name);

    /// <summary>Null until it is known that the database has it.</summary>
    public LedgerIdentity? Identity
    {
        get => _identity;
        set => _identity ??= value;
    }

    /// <summary>Where its blocks, entries and bodies are looked for. As new as the newest size that this node has heard of.</summary>
    public LedgerNumbers Numbers => _numbers ?? new(Identity!.Id, []);

    public LedgerCodes Codes { get; } = new();

    /// <summary>Counts of the events behind the roll-ups; touched by the ledger's one writer of this node alone.</summary>
    public RollingCounts Rolling { get; } = new();

    public RecentEntries Recent => recent;

    public BlockCache Blocks => blocks;

    /// <summary>What is known here of what was erased: who reads asks the database whether there is more.</summary>
    public ErasedSequences Erased => _erased;

    public LedgerErasureCounts Erasures
    {
        get
        {
            lock (_lock) return _erasures;
        }
    }

    public RecentLeaves Leaves { get; } = new(budget);

    /// <summary>Events that it is known to have: never more than the database has, and a moment behind what other nodes add.</summary>
    public long Size => Interlocked.Read(ref _size);

    public long First => Interlocked.Read(ref _first);

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Takes note of the buckets that it has; they only become more.</summary>
    public void LearnBuckets(int[] buckets)
    {
        lock (_lock)
        {
            if (buckets.Length > Numbers.Buckets.Length) _numbers = new(Identity!.Id, buckets);
        }
    }

    /// <summary>Takes note of what the database says, in whichever order it is heard.</summary>
    public void Learn(long size, long first, long bytes)
    {
        TaskCompletionSource? grown = null;
        lock (_lock)
        {
            Interlocked.Exchange(ref _first, Math.Max(_first, first));
            if (size >= _size) Interlocked.Exchange(ref _bytes, bytes);
            if (size <= _size) return;
            Interlocked.Exchange(ref _size, size);
            (grown, _grown) = (_grown, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        grown.SetResult();
    }

    /// <summary>Takes note of what was erased, and forgets what it said.</summary>
    public void Learn(ErasedSequences erased)
    {
        lock (_lock)
        {
            if (erased.Number <= _erased.Number) return;
            _erased = erased;
        }
        recent.Forget(this, erased);
    }

    /// <summary>Takes note of how much was erased, in whichever order it is heard: until more is erased both numbers only fall.</summary>
    public void Learn(LedgerErasureCounts erasures)
    {
        lock (_lock)
        {
            if (erasures.Number > _erasures.Number) _erasures = erasures;
            else if (erasures.Number == _erasures.Number) _erasures = new(erasures.Number, Math.Min(erasures.Events, _erasures.Events), Math.Min(erasures.Pending, _erasures.Pending));
        }
    }

    /// <summary>Takes note of what this node dropped.</summary>
    /// <param name="erased">Of the events those that were erased before.</param>
    public void Dropped(long first, long bytes, long erased)
    {
        lock (_lock)
        {
            _erasures = _erasures with { Events = _erasures.Events - erased };
            Interlocked.Exchange(ref _first, Math.Max(_first, first));
            Interlocked.Add(ref _bytes, -bytes);
        }
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

/// <summary>How much of a ledger was erased.</summary>
/// <param name="Number">Rows that it had in the table <c>erased</c> by then.</param>
/// <param name="Events">Erased and not dropped by retention.</param>
/// <param name="Pending">Of them those whose bytes are still in other tables.</param>
internal readonly record struct LedgerErasureCounts(long Number, long Events, long Pending);

/// <summary>What of a ledger never changes.</summary>
/// <param name="Id">Its number in the tables.</param>
/// <param name="Salt">Keys the hashes of its values.</param>
internal sealed record LedgerIdentity(int Id, byte[] Salt);
