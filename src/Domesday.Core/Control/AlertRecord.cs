using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>A rule that tells people when something happens, or does not.</summary>
public sealed record AlertRecord : ControlRecord
{
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    /// <summary>For people; unique in its tenant.</summary>
    public required string Name { get; init; }

    /// <summary>Which events count, in the form of a query's parameters; null for all.</summary>
    public string? Filter { get; init; }

    /// <summary><c>each</c>, <c>count</c>, <c>first_seen</c> or <c>absence</c>.</summary>
    public required string Condition { get; init; }

    /// <summary>Of <c>count</c>: so many events within the window.</summary>
    public int Count { get; init; }

    /// <summary>Of <c>count</c> and <c>absence</c>, in seconds.</summary>
    public int WindowSeconds { get; init; }

    /// <summary>Paths of the fields that part events into groups, each of which counts by itself.</summary>
    public IReadOnlyList<string> GroupBy { get; init; } = [];

    /// <summary>So long after an alert a group raises no other one, in seconds.</summary>
    public int CooldownSeconds { get; init; }

    /// <summary>critical, error, warning or info.</summary>
    public required string Severity { get; init; }

    /// <summary>Ids of the sinks that get the alert.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    public Timestamp? MutedUntil { get; init; }

    public bool Disabled { get; init; }

    /// <summary>The first event that is looked at.</summary>
    public required long StartSequence { get; init; }

    public required Timestamp CreatedAt { get; init; }

    public required Timestamp UpdatedAt { get; init; }

    public override string Key => Id;

    public override string Label => Name;

    public override string? Concerns => Tenant;
}
