using Domesday.Core.Query;
using Domesday.Storage.Postgres.Blocks;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>The places of one block that match, in order.</summary>
internal sealed class BlockScan
{
    private readonly string _ledger;
    private readonly EventBlock _block;
    private readonly int[] _indexes;
    private int _next;

    /// <param name="block">With times.</param>
    /// <param name="after">Where to go on; null for the beginning.</param>
    public BlockScan(string ledger, EventBlock block, ReadOnlySpan<int> matches, WalkOrder order, PageCursor? after)
    {
        (_ledger, _block) = (ledger, block);
        _indexes = matches.ToArray();
        if (order.By != EventOrder.Sequence) SortByTime();
        if (order.Descending) Array.Reverse(_indexes);
        if (after is { } cursor) _next = Array.FindIndex(_indexes, index => order.IsBehind(At(index), cursor)) is >= 0 and var found ? found : _indexes.Length;
    }

    public bool IsEmpty => _next == _indexes.Length;

    public Place Head => At(_indexes[_next]);

    public void Take() => _next++;

    private Place At(int index) => new(_ledger, _block.Time(index), _block.First + index);

    private void SortByTime()
    {
        var times = Array.ConvertAll(_indexes, _block.Time);
        var isSorted = true;
        for (var i = 1; i < times.Length && isSorted; i++) isSorted = times[i - 1] <= times[i];
        if (isSorted) return;
        Array.Sort(times, _indexes);
        // Events of the same moment are in the order of their sequences.
        for (var from = 0; from < times.Length;)
        {
            var to = from + 1;
            while (to < times.Length && times[to] == times[from]) to++;
            if (to - from > 1) Array.Sort(_indexes, from, to - from);
            from = to;
        }
    }
}
