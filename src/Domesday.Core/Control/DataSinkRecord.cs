using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>Where a tenant wants its events to be forwarded to: one set of targets under one name.</summary>
public sealed record DataSinkRecord : ControlRecord
{
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    /// <summary>For people.</summary>
    public required string Name { get; init; }

    public required IReadOnlyList<DataSinkTarget> Targets { get; init; }

    /// <summary>The first event that they get; null for sinks that were stored before anything was forwarded: they begin with what comes.</summary>
    public long? StartSequence { get; init; }

    public required Timestamp CreatedAt { get; init; }

    public required Timestamp UpdatedAt { get; init; }

    public override string Key => Id;

    public override string Label => Name;

    public override string? Concerns => Tenant;

    /// <summary>Without the sealed secrets.</summary>
    internal DataSinkRecord Public() => this with { Targets = [.. Targets.Select(target => target with { Secrets = null })] };
}

/// <summary>One receiver.</summary>
public sealed record DataSinkTarget
{
    /// <summary>Such as <c>cloudwatch</c>.</summary>
    public required string Type { get; init; }

    /// <summary>What is no secret, by the receiver's own names.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>As <see cref="Secrets.SecretBox"/> sealed them, by the receiver's own names. Null in what tenants are told.</summary>
    public IReadOnlyDictionary<string, string>? Secrets { get; init; }
}
