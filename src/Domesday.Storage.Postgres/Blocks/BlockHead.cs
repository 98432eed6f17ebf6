namespace Domesday.Storage.Postgres.Blocks;

/// <summary>Where a block lies, before its columns are read.</summary>
/// <param name="First">Sequence of its first event.</param>
/// <param name="IsFresh">It still lies in the table <c>fresh</c>.</param>
internal sealed record BlockHead(int Day, long First, int Count, long MinTime, long MaxTime, bool IsFresh)
{
    public Extent Extent => new(First, First + Count, MinTime, MaxTime);
}

/// <summary>Which sequences and times some events have.</summary>
/// <param name="First">Lowest sequence.</param>
/// <param name="Size">One more than the highest.</param>
/// <param name="MinTime">Microseconds since 1970.</param>
internal readonly record struct Extent(long First, long Size, long MinTime, long MaxTime);
