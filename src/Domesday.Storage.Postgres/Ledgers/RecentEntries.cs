namespace Domesday.Storage.Postgres.Ledgers;

/// <summary>Entries that this node has just committed, as long as there is room: who follows a ledger need not fetch and unpack what was packed a moment ago.</summary>
internal sealed class RecentEntries
{
    /// <summary>Some seconds at full speed: who has fallen behind this far reads from the tables, which takes so much that it stays behind.</summary>
    private const long BytesMax = 96L << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<Ledger, Queue<EntryRun>> _runs = [];
    private readonly Queue<Ledger> _oldest = new();
    private long _bytes;

    public void Add(Ledger ledger, EntryRun run)
    {
        lock (_lock)
        {
            if (!_runs.TryGetValue(ledger, out var own)) _runs.Add(ledger, own = new());
            own.Enqueue(run);
            _oldest.Enqueue(ledger);
            _bytes += run.Bytes.Length;
            while (_bytes > BytesMax && _oldest.TryDequeue(out var loser))
            {
                _bytes -= _runs[loser].Dequeue().Bytes.Length;
                if (_runs[loser].Count == 0) _runs.Remove(loser);
            }
        }
    }

    /// <summary>Lets go of every run of a ledger that holds an erased event.</summary>
    public void Forget(Ledger ledger, ErasedSequences erased)
    {
        lock (_lock)
        {
            if (!_runs.TryGetValue(ledger, out var own)) return;
            for (var left = own.Count; left > 0; left--)
            {
                var run = own.Dequeue();
                if (erased.CountIn(run.First, run.End) > 0)
                {
                    _bytes -= run.Bytes.Length;
                    // Its place in the order of the oldest stays.
                    run = new(run.First, [], []);
                }
                own.Enqueue(run);
            }
        }
    }

    /// <summary>Entries of a run of sequences; null when some of them are not here.</summary>
    public List<EntryRun>? Find(Ledger ledger, long from, long to)
    {
        lock (_lock)
        {
            if (!_runs.TryGetValue(ledger, out var own)) return null;
            var found = own.Where(run => run.First < to && run.End > from).ToList();
            if (found.Count == 0 || found[0].First > from || found[^1].End < to) return null;
            // Another node wrote in between.
            for (var i = 1; i < found.Count; i++)
            {
                if (found[i].First != found[i - 1].End) return null;
            }
            return found;
        }
    }
}

/// <summary>Entries one behind the other.</summary>
/// <param name="First">Sequence of the first.</param>
/// <param name="Ends">Where each ends in <paramref name="Bytes"/>.</param>
internal sealed record EntryRun(long First, byte[] Bytes, int[] Ends)
{
    public long End => First + Ends.Length;

    public ReadOnlyMemory<byte> Entry(long sequence)
    {
        var index = (int)(sequence - First);
        var start = index == 0 ? 0 : Ends[index - 1];
        return Bytes.AsMemory(start, Ends[index] - start);
    }
}
