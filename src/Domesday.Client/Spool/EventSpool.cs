using Domesday.Events;
using Domesday.Events.Json;

namespace Domesday.Client.Spool;

/// <summary>Keeps events on the local disk until the service has them: at least once on the way, once in the ledger, because every event has an id.</summary>
/// <remarks>
/// Whoever appends waits for the disk and never for the service. An act that must not be lost even when the process dies in the middle of it is begun
/// before it is done: when its end is never told, what was begun is sent, with an unknown outcome. For use by many threads at once.
/// </remarks>
public sealed class EventSpool : IAsyncDisposable
{
    private readonly SpoolFolder _folder;
    private readonly SpoolLog _log;
    private readonly SpoolTally _tally;
    private readonly SpoolSender _sender;
    private readonly SpoolOptions _options;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    private EventSpool(SpoolOptions options, DomesdayClient client)
    {
        _options = options;
        _folder = new(options.Folder);
        var cursor = _folder.LoadCursor();
        var found = SpoolRecovery.Run(_folder, cursor);
        _tally = new(found, cursor);
        _log = new(_folder, options, found.Lengths, cursor);
        _sender = new(new SpoolReader(_folder, _log, cursor), _log, _folder, client, options, _tally);
        _log.Advanced = _sender.Wake;
        _log.Lost = lost =>
        {
            var events = _tally.Lost(lost);
            if (events > 0) Lost?.Invoke(events);
        };
        _run = Task.Run(() => _sender.RunAsync(_stop.Token));
    }

    public SpoolCounters Counters => _tally.Read(_log.BytesOnDisk);

    /// <summary>Called with the number of events that were taken without waiting and that the disk did not keep; from any thread, and it must not wait.</summary>
    public Action<int>? Lost { get; set; }

