using System.Collections.Concurrent;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Core.Append;

/// <summary>The way of every event, whatever source it came over: validate, enrich, set large bodies aside, compose, store.</summary>
/// <remarks>De-duplication, sequence and durability are one step of the storage engine. Order matters: nothing changes after composing, because that is what is hashed.</remarks>
/// <param name="refusal">Why a ledger takes nothing from a kind of source now, such as a tenant that is at its cap; null when it does.</param>
public sealed class AppendPipeline(IEventStore store, EventLimits limits, TimeProvider time, AppendMetrics metrics, Func<string, string, Problem?>? refusal = null)
{
    private readonly ConcurrentBag<Worker> _workers = [];

    /// <summary>What is kept in quarantine must fit, however small events have to be.</summary>
    private readonly AppendPipeline? _quarantine = limits.EventBytesMax < EventLimits.Default.EventBytesMax ? new(store, EventLimits.Default, time, metrics, refusal) : null;

    /// <summary>Stores what is good, and says what is not.</summary>
    /// <returns><see cref="ProblemKind.Invalid"/> with every fault of every event when the batch is refused; the store's problem when it cannot take more.</returns>
    public async ValueTask<Result<AppendResult>> AppendAsync(AppendRequest request, CancellationToken cancellation)
    {
        metrics.Received(request.SourceKind, request.Events.Count);
        if (refusal?.Invoke(request.Tenant, request.SourceKind) is { } full)
        {
            metrics.Refused(request.SourceKind, request.Events.Count);
            return full;
        }
        var prepared = Prepare(request);
        if (prepared.Faults.Count > 0 && request.BadEvents == BadEvents.RefuseBatch)
        {
            metrics.Rejected(request.SourceKind, request.Events.Count);
            return Refusal(prepared.Faults, request.Events.Count);
        }
        IReadOnlyList<Receipt> receipts = [];
        if (prepared.Batch.Entries.Count > 0)
        {
            var stored = await store.AppendAsync(request.Tenant, prepared.Batch, cancellation);
            if (!stored.IsOk)
            {
                metrics.Refused(request.SourceKind, request.Events.Count);
                return stored.Problem;
            }
            receipts = stored.Value;
            metrics.Stored(request.SourceKind, receipts);
        }
        var result = new AppendResult(receipts, prepared.Faults);
        if (prepared.Faults.Count == 0) return result;
        return request.BadEvents == BadEvents.Quarantine ? await QuarantineAsync(request, result, cancellation) : Rejected(request, result);
    }

    /// <summary>Keeps input that no event could be made of, for a sender that cannot correct it.</summary>
    /// <param name="tenant">The tenant whose quarantine gets it.</param>
    /// <returns>Receipts in the quarantine ledger; or the store's problem.</returns>
    public async ValueTask<Result<AppendResult>> QuarantineAsync(string tenant, string sourceKind, IReadOnlyList<RefusedInput> inputs, CancellationToken cancellation)
    {
        metrics.Received(sourceKind, inputs.Count);
        var kept = await KeepAsync(tenant, [.. inputs.Select(input => QuarantineEvents.One(sourceKind, input))], cancellation);
        if (!kept.IsOk)
        {
            metrics.Refused(sourceKind, inputs.Count);
            return kept.Problem;
        }
        metrics.Quarantined(sourceKind, inputs.Count);
        return kept;
    }

    private AppendResult Rejected(AppendRequest request, AppendResult result)
    {
        metrics.Rejected(request.SourceKind, request.Events.Count - result.Receipts.Count);
        return result;
    }

    private async ValueTask<Result<AppendResult>> QuarantineAsync(AppendRequest request, AppendResult result, CancellationToken cancellation)
    {
        var events = QuarantineEvents.From(request, result.Rejected);
        var kept = await KeepAsync(request.Tenant, events, cancellation);
        if (!kept.IsOk) return kept.Problem;
        metrics.Quarantined(request.SourceKind, events.Count);
        return result with { Quarantined = events.Count };
    }

    private ValueTask<Result<AppendResult>> KeepAsync(string tenant, IReadOnlyList<ReadOnlyMemory<byte>> events, CancellationToken cancellation) =>
        (_quarantine ?? this).AppendAsync(new(TenantName.QuarantineOf(tenant), QuarantineEvents.SourceKind, events), cancellation);

    private Prepared Prepare(AppendRequest request)
    {
        if (!_workers.TryTake(out var worker)) worker = new(limits);
        try
        {
            return worker.Prepare(request, Timestamp.FromDateTimeOffset(time.GetUtcNow()));
        }
        finally
        {
            _workers.Add(worker);
        }
    }

    private static Problem Refusal(IReadOnlyList<ProblemFault> faults, int count) => new(ProblemKind.Invalid,
        count == 1 ? "The event is not valid; nothing was stored." : $"{faults.Select(fault => fault.Index).Distinct().Count()} of {count} events are not valid; nothing was stored.")
    {
        Faults = faults,
    };

    private sealed record Prepared(PendingBatch Batch, IReadOnlyList<ProblemFault> Faults);

    /// <summary>The buffers that preparing needs, used again by the next request.</summary>
    private sealed class Worker(EventLimits limits)
    {
        private readonly EventParser _parser = new(limits);
        private readonly EventDraft _draft = new();
        private readonly EnrichStep _enrich = new();
        private readonly ByteBuffer _entries = new(64 * 1024);
        private readonly List<Fault> _faults = [];

        public Prepared Prepare(AppendRequest request, Timestamp now)
        {
            _entries.Clear();
            var entries = new List<PendingEntry>(request.Events.Count);
            var attachments = new List<PendingAttachment>();
            var faults = new List<ProblemFault>();
            for (var index = 0; index < request.Events.Count; index++)
            {
                _faults.Clear();
                if (_parser.TryParse(request.Events[index].Span, _draft, _faults) && IsOwn(request))
                {
                    _enrich.Apply(_draft, request, now);
                    Compose(entries, attachments);
                }
                foreach (var fault in _faults) faults.Add(ProblemFault.From(fault, index));
            }
            return new(new(_entries.Written.ToArray(), entries) { Attachments = attachments }, faults);
        }

        /// <summary>Whether the sender may write of the event's project.</summary>
        private bool IsOwn(AppendRequest request)
        {
            if (request.Projects is null) return true;
            var project = _draft.Text(EventField.ScopeProjectId);
            if (project is not null && request.Projects.Contains(project)) return true;
            _faults.Add(new(EventSchema.Of(EventField.ScopeProjectId).Path, project is null ? "is missing: the credential is limited to projects" : "is not one of the credential's projects"));
            return false;
        }

        private void Compose(List<PendingEntry> entries, List<PendingAttachment> attachments)
        {
            var start = _entries.Length;
            var sequenceAt = _draft.Compose(_entries);
            while (_entries.Length - start + PendingEntry.SequenceBytesMax > EventLimits.EntryBytesMax)
            {
                var length = _entries.Length - start;
                _entries.Truncate(start);
                if (!AttachStep.TryMoveLargest(_draft, entries.Count, attachments))
                {
                    _faults.Add(new("", $"has {length} bytes without its bodies, more than the {EventLimits.EntryBytesMax} that an entry may have"));
                    return;
                }
                sequenceAt = _draft.Compose(_entries);
            }
            entries.Add(new(start, _entries.Length - start, sequenceAt, _draft.IdAt, _draft.Value(EventField.Id).Length - 2));
        }
    }
}
