using System.Security.Cryptography;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>What shall be different about a view; null leaves it.</summary>
public sealed record ViewChange(string? Name, string? Query, bool? Shared, long? Version);

/// <summary>Saves, lists and deletes views: everybody's own, and those that are shared in the tenant.</summary>
/// <remarks>
/// A shared view's parameters may name what lies in any project. So readers of some projects alone see their own views and share none.
/// A view shows nobody more than they may see: it is a list of parameters.
/// </remarks>
public sealed class ViewDirectory(ControlLedger ledger, TimeProvider time)
{
    public const int NameCharsMax = 100;
    public const int QueryCharsMax = 4_000;

    private const int ViewsOfOneMax = 200;
    private const string IdLetters = "abcdefghijkmnpqrstuvwxyz23456789";
    private const int IdLength = 10;

    private static readonly Problem NotFound = new(ProblemKind.NotFound, "There is no such view.");
    private static readonly Problem NotYours = new(ProblemKind.Forbidden, "Only who saved a shared view, or who may change the tenant's settings, changes it.");

    /// <summary>What this principal sees of a tenant's views, by name.</summary>
    public IReadOnlyList<ViewRecord> Of(Principal principal, string tenant) =>
        [.. ledger.State.Views.Values.Where(view => view.Tenant == tenant && IsSeen(view, principal)).OrderBy(view => view.Name, StringComparer.Ordinal).ThenBy(view => view.Id, StringComparer.Ordinal)];

    /// <returns><see cref="ProblemKind.NotFound"/> also when the principal may not see it.</returns>
    public Result<ViewRecord> Find(Principal principal, string tenant, string id) => Find(ledger.State, principal, tenant, id);

    public async ValueTask<Result<ViewRecord>> CreateAsync(Principal maker, ChangeAuthor author, string tenant, string name, string query, bool shared, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(maker);
        if (shared && !IsWhole(maker)) return NotShared;
        var record = new ViewRecord
        {
            Id = "v" + RandomNumberGenerator.GetString(IdLetters, IdLength - 1),
            Tenant = tenant,
            Name = name,
            Query = query,
            Owner = maker.Id,
            OwnerName = EventText.Clean(maker.Name) ?? maker.Id,
            Shared = shared,
            CreatedAt = Timestamp.FromDateTimeOffset(time.GetUtcNow()),
        };
        var changed = await ledger.ChangeAsync(author, state => state.Views.Values.Count(view => view.Owner == maker.Id) >= ViewsOfOneMax
            ? new Problem(ProblemKind.Conflict, $"Nobody saves more than {ViewsOfOneMax} views: delete one.")
            : (ControlChange[])[ControlKinds.View.Create(record)], cancellation);
        return changed.IsOk ? changed.Value.Views[record.Id] : changed.Problem;
    }

    public async ValueTask<Result<ViewRecord>> ChangeAsync(Principal changer, ChangeAuthor author, string tenant, string id, ViewChange wanted, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var changed = await ledger.ChangeAsync(author, state =>
        {
            var found = Find(state, changer, tenant, id);
            if (!found.IsOk) return found.Problem;
            var before = found.Value;
            if (!MayChange(before, changer)) return NotYours;
            if (wanted.Shared == true && !IsWhole(changer)) return NotShared;
            if (wanted.Version is { } seen && seen != before.Version) return new Problem(ProblemKind.Conflict, "The view was changed by somebody else meanwhile.");
            var after = before with { Name = wanted.Name ?? before.Name, Query = wanted.Query ?? before.Query, Shared = wanted.Shared ?? before.Shared };
            return after == before ? Array.Empty<ControlChange>() : (ControlChange[])[ControlKinds.View.Update("update", before, after)];
        }, cancellation);
        return changed.IsOk ? changed.Value.Views[id] : changed.Problem;
    }

    public async ValueTask<Problem?> DeleteAsync(Principal changer, ChangeAuthor author, string tenant, string id, CancellationToken cancellation)
    {
        var changed = await ledger.ChangeAsync(author, state =>
        {
            var found = Find(state, changer, tenant, id);
            if (!found.IsOk) return found.Problem;
            return MayChange(found.Value, changer) ? (ControlChange[])[ControlKinds.View.Delete(found.Value)] : NotYours;
        }, cancellation);
        return changed.Problem;
    }

    /// <summary>Whether this principal may change or delete a view that it sees.</summary>
    public static bool MayChange(ViewRecord view, Principal principal)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(principal);
        return view.Owner == principal.Id || principal.IsSystemAdministrator || principal.May(Permission.ConfigWrite) && principal.ProjectsFor(Permission.ConfigWrite) is null;
    }

    /// <summary>Whether this principal may share views.</summary>
    public static bool MayShare(Principal principal) => IsWhole(principal);

    private static Problem NotShared => new(ProblemKind.Forbidden, "The credential is limited to projects: its views are its own.", "shared");

    private static bool IsWhole(Principal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return principal.IsSystemAdministrator || principal.ProjectsFor(Permission.AuditList) is null;
    }

    private static bool IsSeen(ViewRecord view, Principal principal) => view.Owner == principal.Id || view.Shared && IsWhole(principal);

    private static Result<ViewRecord> Find(ControlState state, Principal principal, string tenant, string id) =>
        state.Views.TryGetValue(id, out var view) && view.Tenant == tenant && IsSeen(view, principal) ? view : NotFound;
}
