using System.Collections.Concurrent;

namespace Domesday.Client.Spool;

/// <summary>What both sides of a spool count, and what they tell each other.</summary>
internal sealed class SpoolTally
{
    private readonly ConcurrentQueue<Guid> _abandoned = new();
    private readonly ConcurrentDictionary<Guid, bool> _lostBegins = new();
    private long _kept, _full, _failed, _sent, _duplicates, _quarantined, _refused, _retries, _waiting;
    private volatile string? _lastError;

    public SpoolTally(SpoolRecovery.Found found, SpoolPosition cursor)
    {
        (Recovered, Cursor, _waiting) = (found, cursor, found.Waiting);
    }

    public SpoolRecovery.Found Recovered { get; }

    /// <summary>Saved; only the sender moves it.</summary>
    public SpoolPosition Cursor { get; set; }

    public long Orphans { get; set; }

    public long Waiting => Interlocked.Read(ref _waiting);

    public void Took(SpoolOutcome outcome)
    {
        if (outcome == SpoolOutcome.Kept)
        {
            Interlocked.Increment(ref _kept);
            Interlocked.Increment(ref _waiting);
        }
        else if (outcome == SpoolOutcome.Full) Interlocked.Increment(ref _full);
        else Interlocked.Increment(ref _failed);
    }

    /// <summary>An act's end could not be written: it is sent as it was begun, unless that is lost as well.</summary>
    public void Abandon(Guid id)
    {
        if (_lostBegins.TryRemove(id, out _)) Drop();
        else _abandoned.Enqueue(id);
    }

    /// <summary>An act's end was written.</summary>
    public void Ended(Guid id, bool isCancelled)
    {
        if (!_lostBegins.IsEmpty) _lostBegins.TryRemove(id, out _);
        if (isCancelled) Interlocked.Decrement(ref _waiting);
    }

    /// <summary>The disk did not keep what nobody waited for.</summary>
    /// <returns>How many events have no record, or none of their outcome.</returns>
    public int Lost(IReadOnlyList<SpoolPending> records)
    {
        var events = 0;
        foreach (var record in records)
        {
            if (record.Kind == SpoolKind.Event) Drop();
            else if (record.Kind == SpoolKind.Begin) _lostBegins[record.Id] = true;
            else if (record.Kind == SpoolKind.Complete) Abandon(record.Id);
            if (record.Kind is SpoolKind.Event or SpoolKind.Complete) events++;
        }
        return events;
    }

    public IReadOnlyList<Guid> TakeAbandoned()
    {
        var ids = new List<Guid>();
        while (_abandoned.TryDequeue(out var id)) ids.Add(id);
        return ids;
    }

    public void Delivered(int events, AppendAnswer answer)
    {
        _lastError = null;
        Interlocked.Add(ref _sent, events);
        Interlocked.Add(ref _waiting, -events);
        Interlocked.Add(ref _duplicates, answer.Duplicates ?? answer.Receipts.Count(receipt => receipt.Duplicate));
        Interlocked.Add(ref _quarantined, answer.Quarantined);
    }

    public void RefusedForGood(string reason)
    {
        _lastError = reason;
        Interlocked.Increment(ref _refused);
        Interlocked.Decrement(ref _waiting);
    }

    public void Failed(string reason)
    {
        _lastError = reason;
        Interlocked.Increment(ref _retries);
    }

    private void Drop()
    {
        Interlocked.Decrement(ref _kept);
        Interlocked.Decrement(ref _waiting);
        Interlocked.Increment(ref _failed);
    }

    public SpoolCounters Read(long bytesOnDisk) => new()
    {
        Kept = Interlocked.Read(ref _kept),
        Full = Interlocked.Read(ref _full),
        Failed = Interlocked.Read(ref _failed),
        Sent = Interlocked.Read(ref _sent),
        Duplicates = Interlocked.Read(ref _duplicates),
        Quarantined = Interlocked.Read(ref _quarantined),
        Refused = Interlocked.Read(ref _refused),
        Orphans = Orphans,
        Retries = Interlocked.Read(ref _retries),
        TornBytes = Recovered.TornBytes,
        DamagedBytes = Recovered.DamagedBytes,
        Waiting = Math.Max(0, Waiting),
        BytesOnDisk = bytesOnDisk,
        LastError = _lastError,
    };
}
