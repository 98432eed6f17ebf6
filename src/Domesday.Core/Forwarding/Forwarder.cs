using System.Collections.Concurrent;
using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Nodes;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;
using Microsoft.Extensions.Logging;

namespace Domesday.Core.Forwarding;

/// <summary>Runs a loop for each sink that the service keeps, and follows their changes: a secret that is replaced takes effect where the sink stands.</summary>
public sealed class Forwarder(ControlLedger ledger, SinkOpener opener, IEventStore store, IEventReader reader, ForwardingFiles files, TimeProvider time, ILogger<Forwarder> logger)
{
    /// <summary>How often another node's end is noticed, and what was asked for there.</summary>
    private static readonly TimeSpan BetweenTurns = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan TestMax = TimeSpan.FromSeconds(20);

    private readonly SinkElsewhere? _elsewhere = files.Asked is { } asked ? new(files.Cursors, asked) : null;
    private readonly ConcurrentDictionary<string, SinkRunner> _runners = new(StringComparer.Ordinal);
    private readonly HashSet<string> _notStarted = new(StringComparer.Ordinal);
    private volatile bool _isElsewhere;

    /// <summary>The sinks that this node runs, and how they stand.</summary>
    public IReadOnlyList<SinkStanding> Own => [.. _runners.Values.Select(Standing)];

    /// <summary>Every sink that is known, and how it stands, whichever node runs it.</summary>
    public IReadOnlyList<SinkStanding> All => Elsewhere is { } elsewhere ? [.. SinkDefinition.Of(ledger.State).Select(sink => TryStanding(elsewhere, sink)).OfType<SinkStanding>()] : Own;

    private SinkElsewhere? Elsewhere => _isElsewhere ? _elsewhere : null;

    /// <summary>How a sink stands; null for one that is not known yet.</summary>
    public SinkStanding? Of(string id)
    {
        if (_runners.TryGetValue(id, out var runner)) return Standing(runner);
        return Elsewhere is { } elsewhere && SinkDefinition.Of(ledger.State).FirstOrDefault(sink => sink.Id == id) is { } wanted ? TryStanding(elsewhere, wanted) : null;
    }

    /// <summary>Runs until it is told to stop; of several nodes one alone forwards.</summary>
    public async Task RunAsync(IWorkLeases nodes, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var state = ledger.State;
                var isDone = await TryTurnAsync(nodes.Holds(Work.Forwarding), state);
                using var turn = CancellationTokenSource.CreateLinkedTokenSource(stop);
                if (!nodes.IsSole || !isDone) turn.CancelAfter(BetweenTurns);
                await ledger.WaitForChangeAsync(state, turn.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            await StopAllAsync();
        }
    }

    /// <summary>Sends one event that says it is a test.</summary>
    /// <returns>What the receiver answered; <see cref="ProblemKind.Invalid"/> when the settings cannot be used.</returns>
    public async ValueTask<Result<SinkAnswer>> TestAsync(SinkDefinition sink, CancellationToken cancellation)
    {
        var opened = opener.Open(sink);
        if (!opened.IsOk) return opened.Problem;
        await using var receiver = opened.Value.Receiver;
        return await TestAsync(sink, receiver, cancellation);
    }

    /// <summary>Sends one event that says it is a test to a receiver that is not kept.</summary>
    /// <inheritdoc cref="TestAsync(SinkDefinition, CancellationToken)"/>
    /// <param name="plain">Its settings, secrets included.</param>
    public async ValueTask<Result<SinkAnswer>> TestAsync(SinkDefinition sink, IReadOnlyDictionary<string, string> plain, CancellationToken cancellation)
    {
        var opened = opener.Open(sink, plain);
        if (!opened.IsOk) return opened.Problem;
        await using var receiver = opened.Value.Receiver;
        return await TestAsync(sink, receiver, cancellation);
    }

    /// <summary>Sends events that are in no ledger, once, to a receiver that is not kept.</summary>
    /// <inheritdoc cref="TestAsync(SinkDefinition, IReadOnlyDictionary{string, string}, CancellationToken)"/>
    public async ValueTask<Result<SinkAnswer>> SendAsync(SinkDefinition sink, IReadOnlyDictionary<string, string> plain, IReadOnlyList<SinkEvent> events, CancellationToken cancellation)
    {
        var opened = opener.Open(sink, plain);
        if (!opened.IsOk) return opened.Problem;
        await using var receiver = opened.Value.Receiver;
        return await TryAsync(limit => receiver.DeliverAsync(events, limit), cancellation);
    }

