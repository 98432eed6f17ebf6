using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>Makes and changes tenants.</summary>
public sealed class TenantDirectory(ControlLedger ledger, TimeProvider time)
{
    /// <summary>Longest title, in UTF-16 code units.</summary>
    public const int TitleCharsMax = 200;

    /// <summary>The tenants that this principal may know of, by name.</summary>
    public IReadOnlyList<TenantRecord> KnownTo(Principal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return [.. ledger.State.Tenants.Values.Where(tenant => IsKnown(principal, tenant.Name)).OrderBy(tenant => tenant.Name, StringComparer.Ordinal)];
    }

    /// <returns><see cref="ProblemKind.NotFound"/> also when the principal may not know of it.</returns>
    public Result<TenantRecord> Find(Principal principal, string name)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return IsKnown(principal, name) && ledger.State.Tenants.TryGetValue(name, out var tenant) ? tenant : Unknown(name);
    }

    /// <param name="retention">How long its events are kept.</param>
    public async ValueTask<Result<TenantRecord>> CreateAsync(ChangeAuthor author, string name, string? title, RetentionPolicy retention, CancellationToken cancellation)
    {
        if (TenantName.Check(name) is { } wrong) return wrong;
        var changed = await ledger.ChangeAsync(author, state => state.Tenants.ContainsKey(name)
            ? new Problem(ProblemKind.Conflict, $"There is a tenant '{name}' already.", "name")
            : (ControlChange[])[ControlKinds.Tenant.Create(new() { Name = name, Title = title, CreatedAt = Now }), .. RetentionPolicies.Changes(state, name, retention)], cancellation);
        return changed.IsOk ? changed.Value.Tenants[name] : changed.Problem;
    }

    /// <summary>Changes what is given.</summary>
    /// <param name="disabled">True refuses the tenant's credentials and all appends from now on.</param>
    /// <param name="version">The version that the changer saw; null when it does not mind.</param>
    public async ValueTask<Result<TenantRecord>> ChangeAsync(ChangeAuthor author, string name, string? title, bool? disabled, long? version, CancellationToken cancellation)
    {
        var changed = await ledger.ChangeAsync(author, state => Decide(state, name, title, disabled, version), cancellation);
        return changed.IsOk ? changed.Value.Tenants[name] : changed.Problem;
    }

    private Result<ControlChange[]> Decide(ControlState state, string name, string? title, bool? disabled, long? version)
    {
        if (!state.Tenants.TryGetValue(name, out var before)) return Unknown(name);
        if (version is { } seen && seen != before.Version) return new Problem(ProblemKind.Conflict, $"The tenant '{name}' was changed by somebody else meanwhile.");
        if (disabled == true && name is TenantName.System or TenantName.Default)
            return new Problem(ProblemKind.Conflict, $"The tenant '{name}' cannot be disabled: the service needs it.", "disabled");
        var after = before with
        {
            Title = title ?? before.Title,
            DisabledAt = disabled switch { true => before.DisabledAt ?? Now, false => null, null => before.DisabledAt },
        };
        if (after == before) return Array.Empty<ControlChange>();
        var word = (before.DisabledAt, after.DisabledAt) switch
        {
            (null, not null) => "disable",
            (not null, null) => "enable",
            _ => "update",
        };
        return (ControlChange[])[ControlKinds.Tenant.Update(word, before, after)];
    }

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());

    private static bool IsKnown(Principal principal, string tenant) => principal.IsSystemAdministrator || principal.Tenant == tenant;

    private static Problem Unknown(string name) => new(ProblemKind.NotFound, $"There is no tenant '{EventText.Clean(name, 64)}'.");
}
