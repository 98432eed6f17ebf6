using Domesday.Core.Query;
using Domesday.Storage.Postgres.Blocks;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>The places of one block that match, in order.</summary>
internal sealed class BlockScan
{
    private const int SelectMax = 256;

    private readonly string _ledger;
    private readonly EventBlock _block;
    private readonly WalkOrder _order;
    private readonly int[] _matches;
    private int[] _indexes;
    private int _next;

    /// <param name="block">With times.</param>
    /// <param name="matches">In order of their sequences; to be this scan's own.</param>
    /// <param name="after">Where to go on; null for the beginning.</param>
    /// <param name="wanted">How many are likely to be asked for.</param>
    public BlockScan(string ledger, EventBlock block, int[] matches, WalkOrder order, PageCursor? after, long wanted)
    {
        (_ledger, _block, _order) = (ledger, block, order);
        _matches = after is { } cursor ? Array.FindAll(matches, index => order.IsBehind(At(index), cursor)) : matches;
        // A page wants the first few of thousands: to find them takes less than to put all in order.
        _indexes = order.By != EventOrder.Sequence && wanted <= SelectMax && _matches.Length > 4 * wanted ? Select((int)wanted) : Sort();
    }

    public bool IsEmpty => _next == _matches.Length;

    public Place Head => At(_indexes[_next]);

    public void Take()
    {
        if (++_next == _indexes.Length && _next < _matches.Length) _indexes = Sort();
    }

    private Place At(int index) => new(_ledger, _block.Time(index), _block.First + index);

    /// <summary>The first ones of the order.</summary>
    private int[] Select(int count)
    {
        count = Math.Max(1, count);
        var (indexes, times, found) = (new int[count], new long[count], 0);
        for (var i = 0; i < _matches.Length; i++)
        {
            // From the end on where the newest are asked for: they are likely to be there.
            var index = _order.Descending ? _matches[^(i + 1)] : _matches[i];
            var time = _order.Descending ? -_block.Time(index) : _block.Time(index);
            if (found == count && time >= times[^1]) continue;
            if (found < count) found++;
            var at = found - 1;
            // Of the same moment the one that was met first comes first.
            for (; at > 0 && times[at - 1] > time; at--) (times[at], indexes[at]) = (times[at - 1], indexes[at - 1]);
            (times[at], indexes[at]) = (time, index);
        }
        return indexes;
    }

    private int[] Sort()
    {
        var sorted = _matches.AsSpan().ToArray();
        if (_order.By != EventOrder.Sequence) SortByTime(sorted);
        if (_order.Descending) Array.Reverse(sorted);
        return sorted;
    }

    private void SortByTime(int[] indexes)
    {
        var times = Array.ConvertAll(indexes, _block.Time);
        var isSorted = true;
        for (var i = 1; i < times.Length && isSorted; i++) isSorted = times[i - 1] <= times[i];
        if (isSorted) return;
        Array.Sort(times, indexes);
        // Events of the same moment are in the order of their sequences.
        for (var from = 0; from < times.Length;)
        {
            var to = from + 1;
            while (to < times.Length && times[to] == times[from]) to++;
            if (to - from > 1) Array.Sort(indexes, from, to - from);
            from = to;
        }
    }
}
