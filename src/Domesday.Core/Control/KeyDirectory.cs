using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>What a new key shall be.</summary>
public sealed record NewKey(string Tenant, string Name, IReadOnlyList<Right> Rights)
{
    /// <summary>Names and groups of permissions, beside the rights.</summary>
    public IReadOnlyList<string> Permissions { get; init; } = [];

    public IReadOnlyList<string>? Projects { get; init; }

    public Timestamp? ExpiresAt { get; init; }
}

/// <summary>A key that was just made; the only time that its text is known.</summary>
public sealed record CreatedKey(ApiKeyRecord Record, ApiKeyText Text);

/// <summary>Makes, lists and revokes API keys.</summary>
public sealed class KeyDirectory(ControlLedger ledger, TimeProvider time)
{
    public const int NameCharsMax = 200;

    /// <summary>All keys of a tenant, revoked ones included, oldest first.</summary>
    public IReadOnlyList<ApiKeyRecord> Of(string tenant) =>
        [.. ledger.State.Keys.Values.Where(key => key.Tenant == tenant).OrderBy(key => key.CreatedAt).ThenBy(key => key.Id, StringComparer.Ordinal)];

    /// <returns><see cref="ProblemKind.NotFound"/> also when it belongs to another tenant.</returns>
    public Result<ApiKeyRecord> Find(string tenant, string id) => Find(ledger.State, tenant, id);

    /// <returns>
    /// <see cref="ProblemKind.Forbidden"/> when the key could do what its maker cannot; <see cref="ProblemKind.Conflict"/> when the tenant is disabled;
    /// <see cref="ProblemKind.Invalid"/> with every fault.
    /// </returns>
    public async ValueTask<Result<CreatedKey>> CreateAsync(Principal maker, ChangeAuthor author, NewKey wanted, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(maker);
        ArgumentNullException.ThrowIfNull(wanted);
        var now = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        if (Check(maker, wanted, now) is { } wrong) return wrong;
        var text = ApiKeyText.Create();
        var record = new ApiKeyRecord
        {
            Id = text.Id,
            Tenant = wanted.Tenant,
            Name = wanted.Name,
            Rights = [.. wanted.Rights.Distinct().Order()],
            Permissions = wanted.Permissions.Count == 0 ? null : [.. wanted.Permissions.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Projects = wanted.Projects,
            ExpiresAt = wanted.ExpiresAt,
            SecretSha256 = text.SecretSha256,
            CreatedAt = now,
            CreatedBy = maker.Id,
        };
        var changed = await ledger.ChangeAsync(author, state =>
        {
            if (!state.IsActive(wanted.Tenant)) return new Problem(ProblemKind.Conflict, $"The tenant '{wanted.Tenant}' is disabled.");
            return state.Keys.ContainsKey(text.Id)
                ? new Problem(ProblemKind.Conflict, "Another key has the id that was drawn: try again.")
                : (ControlChange[])[ControlKinds.Key.Create(record)];
        }, cancellation);
        return changed.IsOk ? new CreatedKey(changed.Value.Keys[text.Id], text) : changed.Problem;
    }

    /// <summary>Gives the key another name or another end.</summary>
    /// <param name="name">Null leaves it.</param>
    /// <param name="expiresAt">Null leaves it.</param>
    /// <returns><see cref="ProblemKind.Forbidden"/> when the key may do more than the one who changes it; <see cref="ProblemKind.Conflict"/> when it was revoked.</returns>
    public async ValueTask<Result<ApiKeyRecord>> ChangeAsync(Principal changer, ChangeAuthor author, string tenant, string id, string? name, Timestamp? expiresAt, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(changer);
        if (expiresAt <= Timestamp.FromDateTimeOffset(time.GetUtcNow())) return new Problem(ProblemKind.Invalid, "expires_at has passed already: revoke the key.", "expires_at");
        var changed = await ledger.ChangeAsync(author, state =>
        {
            var found = Find(state, tenant, id);
            if (!found.IsOk) return found.Problem;
            var before = found.Value;
            if (!changer.Covers(ControlIndex.AccountOf(before).Principal)) return new Problem(ProblemKind.Forbidden, "The key may do more than you: somebody who may do as much must change it.");
            if (before.RevokedAt is not null) return new Problem(ProblemKind.Conflict, "The key was revoked.");
            return (ControlChange[])[ControlKinds.Key.Update("update", before, before with { Name = name ?? before.Name, ExpiresAt = expiresAt ?? before.ExpiresAt })];
        }, cancellation);
        return changed.IsOk ? changed.Value.Keys[id] : changed.Problem;
    }

    /// <summary>Refuses the key from now on. A key that is revoked already stays as it is.</summary>
    public async ValueTask<Result<ApiKeyRecord>> RevokeAsync(ChangeAuthor author, string tenant, string id, CancellationToken cancellation)
    {
        var now = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        var changed = await ledger.ChangeAsync(author, state =>
        {
            var found = Find(state, tenant, id);
            if (!found.IsOk) return found.Problem;
            return found.Value.RevokedAt is not null
                ? Array.Empty<ControlChange>()
                : (ControlChange[])[ControlKinds.Key.Update("revoke", found.Value, found.Value with { RevokedAt = now })];
        }, cancellation);
        return changed.IsOk ? changed.Value.Keys[id] : changed.Problem;
    }

    private static Result<ApiKeyRecord> Find(ControlState state, string tenant, string id) =>
        state.Keys.TryGetValue(id, out var key) && key.Tenant == tenant ? key : new Problem(ProblemKind.NotFound, "There is no such key.");

    private static Problem? Check(Principal maker, NewKey wanted, Timestamp now)
    {
        var faults = new List<ProblemFault>();
        if (wanted.Name.Length > NameCharsMax) faults.Add(new(null, "name", $"is longer than {NameCharsMax} characters"));
        if (wanted.Rights.Count == 0 && wanted.Permissions.Count == 0) faults.Add(new(null, "rights", "is empty: name at least one, or a permission"));
        PermissionChecks.Add(wanted.Permissions, faults);
        if (wanted.Tenant == TenantName.System && Allowed(wanted).HasFlag(Permission.AuditWrite) && !wanted.Rights.Contains(Right.Admin)) faults.Add(new(null, "rights", "cannot write: the service alone writes the system ledger"));
        if (wanted.ExpiresAt <= now) faults.Add(new(null, "expires_at", "has passed already"));
        if (wanted.Projects is { } projects)
        {
            PermissionChecks.AddProjects(projects, faults);
            if (wanted.Rights.Contains(Right.Admin)) faults.Add(new(null, "projects", "cannot limit the right admin, which is about the whole tenant"));
        }
        if (faults.Count > 0) return new(ProblemKind.Invalid, "The key is not valid; nothing was made.") { Faults = faults };
        var exceeds = !maker.Covers(new PermissionGrant(Allowed(wanted), wanted.Projects)) || wanted.Tenant == TenantName.System && !maker.IsSystemAdministrator;
        return exceeds ? new(ProblemKind.Forbidden, "A key cannot do more than the one who makes it.") : null;
    }

    private static Permission Allowed(NewKey wanted) => Rights.PermissionsOf(wanted.Rights) | PermissionNames.Of(wanted.Permissions);
}
