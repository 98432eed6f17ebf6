using Domesday.Events;

namespace Domesday.Client;

/// <summary>A page of events.</summary>
/// <param name="NextCursor">Null on the last page.</param>
/// <param name="Total">How many match in all; null unless it was asked for.</param>
/// <param name="CompleteThrough">Everything received until then is in the answer.</param>
public sealed record EventPage(IReadOnlyList<StoredEvent> Events, string? NextCursor, long? Total, Timestamp CompleteThrough);

/// <summary>Which page of events.</summary>
public sealed record PageRequest
{
    /// <summary>1 to 1,000.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>Oldest first.</summary>
    public bool Ascending { get; init; }

    /// <summary>By the time when events happened, instead of the order in which they were recorded.</summary>
    public bool ByTime { get; init; }

    /// <summary><see cref="EventPage.NextCursor"/> of the page before.</summary>
    public string? Cursor { get; init; }

    /// <summary>Events to pass over; not together with a cursor.</summary>
    public long Offset { get; init; }

    /// <summary>Also counts everything that matches.</summary>
    public bool Total { get; init; }

    internal EventSelection AddTo(EventSelection selection)
    {
        selection = selection.With("limit", $"{Limit}");
        if (Ascending) selection = selection.With("order", "asc");
        if (ByTime) selection = selection.With("sort", "time");
        if (Cursor is not null) selection = selection.With("cursor", Cursor);
        if (Offset > 0) selection = selection.With("offset", $"{Offset}");
        return Total ? selection.With("total", "true") : selection;
    }
}

/// <summary>One event, and what refers to it, oldest first: notes, corrections, sign-offs.</summary>
public sealed record EventWithNotes(StoredEvent Event, IReadOnlyList<StoredEvent> Notes);
