using System.Globalization;
using Domesday.Core.Query;
using Domesday.Storage.Postgres.Schema;
using Npgsql;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>The places of one day that match, in order, fetched some at a time.</summary>
/// <param name="after">Where to go on; null for the beginning.</param>
internal sealed class DayScan(NpgsqlConnection connection, LedgerSnapshot ledger, LedgerDay day, FilterSql filter, WalkOrder order, PageCursor? after)
{
    private const int FetchMax = 2_000;

    private readonly Queue<Place> _fetched = new();
    private PageCursor? _after = after;
    private long _offset;
    private bool _isAtEnd;

    public bool IsEmpty => _fetched.Count == 0;

    public Place Head => _fetched.Peek();

    public void Take() => _fetched.Dequeue();

    /// <summary>Passes over places before anything is fetched.</summary>
    public void Skip(long offset) => _offset = offset;

    /// <summary>Fetches more when nothing is left.</summary>
    /// <returns>False at the end of the day.</returns>
    public async ValueTask<bool> FillAsync(long wanted, CancellationToken cancellation)
    {
        if (_fetched.Count > 0) return true;
        if (_isAtEnd) return false;
        var limit = (int)Math.Clamp(wanted, 1, FetchMax);
        await using var command = Command(limit);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) _fetched.Enqueue(new(ledger.Name, reader.GetInt64(0), reader.GetInt64(1)));
        _isAtEnd = _fetched.Count < limit;
        _offset = 0;
        if (_fetched.Count > 0) _after = new PageCursor(new(_fetched.Last().Time), "", _fetched.Last().Sequence);
        return _fetched.Count > 0;
    }

    private NpgsqlCommand Command(int limit)
    {
        var (keyset, values) = Keyset();
        var paging = string.Create(CultureInfo.InvariantCulture, $"limit {limit} offset {_offset}");
        var command = filter.Command(connection, $"select time, sequence from {Partitions.NameOf("event", day.Day)} where {filter.Where}{keyset} order by {order.Sql} {paging}");
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = value });
        return command;
    }

    private (string Condition, long[] Values) Keyset()
    {
        if (_after is not { } cursor) return ("", []);
        var behind = order.Descending ? "<" : ">";
        var (first, second) = ($"${filter.NextParameter}", $"${filter.NextParameter + 1}");
        if (order.By == EventOrder.Sequence) return ($" and sequence {behind} {first}", [cursor.Sequence]);
        // Tenants stand between time and sequence: another one is behind or before the cursor as a whole.
        var tenant = cursor.Tenant.Length == 0 ? 0 : string.CompareOrdinal(ledger.Name, cursor.Tenant);
        if (tenant == 0) return ($" and (time, sequence) {behind} ({first}, {second})", [cursor.Time.Microseconds, cursor.Sequence]);
        var isBehind = order.Descending ? tenant < 0 : tenant > 0;
        return ($" and time {behind}{(isBehind ? "=" : "")} {first}", [cursor.Time.Microseconds]);
    }
}
