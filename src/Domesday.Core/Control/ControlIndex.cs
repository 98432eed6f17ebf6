using Domesday.Core.Access;
using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>One state, prepared for the look-ups of every request.</summary>
public sealed class ControlIndex
{
    private readonly Dictionary<string, UserRecord> _usersByName = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Tenant, string Name), UserRecord> _usersByTenant = [];
    private readonly ILookup<(string Kind, string Id), GrantRecord> _grants;

    internal ControlIndex(ControlState state)
    {
        State = state;
        _grants = state.Grants.Values.OrderBy(grant => grant.Id, StringComparer.Ordinal).ToLookup(grant => (grant.Kind, grant.Principal));
        foreach (var user in state.Users.Values.OrderBy(user => user.CreatedAt).ThenBy(user => user.Id, StringComparer.Ordinal))
        {
            _usersByName.TryAdd(user.Name, user);
            _usersByTenant.TryAdd((user.Tenant, user.Name), user);
        }
    }

    public ControlState State { get; }

    /// <summary>The user who signs in by this name; null when nobody does.</summary>
    /// <param name="tenant">
    /// The tenant that the user belongs to; a system administrator is found in each. Null: the name may be <c>tenant/name</c>, and a bare name is that of the
    /// user who had it first, so that nobody can take a name over by giving it to somebody in a tenant of their own.
    /// </param>
    public UserRecord? UserNamed(string? tenant, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (tenant is not null) return UserOf(tenant, name);
        if (_usersByName.GetValueOrDefault(name) is { } user) return user;
        return name.Split('/', 2) is [var named, var rest] ? UserOf(named, rest) : null;
    }

    /// <summary>The grants of a user or an application, expired ones included.</summary>
    public IEnumerable<GrantRecord> GrantsOf(string kind, string id) => _grants[(kind, id)];

    /// <summary>The principal that a token names, as it is now; null when there is none any more.</summary>
    public Account? Find(string kind, string id, Timestamp now) => kind switch
    {
        PrincipalKinds.User when State.Users.TryGetValue(id, out var user) => AccountOf(user, now),
        PrincipalKinds.Application when State.Applications.TryGetValue(id, out var application) => AccountOf(application, now),
        PrincipalKinds.ApiKey when State.Keys.TryGetValue(id, out var key) => AccountOf(key),
        _ => null,
    };

    public Account AccountOf(UserRecord user, Timestamp now)
    {
        ArgumentNullException.ThrowIfNull(user);
        var principal = new Principal(user.Tenant, PrincipalKinds.User, user.Id, user.Name, Rights.PermissionsOf(user.Rights)) { IsSystemAdministrator = user.SystemAdministrator };
        return new(WithGrants(principal, now), user.DisabledAt, user.ExpiresAt, user.SessionsSince);
    }

    public Account AccountOf(ApplicationRecord application, Timestamp now)
    {
        ArgumentNullException.ThrowIfNull(application);
        var principal = new Principal(application.Tenant, PrincipalKinds.Application, application.Id, application.Name, Permission.None);
        return new(WithGrants(principal, now), application.DisabledAt, application.ExpiresAt, application.SessionsSince);
    }

    /// <summary>A key of the tenant <c>system</c> with the right to administer is a system administrator.</summary>
    public static Account AccountOf(ApiKeyRecord key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var principal = new Principal(key.Tenant, PrincipalKinds.ApiKey, key.Id, key.Name, Rights.PermissionsOf(key.Rights) | PermissionNames.Of(key.Permissions ?? []))
        {
            Projects = key.Projects,
            IsSystemAdministrator = key.Tenant == TenantName.System && key.Rights.Contains(Right.Admin),
        };
        return new(principal, key.RevokedAt, key.ExpiresAt, null);
    }

    /// <summary>What a role allows; null when the tenant has no such role.</summary>
    public Permission? PermissionsOf(string tenant, string role) =>
        BuiltInRoles.Named(role)?.Permissions ?? (State.Roles.TryGetValue(RoleRecord.KeyOf(tenant, role), out var own) ? PermissionNames.Of(own.Permissions) : null);

    private Principal WithGrants(Principal principal, Timestamp now)
    {
        var further = new List<PermissionGrant>();
        var isSystemAdministrator = principal.IsSystemAdministrator;
        foreach (var grant in GrantsOf(principal.Kind, principal.Id))
        {
            if (grant.ExpiresAt <= now || PermissionsOf(grant.Tenant, grant.Role) is not { } permissions) continue;
            further.Add(new(permissions, grant.Projects));
            isSystemAdministrator |= grant.Role == BuiltInRoles.SystemAdministrator;
        }
        return further.Count == 0 ? principal : principal with { Further = further, IsSystemAdministrator = isSystemAdministrator };
    }

    private UserRecord? UserOf(string tenant, string name)
    {
        if (_usersByTenant.TryGetValue((tenant, name), out var user)) return user;
        return State.Tenants.ContainsKey(tenant) && _usersByName.TryGetValue(name, out var other) && MayBeSystemAdministrator(other) ? other : null;
    }

    private bool MayBeSystemAdministrator(UserRecord user) =>
        user.SystemAdministrator || GrantsOf(PrincipalKinds.User, user.Id).Any(grant => grant.Role == BuiltInRoles.SystemAdministrator);
}
