using System.Collections.Concurrent;
using System.Globalization;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Sealing;
using Domesday.Core.Storage;
using Domesday.Events;
using Microsoft.Extensions.Logging;

namespace Domesday.Core.Retention;

/// <summary>Drops what is older than its tenant's retention, covered by a signed checkpoint, and not held, and records what it dropped.</summary>
/// <remarks>The ledger of the service and ledgers beside tenants', such as quarantines, are never touched. Neither writers nor queries wait for it.</remarks>
public sealed class RetentionSweep(IEventStore store, ControlLedger ledger, HeldEvents held, Sealer sealer, ServiceEventQueue queue, RetentionMetrics metrics, TimeProvider time, ILogger<RetentionSweep> logger) : IDisposable
{
    /// <summary>The <c>operation</c> of the events that tell what was dropped.</summary>
    public const string Operation = "retention.sweep";

    /// <summary>Labels of these events: how many were dropped, and how many bytes.</summary>
    public const string EventsLabel = "events";

    /// <inheritdoc cref="EventsLabel"/>
    public const string BytesLabel = "bytes";

    private const long MicrosecondsPerDay = 86_400_000_000;

    private readonly ConcurrentDictionary<string, SweepReport> _last = new(StringComparer.Ordinal);

    /// <summary>Held while a tenant has its turn.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>What came of the last time since the start; null before it, and for tenants that keep everything.</summary>
    public SweepReport? LastOf(string tenant) => _last.GetValueOrDefault(tenant);

    /// <summary>What would be dropped now, and what holds alone keep.</summary>
    /// <returns>The store's problem when it cannot be told what is held.</returns>
    public async ValueTask<Result<DueReport>> DueOfAsync(string tenant, CancellationToken cancellation)
    {
        var state = ledger.State;
        var first = await held.FirstOfAsync(state, tenant, cancellation);
        if (!first.IsOk) return first.Problem;
        if (RetentionPolicies.Of(state, tenant).Policy.Days is not { } days || SealedSize(tenant) is not { IsOk: true, Value: var size }) return new DueReport(default, default, first.Value);
        var due = store.Due(tenant, Before(days), Math.Min(size, first.Value ?? size));
        var without = store.Due(tenant, Before(days), size);
        return new DueReport(due, new(without.Events - due.Events, without.Bytes - due.Bytes), first.Value);
    }

    /// <summary>Does something in a turn of its own: no sweep and nothing else that takes events away runs meanwhile, and who places a hold waits until it ended.</summary>
    public async ValueTask<T> AloneAsync<T>(Func<ValueTask<T>> work, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(work);
        await _turn.WaitAsync(cancellation);
        try
        {
            return await work();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Completes when nothing has its turn that began before this was called: what was changed before is respected from then on.</summary>
    public async ValueTask WaitForTurnAsync()
    {
        await _turn.WaitAsync();
        _turn.Release();
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Gives each tenant that does not keep everything a turn. Not for several threads at once.</summary>
    /// <returns>False when of some tenant something could not be dropped that soon can be. A broken ledger stays broken: it does not count.</returns>
    public async ValueTask<bool> RunAsync(CancellationToken cancellation)
    {
        var isComplete = true;
        // Holds that another node placed count at once.
        await ledger.CatchUpAsync(cancellation);
        var state = ledger.State;
        foreach (var tenant in state.Retention.Keys)
        {
            if (TenantName.IsInternal(tenant)) continue;
            if (RetentionPolicies.Of(state, tenant).Policy.Days is not { } days)
            {
                _last.TryRemove(tenant, out _);
                continue;
            }
            isComplete &= await TurnAsync(tenant, days, cancellation);
        }
        metrics.Ran(time.GetUtcNow());
        return isComplete;
    }

    private async ValueTask<bool> TurnAsync(string tenant, int days, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            // The newest state, and not that of the whole sweep: a hold may have come meanwhile.
            var firstHeld = await held.FirstOfAsync(ledger.State, tenant, cancellation);
            if (!firstHeld.IsOk) return Failed(tenant, firstHeld.Problem);
            var size = SealedSize(tenant);
            if (!size.IsOk) return Failed(tenant, size.Problem);
            var (first, before) = (store.Usage(tenant).FirstSequence, Before(days));
            var dropped = await store.DropAsync(tenant, before, Math.Min(size.Value, firstHeld.Value ?? size.Value), cancellation);
            if (!dropped.IsOk) return Failed(tenant, dropped.Problem);
            _last[tenant] = new(Now, dropped.Value, null);
            if (dropped.Value.Events > 0) Record(tenant, days, before, first, dropped.Value);
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return Failed(tenant, new(ProblemKind.Unavailable, exception.Message), exception);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <returns>Whether trying again soon is of no use.</returns>
    private bool Failed(string tenant, Problem problem, Exception? exception = null)
    {
        _last[tenant] = new(Now, default, problem.Detail);
        RetentionLog.NotDropped(logger, exception, tenant, problem.Detail);
        return problem.Kind == ProblemKind.Corrupt;
    }

    /// <summary>In the tenant's own ledger for its people, and in the service's for ever.</summary>
    private void Record(string tenant, int days, Timestamp before, long first, DroppedEvents dropped)
    {
        metrics.Dropped(dropped);
        RetentionLog.Dropped(logger, days, dropped.Events, dropped.Bytes, tenant);
        var record = new AuditEvent
        {
            Service = ControlLedger.ServiceName,
            Action = "delete",
            Operation = Operation,
            Actor = ChangeAuthor.Service.Actor,
            Resource = new() { Type = "ledger", Id = tenant },
            Outcome = new() { Result = OutcomeResult.Success },
            Labels = new Dictionary<string, string>
            {
                [EventsLabel] = Text(dropped.Events),
                [BytesLabel] = Text(dropped.Bytes),
                ["first_sequence"] = Text(first),
                ["last_sequence"] = Text(first + dropped.Events - 1),
                ["before"] = before.ToString(),
                ["days"] = Text(days),
            },
        };
        queue.Add(tenant, record);
        queue.Add(TenantName.System, record);
    }

    /// <summary>How many events the last signed checkpoint covers. Of a broken ledger nothing is dropped: it is evidence.</summary>
    private Result<long> SealedSize(string tenant)
    {
        if (sealer.BrokenReason(tenant) is { } broken) return new Problem(ProblemKind.Corrupt, $"The ledger does not agree with its last checkpoint: {broken}.");
        if (store.Size(tenant) == 0) return 0;
        var head = sealer.HeadOf(tenant);
        return head.IsOk ? head.Value.Size : head.Problem;
    }

    private Timestamp Before(int days) => new(Now.Microseconds - (days * MicrosecondsPerDay));

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
