using System.Runtime.InteropServices;
using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Nodes;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Microsoft.Extensions.Logging;

namespace Domesday.Core.Control;

/// <summary>The service's own state, kept as changes in the ledger of the tenant <c>system</c>: every administrative change is an event by construction.</summary>
/// <remarks>
/// One writer at a time decides on the newest state, and the state moves on only after its events are durable. Readers take <see cref="State"/> and
/// never wait. Producers cannot write changes: <c>source_kind</c> is the service's to set, and only events of the kind <see cref="SourceKind"/> count.
/// </remarks>
public sealed class ControlLedger : IDisposable
{
    /// <summary>What marks an event as a change of the state.</summary>
    public const string SourceKind = "control";

    /// <summary>The service's name in its own events.</summary>
    public const string ServiceName = "domesday";

    /// <summary>Two of them and what stands around them fit into one entry: a record that could be made can also be changed.</summary>
    private const int RecordBytesMax = 28_000;
    private const int ToldAgain = 8;

    private readonly IEventReader _reader;
    private readonly IWorkLeases _nodes;
    private readonly AppendPipeline _pipeline;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _writing = new(1);
    private volatile ControlState _state = ControlState.Empty;
    private volatile ControlIndex _index = new(ControlState.Empty);
    private volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private long _next;

    private ControlLedger(IEventReader reader, AppendPipeline pipeline, IWorkLeases nodes, ILogger logger) => (_reader, _pipeline, _nodes, _logger) = (reader, pipeline, nodes, logger);

    /// <summary>Changes before this sequence of the system ledger are in the state.</summary>
    public long Next => Interlocked.Read(ref _next);

    /// <summary>The newest state.</summary>
    public ControlState State => _state;

    /// <summary>The newest state, prepared for look-ups.</summary>
    public ControlIndex Index
    {
        get
        {
            var (index, state) = (_index, _state);
            // Two callers may both prepare it after a change: the same work twice, and no lock for all the others.
            return ReferenceEquals(index.State, state) ? index : _index = new(state);
        }
    }

    /// <summary>Reads all changes so far.</summary>
    /// <exception cref="CorruptLedgerException">The system ledger is damaged.</exception>
    /// <exception cref="JsonException">A change was written by a version that this one does not understand.</exception>
    public static ValueTask<ControlLedger> OpenAsync(IEventReader reader, AppendPipeline pipeline, ILogger logger, CancellationToken cancellation) =>
        OpenAsync(reader, pipeline, SoleNode.Instance, logger, cancellation);

    /// <inheritdoc cref="OpenAsync(IEventReader, AppendPipeline, ILogger, CancellationToken)"/>
    /// <param name="nodes">Others that may change the state, too.</param>
    public static async ValueTask<ControlLedger> OpenAsync(IEventReader reader, AppendPipeline pipeline, IWorkLeases nodes, ILogger logger, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var ledger = new ControlLedger(reader, pipeline, nodes, logger);
        var last = new Queue<WrittenChange>();
        var count = 0L;
        await ledger.ReadOnAsync(written =>
        {
            count++;
            last.Enqueue(written);
            if (last.Count > ToldAgain) last.Dequeue();
        }, cancellation);
        var state = ledger._state;
        ControlLog.Opened(logger, state.Tenants.Count, state.Users.Count, state.Keys.Count, count);
        // A stop between a change and telling its tenant leaves a gap; telling twice is one event, because the id is the same.
        foreach (var written in last) await ledger.TellAsync(written);
        return ledger;
    }

