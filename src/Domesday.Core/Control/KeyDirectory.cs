using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>What a new key shall be.</summary>
public sealed record NewKey(string Tenant, string Name, IReadOnlyList<Right> Rights)
{
    public IReadOnlyList<string>? Projects { get; init; }

    public Timestamp? ExpiresAt { get; init; }
}

/// <summary>A key that was just made; the only time that its text is known.</summary>
public sealed record CreatedKey(ApiKeyRecord Record, ApiKeyText Text);

/// <summary>Makes, lists and revokes API keys.</summary>
public sealed class KeyDirectory(ControlLedger ledger, TimeProvider time)
{
    public const int NameCharsMax = 200;

    public const int ProjectsMax = 100;

    /// <summary>Longest project id, in UTF-16 code units.</summary>
    public const int ProjectCharsMax = 128;

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
        if (wanted.Rights.Count == 0) faults.Add(new(null, "rights", "is empty: name at least one"));
        if (wanted.Tenant == TenantName.System && wanted.Rights.Contains(Right.Write)) faults.Add(new(null, "rights", "cannot be write: the service alone writes the system ledger"));
        if (wanted.ExpiresAt <= now) faults.Add(new(null, "expires_at", "has passed already"));
        if (wanted.Projects is { } projects) CheckProjects(projects, wanted.Rights, faults);
        if (faults.Count > 0) return new(ProblemKind.Invalid, "The key is not valid; nothing was made.") { Faults = faults };
        var permissions = Rights.PermissionsOf(wanted.Rights);
        var exceeds = !maker.May(permissions) || maker.Projects is not null || wanted.Tenant == TenantName.System && !maker.IsSystemAdministrator;
        return exceeds ? new(ProblemKind.Forbidden, "A key cannot do more than the one who makes it.") : null;
    }

    private static void CheckProjects(IReadOnlyList<string> projects, IReadOnlyList<Right> rights, List<ProblemFault> faults)
    {
        if (projects.Count is 0 or > ProjectsMax) faults.Add(new(null, "projects", $"must have 1 to {ProjectsMax} ids: leave it out for all projects"));
        if (rights.Contains(Right.Admin)) faults.Add(new(null, "projects", "cannot limit the right admin, which is about the whole tenant"));
        for (var i = 0; i < projects.Count; i++)
        {
            if (projects[i].Length is 0 or > ProjectCharsMax || projects[i].Any(char.IsControl))
                faults.Add(new(null, $"projects[{i}]", $"must have 1 to {ProjectCharsMax} characters, and no control characters"));
        }
    }
}
