using Domesday.Core.Query;
using Domesday.Storage.Postgres.Blocks;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>The order in which a walk goes.</summary>
internal readonly record struct WalkOrder(EventOrder By, bool Descending)
{
    /// <summary>Below zero when the left one comes first.</summary>
    public int Compare(in Place left, in Place right)
    {
        var order = By == EventOrder.Sequence ? 0 : left.Time.CompareTo(right.Time);
        if (order == 0) order = string.CompareOrdinal(left.Tenant, right.Tenant);
        if (order == 0) order = left.Sequence.CompareTo(right.Sequence);
        return Descending ? -order : order;
    }

    /// <summary>Whether a place comes behind where a page ended.</summary>
    public bool IsBehind(in Place place, PageCursor cursor)
    {
        var order = By == EventOrder.Sequence ? 0 : place.Time.CompareTo(cursor.Time.Microseconds);
        // Tenants stand between time and sequence; a cursor of one tenant does not name it.
        if (order == 0 && By != EventOrder.Sequence && cursor.Tenant.Length > 0) order = string.CompareOrdinal(place.Tenant, cursor.Tenant);
        if (order == 0) order = place.Sequence.CompareTo(cursor.Sequence);
        return Descending ? order < 0 : order > 0;
    }

    /// <summary>Whether some events may hold a place before this one.</summary>
    public bool MayPrecede(in Extent extent, in Place place) => (By, Descending) switch
    {
        (EventOrder.Sequence, false) => extent.First < place.Sequence,
        (EventOrder.Sequence, true) => extent.Size > place.Sequence,
        (_, false) => extent.MinTime <= place.Time,
        _ => extent.MaxTime >= place.Time,
    };

    /// <summary>Whether some events may hold a place before the first of others.</summary>
    public bool MayPrecede(in Extent extent, in Extent other) => (By, Descending) switch
    {
        (EventOrder.Sequence, false) => extent.First < other.First,
        (EventOrder.Sequence, true) => extent.Size > other.Size,
        (_, false) => extent.MinTime <= other.MinTime,
        _ => extent.MaxTime >= other.MaxTime,
    };

    /// <summary>Whether all places of some events come before all of others.</summary>
    public bool IsBefore(in Extent extent, in Extent other) => (By, Descending) switch
    {
        (EventOrder.Sequence, false) => extent.Size <= other.First,
        (EventOrder.Sequence, true) => extent.First >= other.Size,
        (_, false) => extent.MaxTime < other.MinTime,
        _ => extent.MinTime > other.MaxTime,
    };

    /// <summary>In the order in which a walk may need them.</summary>
    public IEnumerable<T> Sort<T>(IEnumerable<T> items, Func<T, Extent> extentOf) => (By, Descending) switch
    {
        (EventOrder.Sequence, false) => items.OrderBy(item => extentOf(item).First),
        (EventOrder.Sequence, true) => items.OrderByDescending(item => extentOf(item).First),
        (_, false) => items.OrderBy(item => extentOf(item).MinTime),
        _ => items.OrderByDescending(item => extentOf(item).MaxTime),
    };
}

/// <summary>Where an event stands.</summary>
/// <param name="Time">Microseconds since 1970.</param>
internal readonly record struct Place(string Tenant, long Time, long Sequence);
