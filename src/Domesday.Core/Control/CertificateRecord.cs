using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>A client certificate that our own authority gave to a user.</summary>
public sealed record CertificateRecord : ControlRecord
{
    /// <summary>Serial number, upper-case hex as X.509 tools show it.</summary>
    public required string Serial { get; init; }

    public required string Tenant { get; init; }

    /// <summary>Id of the user who signs in with it.</summary>
    public required string User { get; init; }

    public required Timestamp ExpiresAt { get; init; }

    public required Timestamp CreatedAt { get; init; }

    /// <summary>Id of the principal who made it.</summary>
    public required string CreatedBy { get; init; }

    public Timestamp? RevokedAt { get; init; }

    public override string Key => Serial;

    public override string Label => $"certificate of {User}";

    public override string? Concerns => Tenant;
}
