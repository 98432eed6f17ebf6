using System.Text.Json.Serialization;
using Domesday.Core.Access;
using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>One thing that the service keeps about itself; immutable.</summary>
public abstract record ControlRecord
{
    /// <summary>Its key among the records of its kind.</summary>
    [JsonIgnore]
    public abstract string Key { get; }

    /// <summary>What people call it.</summary>
    [JsonIgnore]
    public abstract string Label { get; }

    /// <summary>The tenant that hears of changes to it, in its own ledger; null: only the system ledger does.</summary>
    [JsonIgnore]
    public virtual string? Concerns => null;

    /// <summary>Sequence in the system ledger of its last change: a changer may insist on it.</summary>
    [JsonIgnore]
    public long Version { get; init; }
}

/// <summary>A boundary that nobody may cross, and the owner of one ledger.</summary>
public sealed record TenantRecord : ControlRecord
{
    /// <summary>See <see cref="TenantName"/>.</summary>
    public required string Name { get; init; }

    /// <summary>For people.</summary>
    public string? Title { get; init; }

    public required Timestamp CreatedAt { get; init; }

    /// <summary>Since when its credentials are refused and nothing is appended; its ledger stays readable to the system administrator.</summary>
    public Timestamp? DisabledAt { get; init; }

    public override string Key => Name;

    public override string Label => Title ?? Name;
}

/// <summary>A person who signs in with a password.</summary>
public sealed record UserRecord : ControlRecord
{
    public required string Id { get; init; }

    /// <summary>What is typed to sign in; unique in its tenant.</summary>
    public required string Name { get; init; }

    /// <summary>For people.</summary>
    public string? FullName { get; init; }

    public string? Email { get; init; }

    public required string Tenant { get; init; }

    /// <summary>May act in every tenant, and on the service itself.</summary>
    public bool SystemAdministrator { get; init; }

    /// <summary>What the user may do in its tenant.</summary>
    public required IReadOnlyList<Right> Rights { get; init; }

    /// <summary>Null in what tenants are told.</summary>
    public PasswordHash? Password { get; init; }

    /// <summary>Since when the user cannot sign in.</summary>
    public Timestamp? DisabledAt { get; init; }

    public Timestamp? ExpiresAt { get; init; }

    /// <summary>Tokens that were issued before are refused: the password was changed then, or all sessions ended.</summary>
    public Timestamp? SessionsSince { get; init; }

    public required Timestamp CreatedAt { get; init; }

    public override string Key => Id;

    public override string Label => Name;

    public override string? Concerns => Tenant;
}

/// <summary>A credential for programs.</summary>
public sealed record ApiKeyRecord : ControlRecord
{
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    /// <summary>For people.</summary>
    public required string Name { get; init; }

    public required IReadOnlyList<Right> Rights { get; init; }

    /// <summary>Names and groups of permissions that it has beside its rights.</summary>
    public IReadOnlyList<string>? Permissions { get; init; }

    /// <summary>The only projects whose events it may read; null for all.</summary>
    public IReadOnlyList<string>? Projects { get; init; }

    public Timestamp? ExpiresAt { get; init; }

    /// <summary>See <see cref="ApiKeyText"/>. Null in what tenants are told.</summary>
    public string? SecretSha256 { get; init; }

    public required Timestamp CreatedAt { get; init; }

    /// <summary>Id of the principal who made it.</summary>
    public required string CreatedBy { get; init; }

    public Timestamp? RevokedAt { get; init; }

    public override string Key => Id;

    public override string Label => Name;

    public override string? Concerns => Tenant;
}

/// <summary>The form that records have in events. Strict: a record of a newer version is not read as something weaker.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(DataSinkRecord))]
[JsonSerializable(typeof(TenantRecord))]
[JsonSerializable(typeof(UserRecord))]
[JsonSerializable(typeof(ApiKeyRecord))]
[JsonSerializable(typeof(ApplicationRecord))]
[JsonSerializable(typeof(SessionRecord))]
[JsonSerializable(typeof(RoleRecord))]
[JsonSerializable(typeof(GrantRecord))]
[JsonSerializable(typeof(CertificateRecord))]
[JsonSerializable(typeof(CapturePolicyRecord))]
[JsonSerializable(typeof(DialectSettingsRecord))]
[JsonSerializable(typeof(RetentionRecord))]
[JsonSerializable(typeof(SinkRecord))]
[JsonSerializable(typeof(AlertRecord))]
[JsonSerializable(typeof(ViewRecord))]
[JsonSerializable(typeof(ReportRecord))]
[JsonSerializable(typeof(HoldRecord))]
[JsonSerializable(typeof(ErasureRecord))]
[JsonSerializable(typeof(ErasurePartRecord))]
internal sealed partial class ControlJson : JsonSerializerContext;
