namespace Domesday.Core.Control;

/// <summary>One state, prepared for the look-ups of every request.</summary>
public sealed class ControlIndex
{
    private readonly Dictionary<string, UserRecord> _usersByName = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Tenant, string Name), UserRecord> _usersByTenant = [];

    internal ControlIndex(ControlState state)
    {
        State = state;
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

    /// <summary>The principal that a token names, as it is now; null when there is none any more.</summary>
    public Account? Find(string kind, string id) => kind switch
    {
        PrincipalKinds.User when State.Users.TryGetValue(id, out var user) => Account.Of(user),
        PrincipalKinds.Application when State.Applications.TryGetValue(id, out var application) => Account.Of(application),
        PrincipalKinds.ApiKey when State.Keys.TryGetValue(id, out var key) => Account.Of(key),
        _ => null,
    };

    private UserRecord? UserOf(string tenant, string name)
    {
        if (_usersByTenant.TryGetValue((tenant, name), out var user)) return user;
        return State.Tenants.ContainsKey(tenant) && _usersByName.TryGetValue(name, out var other) && other.SystemAdministrator ? other : null;
    }
}
