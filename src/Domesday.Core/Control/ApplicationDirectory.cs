using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>What a new application shall be.</summary>
public sealed record NewApplication(string Tenant, string Name)
{
    public Timestamp? ExpiresAt { get; init; }

    /// <summary>The role that it is given at once; null for none.</summary>
    public NewGrant? Grant { get; init; }
}

/// <summary>What shall be different about an application; null leaves it.</summary>
public sealed record ApplicationChange(string? Name, bool? Disabled, Timestamp? ExpiresAt, long? Version);

/// <summary>An application with a secret that was just made; the only time that it is known.</summary>
public sealed record ApplicationWithSecret(ApplicationRecord Record, string Secret);

/// <summary>Makes, changes and deletes applications.</summary>
public sealed class ApplicationDirectory(ControlLedger ledger, TimeProvider time)
{
    public const int NameCharsMax = 200;

    private static readonly Problem NotFound = new(ProblemKind.NotFound, "There is no such application.");
    private static readonly Problem TooPowerful = new(ProblemKind.Forbidden, "The application may do more than you: somebody who may do as much must change it.");

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());

    /// <summary>All applications of a tenant, oldest first.</summary>
    public IReadOnlyList<ApplicationRecord> Of(string tenant) =>
        [.. ledger.State.Applications.Values.Where(application => application.Tenant == tenant).OrderBy(application => application.CreatedAt).ThenBy(application => application.Id, StringComparer.Ordinal)];

    public Result<ApplicationRecord> Find(string tenant, string id) => Find(ledger.State, tenant, id);

    public async ValueTask<Result<ApplicationWithSecret>> CreateAsync(Principal maker, ChangeAuthor author, NewApplication wanted, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(maker);
        ArgumentNullException.ThrowIfNull(wanted);
        if (wanted.ExpiresAt <= Now) return new Problem(ProblemKind.Invalid, "expires_at has passed already.", "expires_at");
        var secret = ApplicationSecret.Create();
        var record = new ApplicationRecord
        {
            Id = ApplicationSecret.NewClientId(),
            Tenant = wanted.Tenant,
            Name = wanted.Name,
            SecretSha256 = ApplicationSecret.Sha256Of(secret),
            ExpiresAt = wanted.ExpiresAt,
            CreatedAt = Now,
            CreatedBy = maker.Id,
        };
        var changed = await ledger.ChangeAsync(author, state =>
        {
            if (!state.IsActive(wanted.Tenant)) return new Problem(ProblemKind.Conflict, $"The tenant '{wanted.Tenant}' is disabled.");
            if (wanted.Grant is not { } grant) return (ControlChange[])[ControlKinds.Application.Create(record)];
            var given = GrantDirectory.Decide(new(state), maker, grant with { Kind = PrincipalKinds.Application, Principal = record.Id, Tenant = record.Tenant }, Now, isNew: true);
            return given.IsOk ? (ControlChange[])[ControlKinds.Application.Create(record), ControlKinds.Grant.Create(given.Value)] : given.Problem;
        }, cancellation);
        return changed.IsOk ? new ApplicationWithSecret(changed.Value.Applications[record.Id], secret) : changed.Problem;
    }

    public async ValueTask<Result<ApplicationRecord>> ChangeAsync(Principal changer, ChangeAuthor author, string tenant, string id, ApplicationChange wanted, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var changed = await DecideAsync(changer, author, tenant, id, (_, before) =>
        {
            if (wanted.Version is { } seen && seen != before.Version) return new Problem(ProblemKind.Conflict, "The application was changed by somebody else meanwhile.");
            var after = before with
            {
                Name = wanted.Name ?? before.Name,
                DisabledAt = wanted.Disabled switch { true => before.DisabledAt ?? Now, false => null, null => before.DisabledAt },
                ExpiresAt = wanted.ExpiresAt ?? before.ExpiresAt,
            };
            var word = (before.DisabledAt, after.DisabledAt) switch { (null, not null) => "disable", (not null, null) => "enable", _ => "update" };
            return after == before ? Array.Empty<ControlChange>() : (ControlChange[])[ControlKinds.Application.Update(word, before, after)];
        }, cancellation);
        return changed.IsOk ? changed.Value.Applications[id] : changed.Problem;
    }

    /// <summary>Gives it another secret; the old one, and every token that it got by it, is refused from now on.</summary>
    public async ValueTask<Result<ApplicationWithSecret>> ReplaceSecretAsync(Principal changer, ChangeAuthor author, string tenant, string id, CancellationToken cancellation)
    {
        var secret = ApplicationSecret.Create();
        var changed = await DecideAsync(changer, author, tenant, id, (_, before) =>
            (ControlChange[])[ControlKinds.Application.Update("secret", before, before with { SecretSha256 = ApplicationSecret.Sha256Of(secret), SessionsSince = Now })], cancellation);
        return changed.IsOk ? new ApplicationWithSecret(changed.Value.Applications[id], secret) : changed.Problem;
    }

    /// <summary>Deletes the application and what it was granted. What it did stays in the ledgers under its id.</summary>
    public async ValueTask<Problem?> DeleteAsync(Principal changer, ChangeAuthor author, string tenant, string id, CancellationToken cancellation)
    {
        var changed = await DecideAsync(changer, author, tenant, id, (index, application) =>
            (ControlChange[])[.. index.GrantsOf(PrincipalKinds.Application, application.Id).Select(ControlKinds.Grant.Delete), ControlKinds.Application.Delete(application)], cancellation);
        return changed.Problem;
    }

    private ValueTask<Result<ControlState>> DecideAsync(
        Principal changer, ChangeAuthor author, string tenant, string id, Func<ControlIndex, ApplicationRecord, Result<ControlChange[]>> decide, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(changer);
        return ledger.ChangeAsync(author, state =>
        {
            var found = Find(state, tenant, id);
            if (!found.IsOk) return found.Problem;
            var index = new ControlIndex(state);
            return changer.Covers(index.AccountOf(found.Value, Now).Principal) ? decide(index, found.Value) : TooPowerful;
        }, cancellation);
    }

    private static Result<ApplicationRecord> Find(ControlState state, string tenant, string id) =>
        state.Applications.TryGetValue(id, out var application) && application.Tenant == tenant ? application : NotFound;
}
