using System.Collections.Concurrent;
using System.Security.Cryptography;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Nodes;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Retention;
using Domesday.Core.Sealing;
using Domesday.Core.Storage;
using Domesday.Events;
using Microsoft.Extensions.Logging;

namespace Domesday.Core.Erasures;

/// <summary>Erases events, remembers who had it done and why, and carries out what a stop of the service left unfinished.</summary>
/// <remarks>It is recorded before it is done: events that are gone without a record of it would be a hole that nobody can explain. Decisions: docs/adr/0059-erasures.md.</remarks>
/// <param name="readFilter">Reads a filter in the form of a query's parameters.</param>
/// <param name="copies">What else keeps copies of events, and forgets them.</param>
public sealed class ErasureDirectory(
    ControlLedger ledger, IEventStore store, IEventReader reader, RetentionSweep sweep, Sealer sealer, IWorkLeases nodes, ErasedCopies copies, Func<string, Result<EventFilter>> readFilter, TimeProvider time, ILogger<ErasureDirectory> logger)
{
    private const int IdBytes = 8;

    /// <summary>Longest list of sequences in the record itself.</summary>
    private const int ListCharsMax = 8_000;

    /// <summary>Longest list in a part.</summary>
    private const int PartCharsMax = 24_000;

    /// <summary>How often the holds may change while events are chosen.</summary>
    private const int AttemptsMax = 5;

    private static readonly Problem NotFound = new(ProblemKind.NotFound, "There is no such erasure.");
    private static readonly TimeSpan OfOthers = TimeSpan.FromMinutes(2);

    private readonly ErasureSelector _selector = new(reader, readFilter);
    private readonly ConcurrentDictionary<string, Problem> _delayed = new(StringComparer.Ordinal);

    /// <summary>The erasures of a tenant, newest first.</summary>
    public IReadOnlyList<ErasureRecord> Of(string tenant) =>
        [.. ledger.State.Erasures.Values.Where(erasure => erasure.Tenant == tenant).OrderByDescending(erasure => erasure.CreatedAt).ThenByDescending(erasure => erasure.Id, StringComparer.Ordinal)];

    public Result<ErasureRecord> Find(string tenant, string id) => ledger.State.Erasures.TryGetValue(id, out var erasure) && erasure.Tenant == tenant ? erasure : NotFound;

    /// <summary>Why an erasure is not complete yet, as far as this node knows; null when it is, or was not tried here.</summary>
    public Problem? DelayOf(string id) => _delayed.GetValueOrDefault(id);

    /// <summary>What an erasure would be about. Changes nothing.</summary>
    /// <returns>As of <see cref="EraseAsync"/>.</returns>
    public async ValueTask<Result<ErasureSelection>> PreviewAsync(string tenant, ErasureWish wish, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(wish);
        return Refusal(tenant, wish) ?? await SelectAsync(ledger.State, tenant, wish, cancellation);
    }

    /// <summary>Erases events, and those that refer to them. When it returns without a delay, nobody can read them any more.</summary>
    /// <returns>
    /// <see cref="ProblemKind.Conflict"/> for the system tenant, for what a legal hold keeps, for events about holds and erasures, and when another number of events matches than was expected;
    /// <see cref="ProblemKind.Invalid"/> for more than is allowed; <see cref="ProblemKind.NotFound"/> when there is nothing to erase.
    /// </returns>
    public async ValueTask<Result<ErasureOutcome>> EraseAsync(ChangeAuthor author, string tenant, ErasureWish wish, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(author);
        ArgumentNullException.ThrowIfNull(wish);
        if (Refusal(tenant, wish) is { } refused) return refused;
        if (store.Size(tenant) == 0) return new Problem(ProblemKind.NotFound, "No event matches that could be erased.");
        // A store that could not do it would leave a record of what did not happen.
        var able = await store.EraseAsync(tenant, [], cancellation);
        if (!able.IsOk) return able.Problem;
        return await sweep.AloneAsync(() => ChosenAsync(author, tenant, wish, cancellation), cancellation);
    }

    /// <summary>Carries out what was recorded and is not complete: the service stopped in between, or the store could not do it.</summary>
    /// <returns>Whether nothing is left to be done.</returns>
    public async ValueTask<bool> FinishAsync(CancellationToken cancellation)
    {
        var isDone = true;
        foreach (var erasure in ledger.State.Erasures.Values.Where(IsLeft).OrderBy(erasure => erasure.CreatedAt))
        {
            isDone &= await sweep.AloneAsync(async () =>
            {
                if (!ledger.State.Erasures.TryGetValue(erasure.Id, out var newest) || !IsLeft(newest)) return true;
                var sequences = SequencesOf(newest);
                var delay = await _selector.HeldAsync(ledger.State, newest.Tenant, sequences, cancellation);
                if (delay is null) return (await CarryOutAsync(ChangeAuthor.Service, newest, sequences, isResumed: true)).Delayed is null;
                Delay(newest, delay, null);
                return false;
            }, cancellation);
        }
        return isDone;
    }

    private async ValueTask<Result<ErasureOutcome>> ChosenAsync(ChangeAuthor author, string tenant, ErasureWish wish, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            if (!nodes.IsSole) await ledger.CatchUpAsync(cancellation);
            var state = ledger.State;
            var selection = await SelectAsync(state, tenant, wish, cancellation);
            if (!selection.IsOk) return selection.Problem;
            var (record, parts) = RecordOf(author, tenant, wish, selection.Value);
            var isOutdated = false;
            var changed = await ledger.ChangeAsync(author, newest =>
            {
                // A hold that was placed meanwhile was not looked at.
                isOutdated = !ReferenceEquals(newest.Holds, state.Holds);
                return isOutdated ? (ControlChange[])[] : [ControlKinds.Erasure.Create(record), .. parts.Select(ControlKinds.ErasurePart.Create)];
            }, cancellation);
            if (!changed.IsOk) return changed.Problem;
            if (!isOutdated) return await CarryOutAsync(author, changed.Value.Erasures[record.Id], selection.Value.Sequences, isResumed: false);
        }
        return new Problem(ProblemKind.Unavailable, "Legal holds of the tenant are being changed: try again.", RetryAfter: TimeSpan.FromSeconds(1));
    }

    private async ValueTask<Result<ErasureSelection>> SelectAsync(ControlState state, string tenant, ErasureWish wish, CancellationToken cancellation)
    {
        if (sealer.BrokenReason(tenant) is { } broken) return new Problem(ProblemKind.Corrupt, $"The ledger does not agree with its last checkpoint, and is evidence: {broken}.");
        var selection = await _selector.SelectAsync(state, tenant, wish, cancellation);
        if (!selection.IsOk) return selection.Problem;
        return wish.Expected is { } expected && expected != selection.Value.Matched
            ? new Problem(ProblemKind.Conflict, $"{selection.Value.Matched} events match, and {expected} were expected: nothing was erased.", "expected_count")
            : selection;
    }

    /// <summary>From here on nobody's impatience counts: it is recorded.</summary>
    private async ValueTask<ErasureOutcome> CarryOutAsync(ChangeAuthor author, ErasureRecord record, IReadOnlyList<long> sequences, bool isResumed)
    {
        try
        {
            var erased = await store.EraseAsync(record.Tenant, sequences, CancellationToken.None);
            var delay = erased.Problem ?? await copies.ForgetAsync(record.Tenant, sequences, CancellationToken.None);
            if (delay is not null) return new(record, Delay(record, delay, null));
            // What an attempt before this one erased was not counted then.
            var count = isResumed ? record.Events : erased.Value;
            var changed = await ledger.ChangeAsync(author, state => state.Erasures[record.Id] is { CompletedAt: null } open
                ? (ControlChange[])[ControlKinds.Erasure.Update("complete", open, open with { CompletedAt = Now, Erased = count })]
                : [], CancellationToken.None);
            if (!changed.IsOk) return new(record, Delay(record, changed.Problem, null));
            _delayed.TryRemove(record.Id, out _);
            ErasureLog.Erased(logger, record.Id, count, record.Tenant);
            return new(changed.Value.Erasures[record.Id], null);
        }
        catch (IOException exception)
        {
            return new(record, Delay(record, new(ProblemKind.Unavailable, "The events cannot be erased now."), exception));
        }
    }

    private (ErasureRecord Record, IReadOnlyList<ErasurePartRecord> Parts) RecordOf(ChangeAuthor author, string tenant, ErasureWish wish, ErasureSelection selection)
    {
        var id = "era_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        var lists = SequenceRanges.Write(selection.Sequences, ListCharsMax);
        var record = new ErasureRecord
        {
            Id = id,
            Tenant = tenant,
            Reason = wish.Reason,
            Case = wish.Case,
            By = wish.By,
            Events = selection.Sequences.Count,
            Notes = selection.Notes,
            First = selection.Sequences[0],
            Last = selection.Sequences[^1],
            Sequences = lists.Count == 1 ? lists[0] : null,
            CreatedAt = Now,
            CreatedBy = author.Actor.Name ?? author.Actor.Id ?? "",
        };
        return (record, lists.Count == 1 ? [] : [.. SequenceRanges.Write(selection.Sequences, PartCharsMax).Select((list, number) => new ErasurePartRecord { Erasure = id, Number = number, Sequences = list })]);
    }

    private IReadOnlyList<long> SequencesOf(ErasureRecord record)
    {
        var lists = record.Sequences is { } whole ? [whole] : ledger.State.ErasureParts.Values.Where(part => part.Erasure == record.Id).OrderBy(part => part.Number).Select(part => part.Sequences);
        return [.. lists.SelectMany(SequenceRanges.Read).SelectMany(range => Numbers(range.First, range.Last))];
    }

    private static IEnumerable<long> Numbers(long first, long last)
    {
        for (var number = first; number <= last; number++) yield return number;
    }

    /// <summary>Another node may be at what was recorded a moment ago.</summary>
    private bool IsLeft(ErasureRecord erasure) => erasure.CompletedAt is null && (nodes.IsSole || time.GetUtcNow() - erasure.CreatedAt.ToDateTimeOffset() > OfOthers);

    private Problem Delay(ErasureRecord record, Problem problem, Exception? exception)
    {
        _delayed[record.Id] = problem;
        ErasureLog.Delayed(logger, exception, record.Id, record.Tenant, problem.Detail);
        return problem;
    }

    private static Problem? Refusal(string tenant, ErasureWish wish)
    {
        if (tenant == TenantName.System) return new(ProblemKind.Conflict, "The tenant 'system' is the service's own state: nothing can be erased from it.");
        if (wish.From >= wish.To) return new(ProblemKind.Invalid, "The end must be later than the beginning.", "to");
        var ways = (wish.Ids is null ? 0 : 1) + (wish.Sequences is null ? 0 : 1) + (wish.Filter is { Length: > 0 } || wish.From is not null || wish.To is not null ? 1 : 0);
        return ways == 1 ? null : new(ProblemKind.Invalid, "Say which events: either ids, or sequences, or a filter with or without from and to.", "filter");
    }

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());
}