    /// <summary>Hands a file over, once, to a receiver that is not kept.</summary>
    /// <inheritdoc cref="TestAsync(SinkDefinition, CancellationToken)"/>
    public async ValueTask<Result<SinkAnswer>> SendFileAsync(SinkDefinition sink, SinkFile file, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(sink);
        var opened = opener.Open(sink);
        if (!opened.IsOk) return opened.Problem;
        await using var receiver = opened.Value.Receiver;
        if (receiver is not IFileReceiver files) return new Problem(ProblemKind.Invalid, $"Sinks of the type {sink.Type} take no files.");
        return await TryAsync(limit => files.DeliverFileAsync(file, limit), cancellation);
    }

    /// <summary>How many events a replay would send again: those that the filter wants.</summary>
    public async ValueTask<Result<long>> CountAsync(SinkDefinition sink, SinkReplay replay, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(replay);
        if (replay.RejectedOnly) return Of(sink.Id)?.RejectedKept ?? 0;
        var opened = opener.Open(sink);
        if (!opened.IsOk) return opened.Problem;
        await using var receiver = opened.Value.Receiver;
        return await reader.CountAsync(AccessScope.WholeTenant(sink.Tenant), opened.Value.Filter with { FromSequence = replay.Next, ToSequence = replay.To }, cancellation);
    }

    /// <summary>Sends events again, before the sink goes on where it is.</summary>
    /// <returns><see cref="ProblemKind.Conflict"/> when it is doing so already.</returns>
    public Problem? Replay(string id, SinkReplay replay)
    {
        if (_runners.TryGetValue(id, out var runner)) return runner.Progress.TryReplay(replay) ? null : SinkProgress.ReplaysAlready;
        return Elsewhere is { } elsewhere ? elsewhere.Replay(id, replay) : new(ProblemKind.Unavailable, "The sink is being started: come again.", RetryAfter: TimeSpan.FromSeconds(1));
    }

    /// <summary>What the receiver rejected and is kept, oldest first.</summary>
    public IReadOnlyList<DeadLetter> Rejected(string id, int max) => _runners.TryGetValue(id, out var runner) ? runner.Progress.Rejected(max) : Elsewhere?.Rejected(id, max) ?? [];

    /// <summary>Forgets what was rejected.</summary>
    /// <returns>How many events that were.</returns>
    public int Discard(string id) => _runners.TryGetValue(id, out var runner) ? runner.Progress.Discard() : Elsewhere?.Discard(id) ?? 0;

    /// <summary>Has the sinks of a tenant forget that receivers rejected these events: they were erased.</summary>
    /// <param name="sequences">Ascending.</param>
    public void Forget(string tenant, IReadOnlyList<long> sequences)
    {
        foreach (var sink in SinkDefinition.Of(ledger.State).Where(sink => sink.Tenant == tenant))
        {
            if (_runners.TryGetValue(sink.Id, out var runner)) runner.Progress.Forget(sequences);
            else Elsewhere?.Forget(sink.Id, sequences);
        }
    }

    /// <summary>What a sink has not been given yet: exactly, by its filter.</summary>
    public async ValueTask<Result<SinkLag>> LagAsync(SinkDefinition sink, CancellationToken cancellation)
    {
        var next = Of(sink.Id)?.Cursor.Next ?? sink.StartSequence ?? store.Size(sink.Tenant);
        if (next >= store.Size(sink.Tenant)) return SinkLag.None;
        var opened = opener.Open(sink);
        var filter = (opened.IsOk ? opened.Value.Filter : EventFilter.All) with { FromSequence = next };
        if (opened.IsOk) await opened.Value.Receiver.DisposeAsync();
        var page = await reader.ListAsync(AccessScope.WholeTenant(sink.Tenant), new() { Filter = filter, Order = EventOrder.Sequence, Descending = false, Limit = 1, Total = true }, cancellation);
        if (!page.IsOk) return page.Problem;
        if (page.Value.Entries is not [var oldest, ..]) return SinkLag.None;
        var read = EventJson.Read(oldest.Bytes.Span);
        var received = read.ReceivedAt ?? read.Time ?? Now;
        return new SinkLag(page.Value.Total ?? 0, Math.Max(0, (Now.Microseconds - received.Microseconds) / 1e6), oldest.Sequence, read.Time, received);
    }

    private async ValueTask<SinkAnswer> TestAsync(SinkDefinition sink, ISink receiver, CancellationToken cancellation)
    {
        var entry = EventJson.Write(new()
        {
            Id = $"test-{Guid.CreateVersion7(time.GetUtcNow())}",
            Time = Now,
            Service = ControlLedger.ServiceName,
            Action = "test",
            Operation = "sink.test",
            Actor = ChangeAuthor.Service.Actor,
            Resource = new() { Type = "sink", Id = sink.Id, Name = sink.Name },
            Outcome = new() { Result = OutcomeResult.Success, Reason = "A test of forwarding; nothing happened." },
            Tenant = sink.Tenant,
            Sequence = 0,
            ReceivedAt = Now,
            SourceKind = ServiceEventQueue.SourceKind,
        });
        return await TryAsync(limit => receiver.DeliverAsync([TestEntry.Write(receiver, sink.Tenant, entry)], limit), cancellation);
    }

