using Domesday.Core.Query;
using Domesday.Storage.Embedded.Rows;

namespace Domesday.Storage.Embedded.Reading;

/// <summary>Goes through one ledger in the order of its sequences, part by part.</summary>
internal sealed class SequenceWalk : Walk
{
    private readonly LedgerQuery? _query;
    private readonly bool _descending;
    private readonly long? _behind;
    private readonly int[] _buffer = new int[256];
    private int _part;
    private RowSet _rows = RowSet.Empty;
    private int _left;
    private int _buffered;
    private int _next;

    public SequenceWalk(LedgerQuery? query, EventQuery page)
    {
        (_query, _descending, _behind) = (query, page.Descending, page.After?.Sequence);
        _part = _descending ? query?.Parts.Count ?? 0 : -1;
    }

    public override bool TryNext(out LedgerPart part, out int row)
    {
        (part, row) = (null!, 0);
        while (_next >= _buffered)
        {
            if (_left == 0 && !NextPart()) return false;
            Fill();
        }
        part = _query!.Parts[_part];
        row = _buffer[_descending ? _buffered - 1 - _next : _next];
        _next++;
        return true;
    }

    public override void Skip(long count)
    {
        while (count > 0)
        {
            var buffered = Math.Min(count, _buffered - _next);
            _next += (int)buffered;
            count -= buffered;
            if (count == 0 || _left == 0 && !NextPart()) return;
            var skipped = (int)Math.Min(count, _left);
            _left -= skipped;
            count -= skipped;
        }
    }

    private bool NextPart()
    {
        if (_query is null) return false;
        (_buffered, _next) = (0, 0);
        while (true)
        {
            _part += _descending ? -1 : 1;
            if (_part < 0 || _part >= _query.Parts.Count) return false;
            var part = _query.Parts[_part];
            if (_behind is { } behind && (_descending ? part.FirstSequence >= behind : part.FirstSequence + part.Rows - 1 <= behind)) continue;
            _rows = _query.Rows(_part);
            if (_behind is { } cursor)
            {
                var row = (int)Math.Clamp(cursor - part.FirstSequence, -1, part.Rows);
                _rows = _rows.And(_descending ? RowSet.Range(0, row) : RowSet.Range(row + 1, part.Rows));
            }
            _left = _rows.Count;
            if (_left > 0) return true;
        }
    }

    /// <summary>Copies the next rows, ascending, whichever way they are then read.</summary>
    private void Fill()
    {
        var count = Math.Min(_left, _buffer.Length);
        var rank = _descending ? _left - count : _rows.Count - _left;
        _rows.Copy(rank, _buffer.AsSpan(0, count));
        (_buffered, _next) = (count, 0);
        _left -= count;
    }
}
