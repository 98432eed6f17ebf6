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

/// <summary>Drops what is older than its tenant's retention and covered by a signed checkpoint, and records what it dropped.</summary>
/// <remarks>The ledger of the service and ledgers beside tenants', such as quarantines, are never touched. Neither writers nor queries wait for it.</remarks>
public sealed class RetentionSweep(IEventStore store, ControlLedger ledger, Sealer sealer, ServiceEventQueue queue, RetentionMetrics metrics, TimeProvider time, ILogger<RetentionSweep> logger)
{
    /// <summary>The <c>operation</c> of the events that tell what was dropped.</summary>
    public const string Operation = "retention.sweep";

    /// <summary>Labels of these events: how many were dropped, and how many bytes.</summary>
    public const string EventsLabel = "events";

    /// <inheritdoc cref="EventsLabel"/>
    public const string BytesLabel = "bytes";

    private const long MicrosecondsPerDay = 86_400_000_000;

    private readonly ConcurrentDictionary<string, SweepReport> _last = new(StringComparer.Ordinal);

    /// <summary>What came of the last time since the start; null before it, and for tenants that keep everything.</summary>
    public SweepReport? LastOf(string tenant) => _last.GetValueOrDefault(tenant);

    /// <summary>What would be dropped now.</summary>
    public DroppedEvents DueOf(string tenant) =>
        RetentionPolicies.Of(ledger.State, tenant).Policy.Days is { } days && SealedSize(tenant) is { IsOk: true, Value: var size } ? store.Due(tenant, Before(days), size) : default;

    /// <summary>Gives each tenant that does not keep everything a turn. Not for several threads at once.</summary>
    /// <returns>Whether all could be looked at; if not, it is worth trying again soon.</returns>
    public async ValueTask<bool> RunAsync(CancellationToken cancellation)
    {
        var isComplete = true;
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
        try
        {
            var size = SealedSize(tenant);
            if (!size.IsOk)
            {
                Report(tenant, default, size.Problem.Detail, null);
                return false;
            }
            var (first, before) = (store.Usage(tenant).FirstSequence, Before(days));
            var dropped = await store.DropAsync(tenant, before, size.Value, cancellation);
            Report(tenant, dropped.IsOk ? dropped.Value : default, dropped.Problem?.Detail, null);
            if (dropped.IsOk && dropped.Value.Events > 0) Record(tenant, days, before, first, dropped.Value);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Report(tenant, default, exception.Message, exception);
        }
        return true;
    }

    private void Report(string tenant, DroppedEvents dropped, string? problem, Exception? exception)
    {
        _last[tenant] = new(Now, dropped, problem);
        if (problem is not null) RetentionLog.NotDropped(logger, exception, tenant, problem);
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
