namespace Domesday.Core.Control;

/// <summary>How long a tenant's events are kept; without a record for ever.</summary>
public sealed record RetentionRecord : ControlRecord
{
    public required string Tenant { get; init; }

    public required RetentionPolicy Policy { get; init; }

    public override string Key => Tenant;

    public override string Label => Tenant;

    public override string? Concerns => Tenant;
}
