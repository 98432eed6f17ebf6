using Domesday.Core.Query;
using Domesday.Storage.Postgres.Blocks;
using Domesday.Storage.Postgres.Ledgers;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>A ledger as one transaction sees it.</summary>
/// <param name="Rolled">Events below are in the roll-ups.</param>
/// <param name="Days">In order; those that hold events that are kept.</param>
/// <param name="Erased">Events that nobody is to see.</param>
internal sealed record LedgerSnapshot(Ledger Ledger, long Size, long First, long Rolled, IReadOnlyList<LedgerDay> Days, ErasedSequences Erased)
{
    /// <summary>What was asked already, by day: a transaction that sees one moment gets the same answer again.</summary>
    public Dictionary<(int Day, EventFilter Filter), IReadOnlyList<BlockHead>> Heads { get; } = [];

    public int Id => Ledger.Identity!.Id;

    public string Name => Ledger.Name;

    /// <summary>How many events of an extent were not erased.</summary>
    public long Kept(in Extent extent) => extent.Size - extent.First - Erased.CountIn(extent.First, extent.Size);

    /// <summary>Whether nothing of an extent was erased.</summary>
    public bool IsWhole(in Extent extent) => Erased.CountIn(extent.First, extent.Size) == 0;

    /// <summary>The day that holds a sequence; null when it is not kept.</summary>
    public LedgerDay? DayOf(long sequence) => sequence < First ? null : Days.FirstOrDefault(day => sequence >= day.First && sequence < day.Size);
}

/// <summary>What of a ledger lies in the partition of a day.</summary>
/// <param name="First">Lowest sequence.</param>
/// <param name="Size">One more than the highest.</param>
internal sealed record LedgerDay(int Day, long First, long Size, long MinTime, long MaxTime, long Bytes)
{
    public long Events => Size - First;

    public Extent Extent => new(First, Size, MinTime, MaxTime);
}
