using Domesday.Storage.Embedded.Memory;
using Domesday.Storage.Embedded.Segments;

namespace Domesday.Storage.Embedded.Ledgers;

/// <summary>What a ledger consists of at one moment: segments, and the memory tables behind them. Immutable, but for the rows that the last table gains.</summary>
/// <param name="segments">In order of their sequences, without gaps between them or to the tables.</param>
/// <param name="tables">Oldest first; only the last one grows.</param>
internal sealed class LedgerView(IReadOnlyList<SegmentReader> segments, IReadOnlyList<MemTable> tables)
{
    private int _uses = 1;

    public IReadOnlyList<SegmentReader> Segments => segments;

    public IReadOnlyList<MemTable> Tables => tables;

    /// <summary>Whether nobody needs it any more.</summary>
    public bool IsReleased => Volatile.Read(ref _uses) == 0;

    /// <returns>False when the view was given up meanwhile.</returns>
    public bool TryUse()
    {
        while (Volatile.Read(ref _uses) is > 0 and var uses)
        {
            if (Interlocked.CompareExchange(ref _uses, uses + 1, uses) == uses) return true;
        }
        return false;
    }

    public void Release() => Interlocked.Decrement(ref _uses);
}
