using System.Text.RegularExpressions;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>Makes, changes and deletes a tenant's own roles.</summary>
public sealed partial class RoleDirectory(ControlLedger ledger, TimeProvider time)
{
    public const int NameCharsMax = 63;

    public const int TitleCharsMax = 200;

    /// <summary>The tenant's own roles, by name.</summary>
    public IReadOnlyList<RoleRecord> Of(string tenant) => [.. ledger.State.Roles.Values.Where(role => role.Tenant == tenant).OrderBy(role => role.Name, StringComparer.Ordinal)];

    public Result<RoleRecord> Find(string tenant, string name) => Find(ledger.State, tenant, name);

    /// <returns><see cref="ProblemKind.Forbidden"/> when it allows more than its maker may.</returns>
    public async ValueTask<Result<RoleRecord>> CreateAsync(Principal maker, ChangeAuthor author, string tenant, string name, string? title, IReadOnlyList<string> permissions, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(maker);
        ArgumentNullException.ThrowIfNull(permissions);
        var faults = new List<ProblemFault>();
        if (!Form().IsMatch(name)) faults.Add(new(null, "name", $"must have 1 to {NameCharsMax} lower-case letters, digits, hyphens and underscores"));
        if (permissions.Count == 0) faults.Add(new(null, "permissions", "is empty: name at least one"));
        PermissionChecks.Add(permissions, faults);
        if (faults.Count > 0) return new Problem(ProblemKind.Invalid, "The role is not valid; nothing was made.") { Faults = faults };
        var record = new RoleRecord { Tenant = tenant, Name = name, Title = title, Permissions = Sorted(permissions), CreatedAt = Timestamp.FromDateTimeOffset(time.GetUtcNow()) };
        var changed = await ledger.ChangeAsync(author, state =>
        {
            if (BuiltInRoles.Named(name) is not null || state.Roles.ContainsKey(record.Key)) return new Problem(ProblemKind.Conflict, "There is a role of this name already.", "name");
            if (!state.IsActive(tenant)) return new Problem(ProblemKind.Conflict, $"The tenant '{tenant}' is disabled.");
            return Covers(maker, permissions) ? (ControlChange[])[ControlKinds.Role.Create(record)] : Exceeds;
        }, cancellation);
        return changed.IsOk ? changed.Value.Roles[record.Key] : changed.Problem;
    }

    /// <summary>Changes what is given; everyone who has the role may do what it then allows, from the next request on.</summary>
    public async ValueTask<Result<RoleRecord>> ChangeAsync(
        Principal changer, ChangeAuthor author, string tenant, string name, string? title, IReadOnlyList<string>? permissions, long? version, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(changer);
        var faults = new List<ProblemFault>();
        if (permissions is { Count: 0 }) faults.Add(new(null, "permissions", "is empty: name at least one"));
        PermissionChecks.Add(permissions ?? [], faults);
        if (faults.Count > 0) return new Problem(ProblemKind.Invalid, "The role is not valid; nothing was changed.") { Faults = faults };
        var changed = await ledger.ChangeAsync(author, state =>
        {
            var found = Find(state, tenant, name);
            if (!found.IsOk) return found.Problem;
            var before = found.Value;
            if (version is { } seen && seen != before.Version) return new Problem(ProblemKind.Conflict, "The role was changed by somebody else meanwhile.");
            if (!Covers(changer, before.Permissions) || !Covers(changer, permissions ?? [])) return Exceeds;
            var after = before with { Title = title ?? before.Title, Permissions = permissions is null ? before.Permissions : Sorted(permissions) };
            return (ControlChange[])[ControlKinds.Role.Update("update", before, after)];
        }, cancellation);
        return changed.IsOk ? changed.Value.Roles[RoleRecord.KeyOf(tenant, name)] : changed.Problem;
    }

    /// <returns><see cref="ProblemKind.Conflict"/> while somebody has it.</returns>
    public async ValueTask<Problem?> DeleteAsync(Principal changer, ChangeAuthor author, string tenant, string name, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(changer);
        var changed = await ledger.ChangeAsync(author, state =>
        {
            var found = Find(state, tenant, name);
            if (!found.IsOk) return found.Problem;
            if (!Covers(changer, found.Value.Permissions)) return Exceeds;
            var holders = state.Grants.Values.Count(grant => grant.Tenant == tenant && grant.Role == name);
            return holders > 0 ? new Problem(ProblemKind.Conflict, $"The role is granted {holders} times: take it away first.") : (ControlChange[])[ControlKinds.Role.Delete(found.Value)];
        }, cancellation);
        return changed.Problem;
    }

    private static Problem Exceeds => new(ProblemKind.Forbidden, "Nobody makes or changes a role that allows more than they may.");

    private static bool Covers(Principal principal, IEnumerable<string> permissions) => principal.Covers(new PermissionGrant(PermissionNames.Of(permissions), null));

    private static string[] Sorted(IReadOnlyList<string> permissions) => [.. permissions.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static Result<RoleRecord> Find(ControlState state, string tenant, string name) =>
        state.Roles.TryGetValue(RoleRecord.KeyOf(tenant, name), out var role) ? role : new Problem(ProblemKind.NotFound, "There is no such role.");

    [GeneratedRegex("^[a-z0-9][a-z0-9_-]{0,62}$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
