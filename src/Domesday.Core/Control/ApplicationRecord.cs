using Domesday.Core.Access;
using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>A program that signs in with a client id and a secret.</summary>
public sealed record ApplicationRecord : ControlRecord
{
    /// <summary>The client id.</summary>
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    /// <summary>For people.</summary>
    public required string Name { get; init; }

    /// <summary>See <see cref="ApplicationSecret"/>. Null in what tenants are told.</summary>
    public string? SecretSha256 { get; init; }

    /// <summary>Since when it cannot sign in.</summary>
    public Timestamp? DisabledAt { get; init; }

    public Timestamp? ExpiresAt { get; init; }

    /// <summary>Tokens that were issued before are refused.</summary>
    public Timestamp? SessionsSince { get; init; }

    public required Timestamp CreatedAt { get; init; }

    /// <summary>Id of the principal who made it.</summary>
    public required string CreatedBy { get; init; }

    public override string Key => Id;

    public override string Label => Name;

    public override string? Concerns => Tenant;
}
