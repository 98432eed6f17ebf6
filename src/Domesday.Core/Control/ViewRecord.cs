using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>A selection of events that somebody saved under a name.</summary>
public sealed record ViewRecord : ControlRecord
{
    /// <summary>Short, for links.</summary>
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    /// <summary>For people.</summary>
    public required string Name { get; init; }

    /// <summary>The parameters that select the events and say how they are shown, as in a URL.</summary>
    public required string Query { get; init; }

    /// <summary>Id of the principal who saved it.</summary>
    public required string Owner { get; init; }

    /// <summary>The owner as people know it.</summary>
    public required string OwnerName { get; init; }

    /// <summary>Others of the tenant see it too.</summary>
    public bool Shared { get; init; }

    public required Timestamp CreatedAt { get; init; }

    public override string Key => Id;

    public override string Label => Name;

    public override string? Concerns => Tenant;
}
