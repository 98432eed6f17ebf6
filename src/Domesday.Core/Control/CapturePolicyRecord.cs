using Domesday.Events.Capture;

namespace Domesday.Core.Control;

/// <summary>What is captured for a tenant, by whatever captures for it.</summary>
public sealed record CapturePolicyRecord : ControlRecord
{
    public required string Tenant { get; init; }

    public required CapturePolicy Policy { get; init; }

    public override string Key => Tenant;

    public override string Label => Tenant;

    public override string? Concerns => Tenant;
}
