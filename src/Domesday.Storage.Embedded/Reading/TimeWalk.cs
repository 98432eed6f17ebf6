using Domesday.Core.Query;

namespace Domesday.Storage.Embedded.Reading;

/// <summary>Goes through parts of one or several ledgers in the order of their times: equal times by tenant, then by sequence.</summary>
internal sealed class TimeWalk : Walk
{
    private readonly PriorityQueue<TimeCursor, TimeKey> _queue;

    public TimeWalk(IReadOnlyList<LedgerQuery> queries, EventQuery page, long needed)
    {
        _queue = new(Comparer<TimeKey>.Create(page.Descending ? (left, right) => right.CompareTo(left) : (left, right) => left.CompareTo(right)));
        foreach (var query in queries)
        {
            for (var part = 0; part < query.Parts.Count; part++)
            {
                var bound = page.Descending ? query.Parts[part].TimeMax : query.Parts[part].TimeMin;
                // A part is opened when its turn may have come: its first event is not before its bound.
                _queue.Enqueue(new(query, part, page, needed), new(bound, query.Parts[part].Tenant, page.Descending ? long.MaxValue : -1));
            }
        }
    }

    public override bool TryNext(out LedgerPart part, out int row)
    {
        while (_queue.TryDequeue(out var cursor, out _))
        {
            if (cursor.IsOpen)
            {
                (part, row) = (cursor.Part, cursor.Row);
                if (cursor.MoveNext()) _queue.Enqueue(cursor, cursor.Key);
                return true;
            }
            if (cursor.Open()) _queue.Enqueue(cursor, cursor.Key);
        }
        (part, row) = (null!, 0);
        return false;
    }

    public override void Skip(long count)
    {
        while (count > 0 && _queue.TryDequeue(out var cursor, out _))
        {
            if (!cursor.IsOpen)
            {
                if (cursor.Open()) _queue.Enqueue(cursor, cursor.Key);
                continue;
            }
            var before = _queue.TryPeek(out _, out var next) ? next : (TimeKey?)null;
            count -= cursor.SkipBefore(before, count);
            if (cursor.HasRow) _queue.Enqueue(cursor, cursor.Key);
        }
    }
}

/// <summary>The place of an event in the order of times.</summary>
internal readonly record struct TimeKey(long Time, string Tenant, long Sequence) : IComparable<TimeKey>
{
    public int CompareTo(TimeKey other)
    {
        var order = Time.CompareTo(other.Time);
        if (order == 0) order = string.CompareOrdinal(Tenant, other.Tenant);
        return order != 0 ? order : Sequence.CompareTo(other.Sequence);
    }
}
