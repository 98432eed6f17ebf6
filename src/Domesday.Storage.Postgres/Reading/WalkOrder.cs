using Domesday.Core.Query;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>The order in which a walk goes.</summary>
internal readonly record struct WalkOrder(EventOrder By, bool Descending)
{
    /// <summary>As SQL orders it.</summary>
    public string Sql => (By, Descending) switch
    {
        (EventOrder.Sequence, false) => "sequence",
        (EventOrder.Sequence, true) => "sequence desc",
        (_, false) => "time, sequence",
        _ => "time desc, sequence desc",
    };

    /// <summary>Below zero when the left one comes first.</summary>
    public int Compare(in Place left, in Place right)
    {
        var order = By == EventOrder.Sequence ? 0 : left.Time.CompareTo(right.Time);
        if (order == 0) order = string.CompareOrdinal(left.Tenant, right.Tenant);
        if (order == 0) order = left.Sequence.CompareTo(right.Sequence);
        return Descending ? -order : order;
    }

    /// <summary>Whether a day may hold a place before this one.</summary>
    public bool MayPrecede(LedgerDay day, in Place place) => (By, Descending) switch
    {
        (EventOrder.Sequence, false) => day.First < place.Sequence,
        (EventOrder.Sequence, true) => day.Size > place.Sequence,
        (_, false) => day.MinTime <= place.Time,
        _ => day.MaxTime >= place.Time,
    };

    /// <summary>Days in the order in which a walk may need them.</summary>
    public IEnumerable<LedgerDay> Sort(IEnumerable<LedgerDay> days) => (By, Descending) switch
    {
        (EventOrder.Sequence, false) => days.OrderBy(day => day.First),
        (EventOrder.Sequence, true) => days.OrderByDescending(day => day.First),
        (_, false) => days.OrderBy(day => day.MinTime),
        _ => days.OrderByDescending(day => day.MaxTime),
    };
}

/// <summary>Where an event stands.</summary>
/// <param name="Time">Microseconds since 1970.</param>
internal readonly record struct Place(string Tenant, long Time, long Sequence);