    /// <summary>Makes a change durable, then visible.</summary>
    /// <param name="decide">Sees the newest state, alone; its problem is returned as it is, and no change means that nothing is to be done.</param>
    /// <returns>The state after the change.</returns>
    public async ValueTask<Result<ControlState>> ChangeAsync(ChangeAuthor author, Func<ControlState, Result<ControlChange[]>> decide, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(decide);
        await _writing.WaitAsync(cancellation);
        try
        {
            var alone = await _nodes.LockAsync(SourceKind, cancellation);
            if (!alone.IsOk) return alone.Problem;
            await using var held = alone.Value;
            if (!_nodes.IsSole) await ReadOnAsync(_ => { }, cancellation);
            var decided = decide(_state);
            if (!decided.IsOk) return decided.Problem;
            return decided.Value.Length == 0 ? _state : await WriteAsync(author, decided.Value);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Takes up what other nodes changed.</summary>
    /// <exception cref="CorruptLedgerException">The system ledger is damaged.</exception>
    public async ValueTask CatchUpAsync(CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            await ReadOnAsync(_ => { }, cancellation);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Completes when the newest state is another one than <paramref name="seen"/>.</summary>
    public Task WaitForChangeAsync(ControlState seen, CancellationToken cancellation)
    {
        // Taken before the state is looked at: a change in between completes it.
        var changed = _changed;
        return ReferenceEquals(_state, seen) ? changed.Task.WaitAsync(cancellation) : Task.CompletedTask;
    }

    public void Dispose() => _writing.Dispose();

    private async ValueTask<Result<ControlState>> WriteAsync(ChangeAuthor author, ControlChange[] changes)
    {
        var largest = changes.Max(change => change.After is { } after ? JsonMarshal.GetRawUtf8Value(after).Length : 0);
        if (largest > RecordBytesMax) return new Problem(ProblemKind.TooLarge, $"As JSON a record has at most {RecordBytesMax} bytes; this one has {largest}.");
        var events = changes.Select(change => (Change: change, Event: EventOf(author, change, change.Before, change.After))).ToList();
        var bytes = events.Select(pair => (ReadOnlyMemory<byte>)EventJson.Write(pair.Event)).ToList();
        // Not to be cancelled: a change that was stored must also be seen.
        var appended = await _pipeline.AppendAsync(new(TenantName.System, SourceKind, bytes), CancellationToken.None);
        if (!appended.IsOk) return appended.Problem;
        var state = _state;
        for (var i = 0; i < changes.Length; i++) state = changes[i].Kind.Apply(state, changes[i], appended.Value.Receipts[i].Sequence);
        Publish(state, appended.Value.Receipts[changes.Length - 1].Sequence + 1);
        for (var i = 0; i < changes.Length; i++) await TellAsync(new(changes[i], events[i].Event, appended.Value.Receipts[i].Sequence));
        return state;
    }

    /// <summary>Reads the changes behind those that are in the state.</summary>
    private async ValueTask ReadOnAsync(Action<WrittenChange> seen, CancellationToken cancellation)
    {
        var changes = new EventFilter { Conditions = [FieldCondition.Is(EventField.SourceKind, SourceKind)], FromSequence = _next };
        var (state, next) = (_state, _next);
        await foreach (var batch in _reader.ReadAsync(AccessScope.WholeTenant(TenantName.System), changes, EventOrder.Sequence, descending: false, cancellation))
        {
            foreach (var entry in batch)
            {
                var written = Read(entry);
                state = written.Change.Kind.Apply(state, written.Change, entry.Sequence);
                next = entry.Sequence + 1;
                seen(written);
            }
        }
        if (next > _next) Publish(state, next);
    }

    private void Publish(ControlState state, long next)
    {
        _state = state;
        Interlocked.Exchange(ref _next, next);
        Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    /// <summary>Records the change, without hashes of secrets, in the ledger of the tenant that it concerns.</summary>
    private async ValueTask TellAsync(WrittenChange written)
    {
        var (change, original, sequence) = written;
        if (change.Record.Concerns is not { } tenant || tenant == TenantName.System) return;
        // What the first start makes is nobody's doing: a tenant's ledger begins with what it is sent.
        if (change.Action == "create" && original.Actor?.Type == ActorType.System) return;
        var told = EventOf(new(original.Actor!, original.Source), change, change.PublicBefore, change.PublicAfter) with { Id = original.Id, Time = original.Time };
        var appended = await _pipeline.AppendAsync(new(tenant, ServiceEventQueue.SourceKind, [EventJson.Write(told)]), CancellationToken.None);
        if (!appended.IsOk) ControlLog.NotTold(_logger, sequence, tenant, appended.Problem.Detail);
    }

    private static WrittenChange Read(StoredEntry entry)
    {
        var stored = EventJson.Read(entry.Bytes.Span);
        if (ControlKinds.Named(stored.Resource?.Type) is not { } kind) throw new JsonException($"Change {entry.Sequence} of the system ledger is of a kind that this version does not know.");
        return new(kind.Read(stored.Action, stored.Operation ?? "", stored.Change?.Before, stored.Change?.After), stored, entry.Sequence);
    }

    private static AuditEvent EventOf(ChangeAuthor author, ControlChange change, JsonElement? before, JsonElement? after) => new()
    {
        Id = Guid.CreateVersion7().ToString(),
        Service = ServiceName,
        Action = change.Action,
        Operation = change.Operation,
        Actor = author.Actor,
        Source = author.Source,
        Resource = new() { Type = change.Kind.Name, Id = change.Record.Key, Name = change.Record.Label },
        Outcome = new() { Result = OutcomeResult.Success },
        Change = new() { Before = before, After = after },
    };

    private sealed record WrittenChange(ControlChange Change, AuditEvent Event, long Sequence);
}
