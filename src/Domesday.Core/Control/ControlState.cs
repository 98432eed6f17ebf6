using System.Collections.Immutable;
using Domesday.Core.Access;

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

    /// <summary>Whether the tenant exists and takes events and credentials.</summary>
    public bool IsActive(string tenant) => Tenants.TryGetValue(tenant, out var record) && record.DisabledAt is null;

    /// <summary>Who acts with this key. A key of the tenant <c>system</c> with the right to administer is a system administrator.</summary>
    public static Principal PrincipalOf(ApiKeyRecord key) => new(key.Tenant, PrincipalKinds.ApiKey, key.Id, key.Name, Access.Rights.PermissionsOf(key.Rights))
    {
        Projects = key.Projects,
        IsSystemAdministrator = key.Tenant == TenantName.System && key.Rights.Contains(Right.Admin),
    };

    public static Principal PrincipalOf(ApplicationRecord application) => new(application.Tenant, PrincipalKinds.Application, application.Id, application.Name, Permission.None);

    public static Principal PrincipalOf(UserRecord user) => new(user.Tenant, PrincipalKinds.User, user.Id, user.Name, Access.Rights.PermissionsOf(user.Rights))
    {
        IsSystemAdministrator = user.SystemAdministrator,
    };
}

/// <summary>The kinds that a <see cref="Principal"/> may be of.</summary>
public static class PrincipalKinds
{
    public const string User = "user";

    public const string ApiKey = "api_key";

    public const string Application = "application";
}
