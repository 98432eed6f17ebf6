using System.Globalization;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events.Schema;

namespace Domesday.Core.Erasures;

/// <summary>Finds the events that an erasure is about, and refuses those that must stay.</summary>
/// <param name="readFilter">Reads a filter in the form of a query's parameters.</param>
internal sealed class ErasureSelector(IEventReader reader, Func<string, Result<EventFilter>> readFilter)
{
    private const int ToldMax = 20;

    /// <summary>Sequences that one query for what refers to them names.</summary>
    private const int StepMax = 500;

    /// <returns>
    /// <see cref="ProblemKind.Invalid"/> for more than is allowed, what cannot be read, and names of no event; <see cref="ProblemKind.NotFound"/> when nothing is left to be erased;
    /// <see cref="ProblemKind.Conflict"/> for what a hold keeps, and for events about holds and erasures.
    /// </returns>
    public async ValueTask<Result<ErasureSelection>> SelectAsync(ControlState state, string tenant, ErasureWish wish, CancellationToken cancellation)
    {
        var guard = ErasureGuard.Of(state, tenant, readFilter);
        if (!guard.IsOk) return guard.Problem;
        var (scope, found) = (AccessScope.WholeTenant(tenant), new SortedSet<long>());
        var gone = wish switch
        {
            { Ids: { } ids } => await NamedAsync([.. ids.Distinct(StringComparer.Ordinal)], "ids", id => reader.FindAsync(scope, id, cancellation), guard.Value, found),
            { Sequences: { } sequences } => await NamedAsync([.. sequences.Distinct().Order()], "sequences", sequence => reader.GetAsync(scope, sequence, cancellation), guard.Value, found),
            _ => await MatchingAsync(scope, wish, guard.Value, found, cancellation),
        };
        if (!gone.IsOk) return gone.Problem;
        var matched = found.Count;
        if (matched == 0) return new Problem(ProblemKind.NotFound, gone.Value > 0 ? $"Nothing is left to be erased: {gone.Value} of these events are gone already." : "No event matches that could be erased.");
        if (await FollowAsync(scope, guard.Value, found, cancellation) is { } unread) return unread;
        return guard.Value.Problem is { } refused ? refused : new ErasureSelection(matched, found.Count - matched, gone.Value, [.. found]);
    }

    /// <summary>Why events that were chosen before must stay after all; null when they need not.</summary>
    public async ValueTask<Problem?> HeldAsync(ControlState state, string tenant, IReadOnlyList<long> sequences, CancellationToken cancellation)
    {
        var guard = ErasureGuard.Of(state, tenant, readFilter);
        if (!guard.IsOk) return guard.Problem;
        if (!guard.Value.HasHolds) return null;
        foreach (var sequence in sequences)
        {
            var entry = await reader.GetAsync(AccessScope.WholeTenant(tenant), sequence, cancellation);
            if (entry.IsOk) guard.Value.Look(entry.Value);
            else if (entry.Problem.Kind is not (ProblemKind.Gone or ProblemKind.NotFound)) return entry.Problem;
        }
        return guard.Value.Problem;
    }

    /// <returns>How many are gone already.</returns>
    private static async ValueTask<Result<long>> NamedAsync<T>(IReadOnlyList<T> names, string member, Func<T, ValueTask<Result<StoredEntry>>> find, ErasureGuard guard, SortedSet<long> found)
    {
        var (gone, faults) = (0L, new List<ProblemFault>());
        for (var i = 0; i < names.Count; i++)
        {
            var entry = await find(names[i]);
            if (entry.IsOk)
            {
                found.Add(entry.Value.Sequence);
                guard.Look(entry.Value);
            }
            else if (entry.Problem.Kind == ProblemKind.Gone) gone++;
            else if (entry.Problem.Kind == ProblemKind.NotFound) faults.Add(new(null, member, $"names an event that is not there: {names[i]}"));
            else return entry.Problem;
        }
        return faults.Count == 0 ? gone : new Problem(ProblemKind.Invalid, $"{faults.Count} of the named events are not there; nothing was changed.") { Faults = [.. faults.Take(ToldMax)] };
    }

    private async ValueTask<Result<long>> MatchingAsync(AccessScope scope, ErasureWish wish, ErasureGuard guard, SortedSet<long> found, CancellationToken cancellation)
    {
        var filter = wish.Filter is { Length: > 0 } text ? readFilter(text) : EventFilter.All;
        if (!filter.IsOk) return filter.Problem;
        await foreach (var batch in reader.ReadAsync(scope, filter.Value with { From = wish.From, To = wish.To }, EventOrder.Sequence, descending: false, cancellation))
        {
            if (found.Count + batch.Count > ErasureWish.EventsMax) return TooMany("filter");
            foreach (var entry in batch)
            {
                found.Add(entry.Sequence);
                guard.Look(entry);
            }
        }
        return 0;
    }

    /// <summary>Adds what refers to events that go, and what refers to that: it may quote them.</summary>
    private async ValueTask<Problem?> FollowAsync(AccessScope scope, ErasureGuard guard, SortedSet<long> found, CancellationToken cancellation)
    {
        var latest = found.ToList();
        while (latest.Count > 0)
        {
            var next = new List<long>();
            foreach (var step in latest.Chunk(StepMax))
            {
                var about = new EventFilter { Conditions = [FieldCondition.Is(EventField.RefersTo, [.. step.Select(sequence => sequence.ToString(CultureInfo.InvariantCulture))])] };
                await foreach (var batch in reader.ReadAsync(scope, about, EventOrder.Sequence, descending: false, cancellation))
                {
                    foreach (var entry in batch)
                    {
                        if (!found.Add(entry.Sequence)) continue;
                        next.Add(entry.Sequence);
                        guard.Look(entry);
                    }
                }
                if (found.Count > ErasureWish.EventsMax) return TooMany("notes");
            }
            latest = next;
        }
        return null;
    }

    private static Problem TooMany(string field) => new(ProblemKind.Invalid, $"One erasure is about {ErasureWish.EventsMax} events at most, with those that refer to them: choose a shorter time, and erase the rest after it.", field);
}
