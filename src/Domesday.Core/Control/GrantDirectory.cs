using System.Security.Cryptography;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>A role that shall be given.</summary>
/// <param name="Kind">See <see cref="PrincipalKinds"/>: a user or an application.</param>
/// <param name="Principal">Id or name of the user; client id of the application.</param>
public sealed record NewGrant(string Tenant, string Kind, string Principal, string Role)
{
    public IReadOnlyList<string>? Projects { get; init; }

    public Timestamp? ExpiresAt { get; init; }
}

/// <summary>Gives and takes roles.</summary>
public sealed class GrantDirectory(ControlLedger ledger, TimeProvider time)
{
    private const int IdBytes = 8;

    private static readonly Problem NotFound = new(ProblemKind.NotFound, "There is no such grant.");

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());

    /// <summary>All grants of a tenant, oldest first.</summary>
    public IReadOnlyList<GrantRecord> Of(string tenant) =>
        [.. ledger.State.Grants.Values.Where(grant => grant.Tenant == tenant).OrderBy(grant => grant.CreatedAt).ThenBy(grant => grant.Id, StringComparer.Ordinal)];

    public Result<GrantRecord> Find(string tenant, string id) => Find(ledger.State, tenant, id);

    /// <returns>
    /// <see cref="ProblemKind.Invalid"/> with every fault; <see cref="ProblemKind.Forbidden"/> when the role allows more than its giver may; <see cref="ProblemKind.Conflict"/>
    /// when the same is granted already.
    /// </returns>
    public async ValueTask<Result<GrantRecord>> CreateAsync(Principal maker, ChangeAuthor author, NewGrant wanted, CancellationToken cancellation)
    {
        GrantRecord? record = null;
        var changed = await ledger.ChangeAsync(author, state =>
        {
            var decided = Decide(new(state), maker, wanted, Now, isNew: false);
            if (!decided.IsOk) return decided.Problem;
            record = decided.Value;
            return (ControlChange[])[ControlKinds.Grant.Create(record)];
        }, cancellation);
        return changed.IsOk ? changed.Value.Grants[record!.Id] : changed.Problem;
    }

    /// <summary>Gives the same role for other projects or another time.</summary>
    /// <param name="projects">Null leaves them.</param>
    /// <param name="expiresAt">Null leaves it.</param>
    public async ValueTask<Result<GrantRecord>> ChangeAsync(
        Principal changer, ChangeAuthor author, string tenant, string id, IReadOnlyList<string>? projects, Timestamp? expiresAt, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(changer);
        var changed = await ledger.ChangeAsync(author, state =>
        {
            var found = Find(state, tenant, id);
            if (!found.IsOk) return found.Problem;
            var before = found.Value;
            var index = new ControlIndex(state);
            if (!MayTake(index, changer, before)) return Exceeds;
            var wanted = new NewGrant(tenant, before.Kind, before.Principal, before.Role) { Projects = projects ?? before.Projects, ExpiresAt = expiresAt ?? before.ExpiresAt };
            if (Check(index, changer, wanted, Now) is { } wrong) return wrong;
            return (ControlChange[])[ControlKinds.Grant.Update("update", before, before with { Projects = wanted.Projects, ExpiresAt = wanted.ExpiresAt })];
        }, cancellation);
        return changed.IsOk ? changed.Value.Grants[id] : changed.Problem;
    }

    /// <summary>Takes the role away, from the next request on.</summary>
    public async ValueTask<Problem?> DeleteAsync(Principal changer, ChangeAuthor author, string tenant, string id, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(changer);
        var changed = await ledger.ChangeAsync(author, state =>
        {
            var found = Find(state, tenant, id);
            if (!found.IsOk) return found.Problem;
            return MayTake(new(state), changer, found.Value) ? (ControlChange[])[ControlKinds.Grant.Delete(found.Value)] : Exceeds;
        }, cancellation);
        return changed.Problem;
    }

    /// <summary>The record of a grant that may be made.</summary>
    /// <param name="isNew">Whoever gets it is made by the same change, and not there yet.</param>
    internal static Result<GrantRecord> Decide(ControlIndex index, Principal maker, NewGrant wanted, Timestamp now, bool isNew)
    {
        if (!isNew)
        {
            if (Resolve(index.State, wanted) is not { } id) return new Problem(ProblemKind.Invalid, $"There is no such {wanted.Kind} in this tenant.", wanted.Kind);
            wanted = wanted with { Principal = id };
        }
        if (Check(index, maker, wanted, now) is { } wrong) return wrong;
        var isThere = index.GrantsOf(wanted.Kind, wanted.Principal).Any(grant => grant.Role == wanted.Role && (grant.Projects, wanted.Projects) switch
        {
            (null, null) => true,
            ({ } old, { } other) => old.SequenceEqual(other),
            _ => false,
        });
        return isThere ? new Problem(ProblemKind.Conflict, "This is granted already; change that grant.") : new GrantRecord
        {
            Id = "grt_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)),
            Tenant = wanted.Tenant,
            Kind = wanted.Kind,
            Principal = wanted.Principal,
            Role = wanted.Role,
            Projects = wanted.Projects,
            ExpiresAt = wanted.ExpiresAt,
            CreatedAt = now,
            CreatedBy = maker.Id,
        };
    }

    private static Problem Exceeds => new(ProblemKind.Forbidden, "Nobody gives or takes more than they have.");

    private static Problem? Check(ControlIndex index, Principal maker, NewGrant wanted, Timestamp now)
    {
        var faults = new List<ProblemFault>();
        var builtIn = BuiltInRoles.Named(wanted.Role);
        var permissions = index.PermissionsOf(wanted.Tenant, wanted.Role);
        if (permissions is null) faults.Add(new(null, "role", $"must be one of {string.Join(", ", BuiltInRoles.All.Select(role => role.Name))}, or a role of this tenant"));
        if (wanted.Projects is { } projects) PermissionChecks.AddProjects(projects, faults);
        if (builtIn is { NeedsProjects: true } && wanted.Projects is null) faults.Add(new(null, "projects", $"is missing: the role {builtIn.Name} is for listed projects"));
        if (builtIn is { IsWhole: true } && wanted.Projects is not null) faults.Add(new(null, "projects", $"cannot limit the role {builtIn.Name}, which is about the whole tenant"));
        if (wanted.ExpiresAt <= now) faults.Add(new(null, "expires_at", "has passed already"));
        if (faults.Count > 0) return new(ProblemKind.Invalid, "The grant is not valid; nothing was changed.") { Faults = faults };
        if (wanted.Role == BuiltInRoles.SystemAdministrator && !maker.IsSystemAdministrator) return Exceeds;
        if (wanted.Tenant == TenantName.System && !maker.IsSystemAdministrator) return Exceeds;
        return maker.Covers(new PermissionGrant(permissions!.Value, wanted.Projects)) ? null : Exceeds;
    }

    private static bool MayTake(ControlIndex index, Principal changer, GrantRecord grant) => grant.Role == BuiltInRoles.SystemAdministrator
        ? changer.IsSystemAdministrator
        : changer.Covers(new PermissionGrant(index.PermissionsOf(grant.Tenant, grant.Role) ?? Permission.None, grant.Projects));

    private static string? Resolve(ControlState state, NewGrant wanted) => wanted.Kind switch
    {
        PrincipalKinds.User => state.Users.Values.FirstOrDefault(user => user.Tenant == wanted.Tenant && (user.Id == wanted.Principal || user.Name == wanted.Principal))?.Id,
        PrincipalKinds.Application => state.Applications.GetValueOrDefault(wanted.Principal) is { } application && application.Tenant == wanted.Tenant ? application.Id : null,
        _ => null,
    };

    private static Result<GrantRecord> Find(ControlState state, string tenant, string id) => state.Grants.TryGetValue(id, out var grant) && grant.Tenant == tenant ? grant : NotFound;
}
