using Domesday.Core.Query;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Npgsql;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>Goes through the events of one ledger that match, in order.</summary>
internal sealed class LedgerWalk
{
    private const int BatchMin = 64;
    private const int BatchMax = 512;

    private readonly NpgsqlConnection _connection;
    private readonly LedgerSnapshot _ledger;
    private readonly FilterSql _filter;
    private readonly WalkOrder _order;
    private readonly PageCursor? _after;
    private readonly bool _withEntries;
    private readonly Queue<LedgerDay> _waiting;
    private readonly List<DayScan> _open = [];
    private readonly ChunkReader _chunks;
    private readonly Queue<FoundEvent> _found = new();
    private readonly FieldSlice[] _slices = new FieldSlice[EventSchema.Count];
    private long _wanted;
    private int _batch = BatchMin;

    /// <param name="wanted">How many places are likely to be asked for.</param>
    /// <param name="withEntries">Whether the entries are wanted, too.</param>
    public LedgerWalk(NpgsqlConnection connection, LedgerSnapshot ledger, FilterSql filter, WalkOrder order, PageCursor? after, long wanted, bool withEntries)
    {
        (_connection, _ledger, _filter, _order, _after, _wanted) = (connection, ledger, filter, order, after, wanted);
        _withEntries = withEntries || filter.Residual is not null;
        _waiting = new(order.Sort(ledger.Days.Where(filter.Reaches)));
        _chunks = new(connection, ledger.Ledger, ledger.Days);
    }

    public LedgerSnapshot Ledger => _ledger;

    public ChunkReader Chunks => _chunks;

    public async ValueTask<FoundEvent?> PeekAsync(CancellationToken cancellation)
    {
        while (_found.Count == 0)
        {
            var places = await PlacesAsync(cancellation);
            if (places.Count == 0) return null;
            await KeepMatchingAsync(places, cancellation);
        }
        return _found.Peek();
    }

    public void Take() => _found.Dequeue();

    /// <summary>Passes over as many as can be passed over without looking at each.</summary>
    /// <returns>How many are still to be passed over.</returns>
    public async ValueTask<long> SkipAsync(long offset, CancellationToken cancellation)
    {
        if (_filter.Residual is not null || _after is not null || !AreApart) return offset;
        while (offset > 0 && _waiting.TryPeek(out var day))
        {
            var count = _filter.Covers(day) ? day.Events : await EventCounts.CountAsync(_connection, [day], _filter, cancellation);
            if (count <= offset)
            {
                _waiting.Dequeue();
                offset -= count;
                continue;
            }
            if (await OpenAsync(_waiting.Dequeue(), offset, cancellation) is { } scan) _open.Add(scan);
            return 0;
        }
        return offset;
    }

    /// <summary>Whether each day comes as a whole before or after every other.</summary>
    private bool AreApart => _order.By == EventOrder.Sequence || _waiting.OrderBy(day => day.MinTime).Aggregate((End: long.MinValue, Apart: true), (sofar, day) => (Math.Max(sofar.End, day.MaxTime), sofar.Apart && day.MinTime > sofar.End)).Apart;

    private async ValueTask<List<Place>> PlacesAsync(CancellationToken cancellation)
    {
        var count = _withEntries ? _batch : (int)Math.Clamp(_wanted, 1, BatchMax);
        _batch = Math.Min(_batch * 2, BatchMax);
        var places = new List<Place>(count);
        while (places.Count < count && await NextAsync(cancellation) is { } place) places.Add(place);
        _wanted -= places.Count;
        return places;
    }

    private async ValueTask<Place?> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var best = await BestAsync(cancellation);
            if (_waiting.TryPeek(out var day) && (best is null || _order.MayPrecede(day, best.Head)))
            {
                if (await OpenAsync(_waiting.Dequeue(), 0, cancellation) is { } scan) _open.Add(scan);
                continue;
            }
            if (best is null) return null;
            var head = best.Head;
            best.Take();
            return head;
        }
    }

    private async ValueTask<DayScan?> BestAsync(CancellationToken cancellation)
    {
        DayScan? best = null;
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            if (!await _open[i].FillAsync(Fetch, cancellation)) _open.RemoveAt(i);
            else if (best is null || _order.Compare(_open[i].Head, best.Head) < 0) best = _open[i];
        }
        return best;
    }

    private async ValueTask<DayScan?> OpenAsync(LedgerDay day, long offset, CancellationToken cancellation)
    {
        var scan = new DayScan(_connection, _ledger, day, _filter, _order, _after);
        scan.Skip(offset);
        return await scan.FillAsync(Fetch, cancellation) ? scan : null;
    }

    private long Fetch => _filter.Residual is null ? Math.Max(_wanted, BatchMin) : BatchMax * 2;

    private async ValueTask KeepMatchingAsync(List<Place> places, CancellationToken cancellation)
    {
        if (!_withEntries)
        {
            foreach (var place in places) _found.Enqueue(new(place, default));
            return;
        }
        var entries = await _chunks.EntriesAsync(places.ConvertAll(place => place.Sequence), cancellation);
        for (var i = 0; i < places.Count; i++)
        {
            if (Matches(entries[i].Span, places[i].Sequence)) _found.Enqueue(new(places[i], entries[i]));
        }
    }

    private bool Matches(ReadOnlySpan<byte> entry, long sequence)
    {
        if (_filter.Residual is not { } residual) return true;
        EntrySlicer.Slice(entry, _slices);
        return residual.Matches(entry, _slices, sequence);
    }
}

/// <summary>An event that matched.</summary>
/// <param name="Entry">Empty when entries were not wanted.</param>
internal readonly record struct FoundEvent(Place Place, ReadOnlyMemory<byte> Entry);
