using System.Security.Cryptography;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Events;

namespace Domesday.Core.Retention;

/// <summary>A hold that somebody asks for.</summary>
/// <param name="Filter">In the form of a query's parameters, without times; null or empty for all events.</param>
public sealed record HoldWish(string Case, string Reason, Timestamp? From, Timestamp? To, string? Filter);

/// <summary>Places, lists and releases legal holds.</summary>
/// <param name="readFilter">Reads a filter in the form of a query's parameters.</param>
public sealed class HoldDirectory(ControlLedger ledger, RetentionSweep sweep, Func<string, Result<EventFilter>> readFilter, TimeProvider time)
{
    public const int CaseCharsMax = 200;

    public const int ReasonCharsMax = 1_000;

    /// <summary>In force at one time in a tenant.</summary>
    private const int HoldsMax = 100;

    private const int IdBytes = 8;

    private static readonly Problem NotFound = new(ProblemKind.NotFound, "There is no such hold.");

    /// <summary>The holds of a tenant that are in force, oldest first.</summary>
    public static IReadOnlyList<HoldRecord> InForce(ControlState state, string tenant)
    {
        ArgumentNullException.ThrowIfNull(state);
        return [.. state.Holds.Values.Where(hold => hold.Tenant == tenant && hold.ReleasedAt is null).OrderBy(hold => hold.PlacedAt).ThenBy(hold => hold.Id, StringComparer.Ordinal)];
    }

    /// <summary>The holds of a tenant, those in force first, and each from the oldest on.</summary>
    /// <param name="released">Those that were released, too.</param>
    public IReadOnlyList<HoldRecord> Of(string tenant, bool released)
    {
        var state = ledger.State;
        var over = state.Holds.Values.Where(hold => released && hold.Tenant == tenant && hold.ReleasedAt is not null);
        return [.. InForce(state, tenant), .. over.OrderBy(hold => hold.PlacedAt).ThenBy(hold => hold.Id, StringComparer.Ordinal)];
    }

    public Result<HoldRecord> Find(string tenant, string id) => ledger.State.Holds.TryGetValue(id, out var hold) && hold.Tenant == tenant ? hold : NotFound;

    /// <summary>Places a hold. When it returns, nothing that the hold is about is dropped any more, not even by a sweep that runs already.</summary>
    /// <returns><see cref="ProblemKind.Conflict"/> for the system tenant, which keeps everything, and beyond a hundred holds.</returns>
    public async ValueTask<Result<HoldRecord>> PlaceAsync(ChangeAuthor author, string tenant, HoldWish wish, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(author);
        ArgumentNullException.ThrowIfNull(wish);
        if (tenant == TenantName.System) return new Problem(ProblemKind.Conflict, "The tenant 'system' keeps everything: it needs no hold.");
        if (wish.From >= wish.To) return new Problem(ProblemKind.Invalid, "The hold's end must be later than its beginning.", "to");
        if (wish.Filter is { Length: > 0 } text && readFilter(text) is { IsOk: false } wrong) return wrong.Problem!;
        var hold = new HoldRecord
        {
            Id = "hld_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)),
            Tenant = tenant,
            Case = wish.Case,
            Reason = wish.Reason,
            From = wish.From,
            To = wish.To,
            Filter = wish.Filter is { Length: > 0 } ? wish.Filter : null,
            PlacedAt = Now,
            PlacedBy = NameOf(author),
        };
        var changed = await ledger.ChangeAsync(author, state => InForce(state, tenant).Count >= HoldsMax
            ? new Problem(ProblemKind.Conflict, $"A tenant has at most {HoldsMax} holds in force.")
            : (ControlChange[])[ControlKinds.Hold.Create(hold)], cancellation);
        if (!changed.IsOk) return changed.Problem;
        // Not to be cut short: the answer says that the events are safe.
        await sweep.WaitForTurnAsync();
        return changed.Value.Holds[hold.Id];
    }

    /// <summary>Releases a hold. What only this one held goes with the next sweep, within an hour.</summary>
    /// <returns><see cref="ProblemKind.Conflict"/> when it was released before.</returns>
    public async ValueTask<Result<HoldRecord>> ReleaseAsync(ChangeAuthor author, string tenant, string id, string reason, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(author);
        var changed = await ledger.ChangeAsync(author, state =>
        {
            if (!state.Holds.TryGetValue(id, out var hold) || hold.Tenant != tenant) return NotFound;
            if (hold.ReleasedAt is not null) return new Problem(ProblemKind.Conflict, "The hold was released before.");
            return (ControlChange[])[ControlKinds.Hold.Update("release", hold, hold with { ReleasedAt = Now, ReleasedBy = NameOf(author), ReleaseReason = reason })];
        }, cancellation);
        return changed.IsOk ? changed.Value.Holds[id] : changed.Problem;
    }

    private static string NameOf(ChangeAuthor author) => author.Actor.Name ?? author.Actor.Id ?? "";

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());
}