    private async ValueTask<SinkAnswer> TryAsync(Func<CancellationToken, ValueTask<Delivery>> deliver, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(TestMax, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            var delivery = await deliver(either.Token);
            var accepted = delivery is { Again.Count: 0, Rejected.Count: 0 };
            return new(accepted, delivery.Rejected is [var rejection, ..] ? rejection.Reason : delivery.Answer ?? (accepted ? "accepted" : "not accepted"));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new(false, $"No answer within {TestMax.TotalSeconds} s.");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return new(false, ForwardingLoop.Sentence(exception));
        }
    }

    /// <returns>False when something could not be kept or read: it is tried again.</returns>
    private async ValueTask<bool> TryTurnAsync(bool isHolder, ControlState state)
    {
        try
        {
            _isElsewhere = !isHolder;
            var isDone = true;
            if (isHolder) isDone = await FollowAsync(state);
            else await StopAllAsync();
            if (isHolder) _elsewhere?.Take(id => _runners.GetValueOrDefault(id)?.Progress);
            return isDone;
        }
        catch (Exception exception)
        {
            // Whatever it is, it must not end the service, and the other sinks go on.
            ForwardingLog.TurnFailed(logger, exception);
            return false;
        }
    }

    private async Task StopAllAsync()
    {
        await Task.WhenAll(_runners.Values.Select(runner => runner.DisposeAsync().AsTask()));
        _runners.Clear();
        _notStarted.Clear();
    }

    /// <returns>False when a sink could not be started: it is tried again.</returns>
    private async ValueTask<bool> FollowAsync(ControlState state)
    {
        var wanted = SinkDefinition.Of(state).ToDictionary(sink => sink.Id, StringComparer.Ordinal);
        foreach (var (id, runner) in _runners)
        {
            var isActive = state.IsActive(runner.Sink.Tenant);
            if (wanted.TryGetValue(id, out var sink) && sink.Version == runner.Sink.Version && (runner.Loop is not null || runner.Problem is not null) == (isActive && !sink.IsPaused)) continue;
            await runner.DisposeAsync();
            // It stays in the list until its successor takes its place: who looks in between sees how it stands, not nothing.
            if (sink is not null) Start(sink, state.IsActive(sink.Tenant));
            else if (_runners.TryRemove(id, out _)) new SinkFiles(files.Cursors, id).Delete();
        }
        foreach (var sink in wanted.Values.Where(sink => !_runners.ContainsKey(sink.Id))) Start(sink, state.IsActive(sink.Tenant));
        _notStarted.RemoveWhere(id => !wanted.ContainsKey(id));
        return _notStarted.Count == 0;
    }

    private void Start(SinkDefinition sink, bool isActive)
    {
        try
        {
            var progress = new SinkProgress(sink, new(files.Cursors, sink.Id), store.Size(sink.Tenant), time, logger);
            _runners[sink.Id] = SinkRunner.Start(sink, progress, isActive && !sink.IsPaused ? opener.Open(sink) : (Result<OpenedSink>?)null, store, reader, time, logger);
            _notStarted.Remove(sink.Id);
        }
        catch (Exception exception)
        {
            // Such as a damaged cursor or a full disk: the other sinks must not suffer, and nothing may be skipped by guessing.
            _runners.TryRemove(sink.Id, out _);
            if (_notStarted.Add(sink.Id)) ForwardingLog.Failed(logger, exception, sink.Name, sink.Tenant);
        }
    }

    private SinkStanding Standing(SinkRunner runner)
    {
        var behind = store.Size(runner.Sink.Tenant) - runner.Progress.Cursor.Next;
        return new(runner.Sink, runner.State, runner.Problem, runner.Progress.Cursor, runner.Progress.RejectedCount, Math.Max(0, behind), runner.Loop?.Waiting, runner.AgeMax) { FailingSince = runner.Loop?.FailingSince };
    }

    private SinkStanding? TryStanding(SinkElsewhere elsewhere, SinkDefinition sink)
    {
        try
        {
            return elsewhere.Standing(sink, ledger.State.IsActive(sink.Tenant), store.Size(sink.Tenant));
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            ForwardingLog.NotKnown(logger, exception, sink.Name, sink.Tenant);
            return null;
        }
    }

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());
}
