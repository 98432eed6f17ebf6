using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>One receiver that a tenant's events are forwarded to.</summary>
public sealed record SinkRecord : ControlRecord
{
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    /// <summary>For people; unique in its tenant.</summary>
    public required string Name { get; init; }

    /// <summary>Such as <c>webhook</c>.</summary>
    public required string Type { get; init; }

    /// <summary>What is no secret, by the type's own names.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>As <see cref="Secrets.SecretBox"/> sealed them, by the type's own names. Null in what tenants are told.</summary>
    public IReadOnlyDictionary<string, string>? Secrets { get; init; }

    /// <summary>Which events it gets, in the form of a query's parameters; null for all.</summary>
    public string? Filter { get; init; }

    /// <summary>Paths of the only fields that it gets; null for all.</summary>
    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>The form that events have there; null for the type's own.</summary>
    public string? Format { get; init; }

    /// <summary>It gets nothing but the alerts whose rules name it.</summary>
    public bool Channel { get; init; }

    public bool Paused { get; init; }

    /// <summary>The first event that it gets.</summary>
    public required long StartSequence { get; init; }

    /// <summary>Events of a batch at most; null: as many as the type takes.</summary>
    public int? BatchEvents { get; init; }

    /// <summary>How long a batch that is not full waits for more, in milliseconds; null: as the type has it.</summary>
    public int? BatchMilliseconds { get; init; }

    public required Timestamp CreatedAt { get; init; }

    /// <summary>Id of the principal who made it.</summary>
    public required string CreatedBy { get; init; }

    public required Timestamp UpdatedAt { get; init; }

    public override string Key => Id;

    public override string Label => Name;

    public override string? Concerns => Tenant;
}
