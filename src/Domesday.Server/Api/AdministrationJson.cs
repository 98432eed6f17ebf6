using System.Text.Json.Serialization;
using Domesday.Core.Control;
using Domesday.Events;

namespace Domesday.Server.Api;

/// <summary>A tenant as the API shows it.</summary>
/// <param name="Events">How many events its ledger has ever had.</param>
internal sealed record TenantBody(string Name, string? Title, Timestamp CreatedAt, Timestamp? DisabledAt, long Events)
{
    public static TenantBody From(TenantRecord tenant, long events) => new(tenant.Name, tenant.Title, tenant.CreatedAt, tenant.DisabledAt, events);
}

internal sealed record TenantListBody(IReadOnlyList<TenantBody> Tenants);

/// <summary>An API key as the API shows it, without its secret.</summary>
/// <param name="Status">active, revoked or expired.</param>
/// <param name="LastUsedAt">Exact while the service runs; after a crash it may be an hour old.</param>
internal sealed record KeyBody(
    string Id,
    string Name,
    string Tenant,
    IReadOnlyList<string> Rights,
    IReadOnlyList<string>? Permissions,
    IReadOnlyList<string>? Projects,
    string Status,
    Timestamp CreatedAt,
    string CreatedBy,
    Timestamp? ExpiresAt,
    Timestamp? RevokedAt,
    Timestamp? LastUsedAt)
{
    /// <summary>The whole key: only in the answer to its creation.</summary>
    public string? Key { get; init; }

    public static KeyBody From(ApiKeyRecord key, Timestamp? lastUsed, Timestamp now) => new(
        key.Id, key.Name, key.Tenant, [.. key.Rights.Select(Core.Access.Rights.NameOf)], key.Permissions, key.Projects,
        key.RevokedAt is not null ? "revoked" : key.ExpiresAt <= now ? "expired" : "active",
        key.CreatedAt, key.CreatedBy, key.ExpiresAt, key.RevokedAt, lastUsed);
}

internal sealed record KeyListBody(IReadOnlyList<KeyBody> Keys);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TenantBody))]
[JsonSerializable(typeof(TenantListBody))]
[JsonSerializable(typeof(KeyBody))]
[JsonSerializable(typeof(KeyListBody))]
internal sealed partial class AdministrationJson : JsonSerializerContext;
