using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>Gives a role to somebody, in the tenant that they belong to.</summary>
public sealed record GrantRecord : ControlRecord
{
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    /// <summary>See <see cref="PrincipalKinds"/>: a user or an application.</summary>
    public required string Kind { get; init; }

    /// <summary>Id of the user or the application.</summary>
    public required string Principal { get; init; }

    /// <summary>A built-in role, or one of the tenant's own.</summary>
    public required string Role { get; init; }

    /// <summary>The only projects that it is about; null for the whole tenant.</summary>
    public IReadOnlyList<string>? Projects { get; init; }

    public Timestamp? ExpiresAt { get; init; }

    public required Timestamp CreatedAt { get; init; }

    /// <summary>Id of the principal who gave it.</summary>
    public required string CreatedBy { get; init; }

    public override string Key => Id;

    public override string Label => $"{Role} of {Principal}";

    public override string? Concerns => Tenant;
}
