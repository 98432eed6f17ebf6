using System.Collections.Immutable;

namespace Domesday.Core.Control;

/// <summary>What the service knows of itself at one moment: the fold of all changes so far. Immutable.</summary>
public sealed record ControlState
{
    public static ControlState Empty { get; } = new();

    /// <summary>By name.</summary>
    public ImmutableDictionary<string, TenantRecord> Tenants { get; init; } = ImmutableDictionary.Create<string, TenantRecord>(StringComparer.Ordinal);

    /// <summary>By id.</summary>
    public ImmutableDictionary<string, UserRecord> Users { get; init; } = ImmutableDictionary.Create<string, UserRecord>(StringComparer.Ordinal);

    /// <summary>By id, revoked ones included.</summary>
    public ImmutableDictionary<string, ApiKeyRecord> Keys { get; init; } = ImmutableDictionary.Create<string, ApiKeyRecord>(StringComparer.Ordinal);

    /// <summary>By client id.</summary>
    public ImmutableDictionary<string, ApplicationRecord> Applications { get; init; } = ImmutableDictionary.Create<string, ApplicationRecord>(StringComparer.Ordinal);

    /// <summary>Those that were ended before their time, by id; expired ones are dropped now and then.</summary>
    public ImmutableDictionary<string, SessionRecord> RevokedSessions { get; init; } = ImmutableDictionary.Create<string, SessionRecord>(StringComparer.Ordinal);

    /// <summary>Of all tenants, by <see cref="RoleRecord.KeyOf"/>; without the built-in ones.</summary>
    public ImmutableDictionary<string, RoleRecord> Roles { get; init; } = ImmutableDictionary.Create<string, RoleRecord>(StringComparer.Ordinal);

    /// <summary>By id.</summary>
    public ImmutableDictionary<string, GrantRecord> Grants { get; init; } = ImmutableDictionary.Create<string, GrantRecord>(StringComparer.Ordinal);

    /// <summary>By serial number, revoked ones included.</summary>
    public ImmutableDictionary<string, CertificateRecord> Certificates { get; init; } = ImmutableDictionary.Create<string, CertificateRecord>(StringComparer.Ordinal);

    /// <summary>By id.</summary>
    public ImmutableDictionary<string, DataSinkRecord> DataSinks { get; init; } = ImmutableDictionary.Create<string, DataSinkRecord>(StringComparer.Ordinal);

    /// <summary>By tenant.</summary>
    public ImmutableDictionary<string, CapturePolicyRecord> CapturePolicies { get; init; } = ImmutableDictionary.Create<string, CapturePolicyRecord>(StringComparer.Ordinal);

    /// <summary>By <see cref="DialectSettingsRecord.KeyOf"/>.</summary>
    public ImmutableDictionary<string, DialectSettingsRecord> DialectSettings { get; init; } = ImmutableDictionary.Create<string, DialectSettingsRecord>(StringComparer.Ordinal);

    /// <summary>By tenant; who has none keeps everything.</summary>
    public ImmutableDictionary<string, RetentionRecord> Retention { get; init; } = ImmutableDictionary.Create<string, RetentionRecord>(StringComparer.Ordinal);

    /// <summary>By id; without those of <see cref="DataSinks"/>.</summary>
    public ImmutableDictionary<string, SinkRecord> Sinks { get; init; } = ImmutableDictionary.Create<string, SinkRecord>(StringComparer.Ordinal);

    /// <summary>Of all tenants, by id.</summary>
    public ImmutableDictionary<string, ViewRecord> Views { get; init; } = ImmutableDictionary.Create<string, ViewRecord>(StringComparer.Ordinal);

    /// <summary>By id.</summary>
    public ImmutableDictionary<string, AlertRecord> Alerts { get; init; } = ImmutableDictionary.Create<string, AlertRecord>(StringComparer.Ordinal);

    /// <summary>By id.</summary>
    public ImmutableDictionary<string, ReportRecord> Reports { get; init; } = ImmutableDictionary.Create<string, ReportRecord>(StringComparer.Ordinal);

    /// <summary>Legal holds by id, released ones included.</summary>
    public ImmutableDictionary<string, HoldRecord> Holds { get; init; } = ImmutableDictionary.Create<string, HoldRecord>(StringComparer.Ordinal);

    /// <summary>By id.</summary>
    public ImmutableDictionary<string, ErasureRecord> Erasures { get; init; } = ImmutableDictionary.Create<string, ErasureRecord>(StringComparer.Ordinal);

    /// <summary>Of erasures that are not complete, by <see cref="ErasurePartRecord.KeyOf"/>.</summary>
    public ImmutableDictionary<string, ErasurePartRecord> ErasureParts { get; init; } = ImmutableDictionary.Create<string, ErasurePartRecord>(StringComparer.Ordinal);

    /// <summary>Whether the tenant exists and takes events and credentials.</summary>
    public bool IsActive(string tenant) => Tenants.TryGetValue(tenant, out var record) && record.DisabledAt is null;
}

/// <summary>The kinds that a <see cref="Access.Principal"/> may be of.</summary>
public static class PrincipalKinds
{
    public const string User = "user";

    public const string ApiKey = "api_key";

    public const string Application = "application";

    /// <summary>Known to another issuer alone, and here by the roles that its token has there.</summary>
    public const string Federated = "federated";

    /// <summary>Brings a token that somebody made for a part of what they may read.</summary>
    public const string Viewer = "viewer";
}
