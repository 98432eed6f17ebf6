using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Storage.Postgres.Blocks;
using Domesday.Storage.Postgres.Ledgers;
using Npgsql;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>Asks which blocks there are on the same way as what the ledger has become, by what was known of it when it was read the last time: a page then goes to the database one time less. What turns out to be known no better is asked again.</summary>
internal sealed class HeadsAhead
{
    private const int DaysMax = 4;

    private readonly int _codes;
    private readonly int _forgotten;
    private readonly LedgerNumbers _numbers;
    private readonly BlockFilter _filter;
    private readonly List<int> _days;
    private readonly List<IReadOnlyList<BlockHead>> _heads = [];

    private HeadsAhead(LedgerSnapshot last, AccessScope scope, EventQuery query)
    {
        // Before the filter looks values up: what becomes known meanwhile is not in it.
        (_codes, _forgotten, _numbers) = (last.Ledger.Codes.Known, last.Ledger.Codes.Forgotten, last.Ledger.Numbers);
        _filter = BlockFilter.Of(last, scope, query.Filter);
        var order = new WalkOrder(query.Order, query.Descending);
        // A total looks at all of them, a page without one only at the first, mostly.
        _days = [.. order.Sort(last.Days.Where(day => _filter.Reaches(day.Extent)), day => day.Extent).Take(query.Total ? DaysMax : 1).Select(day => day.Day)];
    }

    /// <param name="last">What the ledger was when it was read the last time.</param>
    /// <returns>Null when nothing can be asked.</returns>
    public static HeadsAhead? Of(LedgerSnapshot last, AccessScope scope, EventQuery query)
    {
        // Who passes over many events may pass over whole days.
        if (query.Offset > 0) return null;
        var ahead = new HeadsAhead(last, scope, query);
        return ahead._days.Count > 0 ? ahead : null;
    }

    public void AddTo(NpgsqlBatch batch)
    {
        foreach (var day in _days) BlockReader.AddHeads(batch, _numbers, day, _filter);
    }

    /// <param name="reader">At the first result of what was added.</param>
    public async ValueTask ReadAsync(NpgsqlDataReader reader, CancellationToken cancellation)
    {
        foreach (var day in _days) _heads.Add(await BlockReader.ReadHeadsAsync(reader, day, _filter, cancellation));
    }

    /// <summary>Gives the ledger, as the transaction sees it, what was read in the same transaction, if it was asked for by the right numbers.</summary>
    /// <param name="codes">Highest code that it has.</param>
    /// <param name="forgotten">How often its dictionary has forgotten some.</param>
    public void GiveTo(LedgerSnapshot ledger, int codes, int forgotten)
    {
        if (codes > _codes || forgotten > _forgotten || ledger.Ledger.Numbers.Buckets.Length > _numbers.Buckets.Length) return;
        foreach (var (day, heads) in _days.Zip(_heads)) ledger.Heads[(day, _filter.Filter)] = heads;
    }
}
