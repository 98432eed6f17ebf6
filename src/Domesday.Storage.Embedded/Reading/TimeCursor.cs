using Domesday.Core.Query;
using Domesday.Storage.Embedded.Rows;

namespace Domesday.Storage.Embedded.Reading;

/// <summary>Goes through the matching rows of one part in the order of their times.</summary>
internal sealed class TimeCursor(LedgerQuery query, int part, EventQuery page, long needed)
{
    private const int SelectShare = 8;
    private const int BufferRows = 64;

    private RowSet _rows = RowSet.Empty;
    private int[]? _sorted;
    private int _rank;
    private int _end;
    private int[] _buffer = [];
    private int _bufferStart;
    private int _buffered;

    public LedgerPart Part => query.Parts[part];

    public bool IsOpen { get; private set; }

    public bool HasRow { get; private set; }

    public int Row { get; private set; }

    public TimeKey Key => KeyOf(Row);

    private int Step => page.Descending ? -1 : 1;

    /// <returns>False when nothing matches behind the page's cursor.</returns>
    public bool Open()
    {
        IsOpen = true;
        _rows = query.Rows(part);
        if (_rows.IsEmpty) return false;
        // Few rows of a part that is not in order of time are sorted; of many, only as many as will be asked for; or all are found by going through the order.
        if (!Part.IsTimeOrdered && _rows.Count <= RowSet.ListMax) _sorted = Sorted(All());
        else if (!Part.IsTimeOrdered && Part.IsOrderSlow && needed * SelectShare < _rows.Count) _sorted = Sorted(First((int)needed));
        var count = _sorted?.Length ?? (Part.IsTimeOrdered ? _rows.Count : Part.Rows);
        var start = page.After is { } after ? RankBehind(new(after.Time.Microseconds, after.Tenant.Length > 0 ? after.Tenant : Part.Tenant, after.Sequence), count) : page.Descending ? count - 1 : 0;
        (_rank, _end) = (start - Step, page.Descending ? -1 : count);
        return MoveNext();
    }

    public bool MoveNext()
    {
        for (_rank += Step; _rank != _end; _rank += Step)
        {
            Row = RowAt(_rank);
            if (_sorted is null && !Part.IsTimeOrdered && !_rows.Contains(Row)) continue;
            return HasRow = true;
        }
        return HasRow = false;
    }

    /// <summary>Passes over rows as long as they come before <paramref name="bound"/>, but at least one and at most <paramref name="most"/>.</summary>
    /// <returns>How many.</returns>
    public long SkipBefore(TimeKey? bound, long most)
    {
        if (_sorted is null && !Part.IsTimeOrdered)
        {
            MoveNext();
            return 1;
        }
        var last = page.Descending ? _end + 1 : _end - 1;
        if (bound is { } before)
        {
            var behind = RankBehind(before, _sorted?.Length ?? _rows.Count, inclusive: true);
            last = page.Descending ? Math.Max(last, behind + 1) : Math.Min(last, behind - 1);
        }
        var skipped = Math.Clamp(((long)last - _rank) * Step + 1, 1, most);
        _rank += (int)(skipped - 1) * Step;
        MoveNext();
        return skipped;
    }

    private TimeKey KeyOf(int row) => new(Part.Time(row), Part.Tenant, Part.FirstSequence + row);

    private int RowAt(int rank) => _sorted is { } sorted ? sorted[rank] : Part.IsTimeOrdered ? Buffered(rank) : Part.RowByTime(rank);

    /// <summary>The row of a rank, and its neighbours in the page's direction, which are likely to be asked for next.</summary>
    private int Buffered(int rank)
    {
        if (rank < _bufferStart || rank >= _bufferStart + _buffered)
        {
            if (_buffer.Length == 0) _buffer = new int[BufferRows];
            _bufferStart = page.Descending ? Math.Max(0, rank - _buffer.Length + 1) : rank;
            _buffered = _rows.Copy(_bufferStart, _buffer);
        }
        return _buffer[rank - _bufferStart];
    }

    /// <summary>The first rank, in the page's direction, whose row comes behind a key; with <paramref name="inclusive"/> also at it.</summary>
    private int RankBehind(TimeKey key, int count, bool inclusive = false)
    {
        // Ascending: the lowest rank beyond the key. Descending: the highest one before it.
        var beyond = page.Descending == inclusive;
        var (low, high) = (0, count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var order = KeyOf(RowAt(middle)).CompareTo(key);
            if (order < 0 || order == 0 && beyond) low = middle + 1;
            else high = middle;
        }
        return page.Descending ? low - 1 : low;
    }

    private int[] Sorted(int[] rows)
    {
        var keys = Array.ConvertAll(rows, row => (Part.Time(row), row));
        Array.Sort(keys, rows);
        return rows;
    }

    private int[] All()
    {
        var rows = new int[_rows.Count];
        _rows.Copy(0, rows);
        return rows;
    }

    /// <summary>The rows that come first in the page's direction, behind its cursor, in no particular order.</summary>
    private int[] First(int count)
    {
        var after = page.After is { } cursor ? new TimeKey(cursor.Time.Microseconds, cursor.Tenant.Length > 0 ? cursor.Tenant : Part.Tenant, cursor.Sequence) : (TimeKey?)null;
        // The root is the one that would come last: it goes when a better one is found.
        var best = new PriorityQueue<int, (long Time, int Row)>(Comparer<(long, int)>.Create(page.Descending ? (left, right) => left.CompareTo(right) : (left, right) => right.CompareTo(left)));
        foreach (var row in All())
        {
            if (after is { } behind && KeyOf(row).CompareTo(behind) is var order && (page.Descending ? order >= 0 : order <= 0)) continue;
            if (best.Count < count) best.Enqueue(row, (Part.Time(row), row));
            else best.EnqueueDequeue(row, (Part.Time(row), row));
        }
        return [.. best.UnorderedItems.Select(item => item.Element)];
    }
}
