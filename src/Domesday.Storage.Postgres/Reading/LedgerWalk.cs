using Domesday.Core.Query;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Storage.Postgres.Blocks;
using Npgsql;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>Goes through the events of one ledger that match, in order.</summary>
internal sealed class LedgerWalk
{
    private const int BatchMin = 64;
    private const int BatchMax = 512;
    private const int LoadMin = 1 << 13;
    private const int LoadMinFiltered = 1 << 16;
    private const int LoadMax = 1 << 18;

    private readonly NpgsqlConnection _connection;
    private readonly LedgerSnapshot _ledger;
    private readonly BlockFilter _filter;
    private readonly WalkOrder _order;
    private readonly PageCursor? _after;
    private readonly bool _withEntries;
    private readonly BlockColumns _columns;
    private readonly Queue<LedgerDay> _waiting;
    private readonly List<BlockScan> _open = [];
    private readonly ChunkReader _chunks;
    private readonly Queue<FoundEvent> _found = new();
    private readonly FieldSlice[] _slices = new FieldSlice[EventSchema.Count];
    private List<BlockHead> _blocks = [];
    private Queue<(Extent Extent, BlockScan Scan)> _loaded = [];
    private int _load;
    private long _wanted;
    private int _batch = BatchMin;

    /// <param name="wanted">How many places are likely to be asked for.</param>
    /// <param name="withEntries">Whether the entries are wanted, too.</param>
    public LedgerWalk(NpgsqlConnection connection, LedgerSnapshot ledger, BlockFilter filter, WalkOrder order, PageCursor? after, long wanted, bool withEntries)
    {
        (_connection, _ledger, _filter, _order, _after, _wanted) = (connection, ledger, filter, order, after, wanted);
        _withEntries = withEntries || filter.Residual is not null;
        _columns = BlockColumns.Time | filter.Columns;
        _load = filter.Columns.IsNone ? LoadMin : LoadMinFiltered;
        _waiting = new(order.Sort(ledger.Days.Where(day => filter.Reaches(day.Extent)), day => day.Extent));
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
        if (_filter.Residual is not null || _after is not null) return offset;
        while (offset > 0 && _waiting.TryPeek(out var day) && _waiting.Skip(1).All(other => _order.IsBefore(day.Extent, other.Extent)))
        {
            var count = _filter.Covers(day.Extent) ? _ledger.Kept(day.Extent) : await new EventCounts(_connection, _ledger with { Days = [day] }, _filter).CountAsync(cancellation);
            if (count > offset) break;
            _waiting.Dequeue();
            offset -= count;
        }
        if (offset == 0 || !_waiting.TryPeek(out var first) || !_waiting.Skip(1).All(other => _order.IsBefore(first.Extent, other.Extent))) return offset;
        await OpenDayAsync(cancellation);
        while (_blocks is [var block, ..] && _ledger.Kept(block.Extent) is var kept && kept <= offset && _filter.Covers(block.Extent) && _blocks.Skip(1).All(other => _order.IsBefore(block.Extent, other.Extent)))
        {
            _blocks.RemoveAt(0);
            offset -= kept;
        }
        return offset;
    }

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
            var best = Best();
            if (_waiting.TryPeek(out var day) && (best is null || _order.MayPrecede(day.Extent, best.Head)) && (_blocks.Count == 0 || _order.MayPrecede(day.Extent, _blocks[0].Extent)))
            {
                await OpenDayAsync(cancellation);
            }
            else if (_loaded.TryPeek(out var loaded) && (best is null || _order.MayPrecede(loaded.Extent, best.Head)))
            {
                _open.Add(_loaded.Dequeue().Scan);
            }
            else if (_blocks.Count > 0 && (best is null || _order.MayPrecede(_blocks[0].Extent, best.Head)))
            {
                await LoadBlocksAsync(cancellation);
            }
            else if (best is null)
            {
                return null;
            }
            else
            {
                var head = best.Head;
                best.Take();
                return head;
            }
        }
    }

    private BlockScan? Best()
    {
        BlockScan? best = null;
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            if (_open[i].IsEmpty) _open.RemoveAt(i);
            else if (best is null || _order.Compare(_open[i].Head, best.Head) < 0) best = _open[i];
        }
        return best;
    }

    private async ValueTask OpenDayAsync(CancellationToken cancellation)
    {
        var heads = await BlockReader.HeadsAsync(_connection, _ledger, _waiting.Dequeue().Day, _filter, cancellation);
        _blocks = [.. _order.Sort(_blocks.Concat(heads), head => head.Extent)];
    }

    private async ValueTask LoadBlocksAsync(CancellationToken cancellation)
    {
        var loaded = await BlockReader.LoadAsync(_connection, _ledger, _blocks, _columns, _load, cancellation);
        _blocks.RemoveRange(0, loaded.Count);
        _load = Math.Min(_load * 2, LoadMax);
        var scans = loaded.ConvertAll(block => (block.Head.Extent, Scan: new BlockScan(_ledger.Name, block.Block, _filter.Matches(block.Block, block.Head.Extent), _order, _after, _wanted)));
        _loaded = new(_order.Sort(_loaded.Concat(scans).Where(scan => !scan.Scan.IsEmpty), scan => scan.Extent));
    }

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
            // Erased since this moment.
            if (entries[i].IsEmpty) continue;
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
