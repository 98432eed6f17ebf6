using Domesday.Core.Access;
using Domesday.Core.Query;

namespace Domesday.Http.Parameters;

/// <summary>The parameters of order and paging.</summary>
public static class PageParameters
{
    private const int LimitMax = 1_000;
    private const int LimitDefault = 50;

    /// <summary>Reads <c>sort</c> and <c>order</c>.</summary>
    /// <param name="descending">What it is when <c>order</c> is not given.</param>
    public static (EventOrder Order, bool Descending) Order(ParameterReader reader, AccessScope scope, bool descending)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(scope);
        var sort = reader.Choice("sort", ["sequence", "time"]);
        if (sort == "sequence" && scope.IsAllTenants) reader.Refuse("sort", "must be time for all tenants: each tenant has sequences of its own");
        var order = sort == "time" || scope.IsAllTenants ? EventOrder.Time : EventOrder.Sequence;
        return (order, reader.Choice("order", ["desc", "asc"]) switch { "desc" => true, "asc" => false, _ => descending });
    }

    /// <summary>Reads everything that a page of events can be asked for with.</summary>
    /// <param name="limitMax">Largest page.</param>
    /// <param name="limitDefault">Page when <c>limit</c> is not given.</param>
    public static EventQuery Query(ParameterReader reader, AccessScope scope, DateTimeOffset now, int limitMax = LimitMax, int limitDefault = LimitDefault)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var filter = EventParameters.Filter(reader, now);
        var (order, descending) = Order(reader, scope, descending: true);
        var query = new EventQuery
        {
            Filter = filter,
            Order = order,
            Descending = descending,
            Limit = (int)(reader.Number("limit", 1, limitMax) ?? limitDefault),
            After = Cursor(reader, scope),
            Offset = reader.Number("offset", 0, long.MaxValue) ?? 0,
            Total = reader.Flag("total"),
        };
        if (query.After is not null && reader.Has("offset")) reader.Refuse("offset", "and cursor exclude each other");
        return query;
    }

    private static PageCursor? Cursor(ParameterReader reader, AccessScope scope)
    {
        if (reader.Text("cursor") is not { } text) return null;
        if (!PageCursor.TryParse(text, out var cursor))
        {
            reader.Refuse("cursor", "is not a cursor that this service made");
            return null;
        }
        if (cursor.Value.Tenant.Length > 0 != scope.IsAllTenants) reader.Refuse("cursor", "belongs to another list");
        return cursor;
    }
}
