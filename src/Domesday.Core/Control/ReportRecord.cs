using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>A usage report that is made and sent by itself, again and again.</summary>
public sealed record ReportRecord : ControlRecord
{
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    /// <summary>For people; unique in its tenant.</summary>
    public required string Name { get; init; }

    /// <summary><c>project</c>, <c>actor</c>, <c>service</c> or <c>day</c>.</summary>
    public required string By { get; init; }

    /// <summary>Which events count, in the form of a query's parameters; null for all.</summary>
    public string? Filter { get; init; }

    /// <summary><c>day</c>, <c>week</c> (from Monday on) or <c>month</c>: how long a time each report is about, in UTC.</summary>
    public required string Every { get; init; }

    /// <summary>How many hours after the end of that time it is sent, 0 to 23.</summary>
    public int Hour { get; init; }

    /// <summary>Ids of the sinks that get it.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    public bool Disabled { get; init; }

    public required Timestamp CreatedAt { get; init; }

    public required Timestamp UpdatedAt { get; init; }

    public override string Key => Id;

    public override string Label => Name;

    public override string? Concerns => Tenant;
}
