using Domesday.Events;

namespace Domesday.Core.Query;

/// <summary>A page of events.</summary>
public sealed record EventQuery
{
    public EventFilter Filter { get; init; } = EventFilter.All;

    public EventOrder Order { get; init; }

    /// <summary>Newest first.</summary>
    public bool Descending { get; init; } = true;

    /// <summary>Events of a page; 0 to 10,000.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>Continues behind an earlier page; instead of <see cref="Offset"/>.</summary>
    public PageCursor? After { get; init; }

    /// <summary>Events to pass over first.</summary>
    public long Offset { get; init; }

    /// <summary>Also count everything that matches, exactly.</summary>
    public bool Total { get; init; }
}

public enum EventOrder
{
    /// <summary>As they were recorded. Needs one tenant.</summary>
    Sequence,

    /// <summary>As they happened; equal times by tenant, then sequence.</summary>
    Time,
}

/// <summary>An entry as the ledger keeps it.</summary>
/// <param name="Bytes">Canonical form; may share a buffer, see the method that returned it.</param>
public readonly record struct StoredEntry(string Tenant, long Sequence, ReadOnlyMemory<byte> Bytes);

/// <summary>The answer to an <see cref="EventQuery"/>, all from one snapshot.</summary>
public sealed record EventPage
{
    public required IReadOnlyList<StoredEntry> Entries { get; init; }

    /// <summary>Continues behind the last entry; null when nothing further matched.</summary>
    public PageCursor? Next { get; init; }

    public long? Total { get; init; }

    /// <summary>Everything acknowledged up to this moment is in the answer, if it matches.</summary>
    public required Timestamp CompleteThrough { get; init; }
}
