using Domesday.Core.Query;
using Domesday.Storage.Postgres.Blocks;
using Domesday.Storage.Postgres.Ledgers;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>A ledger as one transaction sees it.</summary>
/// <param name="Rolled">Events below are in the roll-ups.</param>
/// <param name="Days">In order; those that hold events that are kept.</param>
internal sealed record LedgerSnapshot(Ledger Ledger, long Size, long First, long Rolled, IReadOnlyList<LedgerDay> Days)
{
    /// <summary>What was asked already, by day: a transaction that sees one moment gets the same answer again.</summary>
    public Dictionary<(int Day, EventFilter Filter), IReadOnlyList<BlockHead>> Heads { get; } = [];

    public int Id => Ledger.Identity!.Id;

    public string Name => Ledger.Name;

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