    /// <summary>Opens a spool, with what an earlier process left in it, and begins to send.</summary>
    /// <param name="client">Stays the caller's own. Its retries are not needed: a spool has its own.</param>
    /// <exception cref="IOException">The folder cannot be used, or another process has it.</exception>
    public static EventSpool Open(SpoolOptions options, DomesdayClient client)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(client);
        options.Check();
        // Only files that are closed can go, so there must be several in a spool that may not grow.
        return new(options with { SegmentBytes = (int)Math.Min(options.SegmentBytes, options.BytesMax / 8) }, client);
    }

    /// <summary>Takes an event; completes when it is on disk.</summary>
    /// <param name="auditEvent">Given an id when it has none.</param>
    public async Task<SpoolOutcome> AppendAsync(AuditEvent auditEvent)
    {
        var outcome = _log.Append(SpoolKind.Event, Guid.Empty, Written(auditEvent), isAwaited: true, out var end);
        if (outcome == SpoolOutcome.Kept && !await _log.SyncAsync(end)) outcome = SpoolOutcome.Failed;
        _tally.Took(outcome);
        return outcome;
    }

    /// <summary>Takes an event without waiting for the disk: it survives the end of this process at once, and a power cut after <see cref="SpoolOptions.SyncDelay"/>.</summary>
    /// <param name="auditEvent">Given an id when it has none.</param>
    /// <returns>What is known now; <see cref="Lost"/> is called when the disk fails afterwards.</returns>
    public SpoolOutcome Append(AuditEvent auditEvent)
    {
        var outcome = _log.Append(SpoolKind.Event, Guid.Empty, Written(auditEvent), isAwaited: false, out _);
        _tally.Took(outcome);
        return outcome;
    }

    /// <summary>Notes that an act begins. What is noted survives the end of this process at once, and a power cut when <see cref="SpooledAct.DurableAsync"/> has completed.</summary>
    /// <param name="unfinished">What is sent when the end is never told; with an id, the same that the finished event bears.</param>
    /// <returns>To be completed or cancelled; the outcome is <see cref="SpoolOutcome.Kept"/> when it was noted.</returns>
    public SpooledAct Begin(AuditEvent unfinished)
    {
        ArgumentNullException.ThrowIfNull(unfinished);
        if (unfinished.Id is null) throw new ArgumentException("An act that is begun has an id, which its end bears too.", nameof(unfinished));
        var id = EventId.New(_options.Time.GetUtcNow());
        var outcome = _log.Append(SpoolKind.Begin, id, EventJson.Write(unfinished), isAwaited: false, out var end);
        _tally.Took(outcome);
        return new(this, id, end, outcome);
    }

    /// <summary>Waits until the service has all that was appended before.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        while (_tally.Waiting > 0)
        {
            _sender.Wake();
            await Task.Delay(TimeSpan.FromMilliseconds(20), _options.Time, cancellation);
        }
    }

    /// <summary>Stops sending; what was not sent waits for the next time the folder is opened.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync();
        try
        {
            await _run;
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }
        _log.Advanced = null;
        _log.Dispose();
        _sender.Dispose();
        _folder.Dispose();
        _stop.Dispose();
    }

    internal Task<bool> SyncAsync(SpoolPosition end) => _log.SyncAsync(end);

    internal SpoolOutcome End(Guid id, AuditEvent? final, bool isAwaited, out SpoolPosition end)
    {
        var outcome = _log.Append(final is null ? SpoolKind.Cancel : SpoolKind.Complete, id, final is null ? default : EventJson.Write(final), isAwaited, out end);
        if (outcome != SpoolOutcome.Kept) _tally.Abandon(id);
        // What leaves no event is waited for by nobody.
        else _tally.Ended(id, isCancelled: final is null);
        return outcome;
    }

    internal async Task<SpoolOutcome> EndAsync(Guid id, AuditEvent final)
    {
        var outcome = End(id, final, isAwaited: true, out var end);
        if (outcome != SpoolOutcome.Kept || await _log.SyncAsync(end)) return outcome;
        _tally.Abandon(id);
        return SpoolOutcome.Failed;
    }

    private static byte[] Written(AuditEvent auditEvent)
    {
        ArgumentNullException.ThrowIfNull(auditEvent);
        return EventJson.Write(auditEvent.Id is null ? auditEvent with { Id = Guid.CreateVersion7().ToString() } : auditEvent);
    }
}

/// <summary>An act that was begun.</summary>
public sealed class SpooledAct
{
    private readonly EventSpool _spool;
    private readonly Guid _id;
    private readonly SpoolPosition _end;

    internal SpooledAct(EventSpool spool, Guid id, SpoolPosition end, SpoolOutcome outcome) => (_spool, _id, _end, Outcome) = (spool, id, end, outcome);

    /// <summary>Whether it was noted.</summary>
    public SpoolOutcome Outcome { get; }

    /// <summary>Completes when what was noted survives a power cut; false when it does not.</summary>
    public Task<bool> DurableAsync() => Outcome == SpoolOutcome.Kept ? _spool.SyncAsync(_end) : Task.FromResult(false);

    /// <summary>Tells how the act ended; completes when that is on disk. When it is not kept, what was begun is sent instead.</summary>
    public Task<SpoolOutcome> CompleteAsync(AuditEvent final)
    {
        ArgumentNullException.ThrowIfNull(final);
        return Outcome == SpoolOutcome.Kept ? _spool.EndAsync(_id, final) : _spool.AppendAsync(final);
    }

    /// <summary>Tells how the act ended, without waiting for the disk: as <see cref="EventSpool.Append"/>.</summary>
    public SpoolOutcome Complete(AuditEvent final)
    {
        ArgumentNullException.ThrowIfNull(final);
        return Outcome == SpoolOutcome.Kept ? _spool.End(_id, final, isAwaited: false, out _) : _spool.Append(final);
    }

    /// <summary>Tells that the act leaves no event.</summary>
    public void Cancel()
    {
        if (Outcome == SpoolOutcome.Kept) _spool.End(_id, null, isAwaited: false, out _);
    }
}
