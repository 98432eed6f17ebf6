using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>A legal hold: what it is about stays, whatever retention says, until it is released. Released ones are kept: that there was one is a part of the case.</summary>
public sealed record HoldRecord : ControlRecord
{
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    /// <summary>The reference by which people know the matter, such as a court's or a ticket's.</summary>
    public required string Case { get; init; }

    public required string Reason { get; init; }

    /// <summary>Events from this time on are held; null: from the beginning.</summary>
    public Timestamp? From { get; init; }

    /// <summary>Events before this time are held; null: without an end.</summary>
    public Timestamp? To { get; init; }

    /// <summary>Which events are held, in the form of a query's parameters; null for all.</summary>
    public string? Filter { get; init; }

    public required Timestamp PlacedAt { get; init; }

    /// <summary>Name of who placed it.</summary>
    public required string PlacedBy { get; init; }

    /// <summary>Null while it is in force.</summary>
    public Timestamp? ReleasedAt { get; init; }

    /// <inheritdoc cref="PlacedBy"/>
    public string? ReleasedBy { get; init; }

    /// <summary>Why it was released.</summary>
    public string? ReleaseReason { get; init; }

    public override string Key => Id;

    public override string Label => Case;

    public override string? Concerns => Tenant;
}
