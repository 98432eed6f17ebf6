using Domesday.Events.Merkle;

namespace Domesday.Storage.Postgres.Ledgers;

/// <summary>Leaf hashes that this node has just computed, until sealing has read them: it need not unpack what was packed a moment ago.</summary>
/// <param name="budget">Shared by all ledgers.</param>
internal sealed class RecentLeaves(LeafBudget budget)
{
    private readonly Lock _lock = new();
    private readonly Queue<(long First, MerkleHash[] Leaves)> _runs = new();
    private long _end;

    public void Add(long first, MerkleHash[] leaves)
    {
        lock (_lock)
        {
            // Another node wrote in between, or nobody reads here.
            if (first != _end || !budget.TryTake(leaves.Length)) Clear();
            else _runs.Enqueue((first, leaves));
            _end = first + leaves.Length;
        }
    }

    /// <summary>Hands out leaves once; null when some of them are not here.</summary>
    public MerkleHash[]? Take(long first, int count)
    {
        lock (_lock)
        {
            if (count == 0 || !_runs.TryPeek(out var oldest) || first < oldest.First || first + count > _end) return null;
            var taken = new MerkleHash[count];
            foreach (var (start, leaves) in _runs)
            {
                var (from, to) = (Math.Max(first, start), Math.Min(first + count, start + leaves.Length));
                if (from < to) leaves.AsSpan((int)(from - start), (int)(to - from)).CopyTo(taken.AsSpan((int)(from - first)));
            }
            while (_runs.TryPeek(out oldest) && oldest.First + oldest.Leaves.Length <= first + count) budget.Give(_runs.Dequeue().Leaves.Length);
            return taken;
        }
    }

    private void Clear()
    {
        while (_runs.TryDequeue(out var run)) budget.Give(run.Leaves.Length);
    }
}

/// <summary>How many leaf hashes all ledgers of a node may keep at hand.</summary>
internal sealed class LeafBudget
{
    private const int LeavesMax = 1 << 20;

    private int _left = LeavesMax;

    public bool TryTake(int leaves)
    {
        if (Interlocked.Add(ref _left, -leaves) >= 0) return true;
        Interlocked.Add(ref _left, leaves);
        return false;
    }

    public void Give(int leaves) => Interlocked.Add(ref _left, leaves);
}
