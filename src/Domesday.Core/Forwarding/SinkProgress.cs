using Domesday.Core.Problems;
using Domesday.Events;
using Microsoft.Extensions.Logging;

namespace Domesday.Core.Forwarding;

/// <summary>How far one sink is and what became of what it was given: in memory for those who ask, and durable before anything counts.</summary>
/// <remarks>The loop changes it, people ask for replays meanwhile: a lock, held for a small file's write at most.</remarks>
internal sealed class SinkProgress
{
    /// <summary>Rejected events that are kept; a receiver that rejects more than this is not given any more until somebody has looked.</summary>
    public const int RejectedMax = 10_000;

    /// <summary>One replay at a time.</summary>
    public static Problem ReplaysAlready { get; } = new(ProblemKind.Conflict, "The sink is sending events again already: wait until it has.");

    private readonly Lock _lock = new();
    private readonly SinkDefinition _sink;
    private readonly SinkFiles _files;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SortedDictionary<long, DeadLetter> _rejected;
    private TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SinkProgress(SinkDefinition sink, SinkFiles files, long size, TimeProvider time, ILogger logger)
    {
        (_sink, _files, _time, _logger) = (sink, files, time, logger);
        _rejected = files.LoadRejected();
        Cursor = files.Load() ?? new() { Next = sink.StartSequence ?? size };
        if (sink.StartSequence is null) files.Save(Cursor);
    }

    public SinkCursor Cursor { get; private set; }

    /// <summary>Completes when somebody asked for a replay, or had what was rejected forgotten.</summary>
    public Task Asked
    {
        get
        {
            lock (_lock) return Cursor.Replay is null ? _asked.Task : Task.CompletedTask;
        }
    }

    public int RejectedCount
    {
        get
        {
            lock (_lock) return _rejected.Count;
        }
    }

    /// <param name="max">At most as many, the oldest first.</param>
    public IReadOnlyList<DeadLetter> Rejected(int max)
    {
        lock (_lock) return [.. _rejected.Values.Take(max)];
    }

    public IReadOnlySet<long> RejectedSequences(long from, long to)
    {
        lock (_lock) return _rejected.Keys.SkipWhile(sequence => sequence < from).TakeWhile(sequence => sequence < to).ToHashSet();
    }

    /// <returns>False when one runs already.</returns>
    public bool TryReplay(SinkReplay replay)
    {
        lock (_lock)
        {
            if (Cursor.Replay is not null) return false;
            Change(Cursor with { Replay = replay });
            _asked.TrySetResult();
            return true;
        }
    }

    /// <summary>Forgets what was rejected: it will not be sent again.</summary>
    public int Discard()
    {
        lock (_lock)
        {
            var count = _rejected.Count;
            _rejected.Clear();
            _files.ReplaceRejected([]);
            // A sink that is held goes on at once.
            _asked.TrySetResult();
            if (Cursor.Replay is null) _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return count;
        }
    }

    /// <summary>Forgets that these were rejected: they were erased, and what the receiver said to them may quote them.</summary>
    public void Forget(IEnumerable<long> sequences)
    {
        lock (_lock)
        {
            var count = _rejected.Count;
            foreach (var sequence in sequences) _rejected.Remove(sequence);
            if (_rejected.Count == count) return;
            _files.ReplaceRejected(_rejected.Values);
            Change(Cursor with { LastError = null, LastErrorAt = null });
        }
    }

    /// <summary>Moves on over what the sink does not want; kept with the next delivery, because looking twice does no harm.</summary>
    public void Pass(bool isReplay, long end)
    {
        lock (_lock) Cursor = At(isReplay, end);
    }

    public void Save()
    {
        lock (_lock) _files.Save(Cursor);
    }

    /// <summary>The oldest event that is kept comes after the next one: what lies between is gone.</summary>
    public void Miss(long first)
    {
        lock (_lock)
        {
            ForwardingLog.Missed(_logger, _sink.Name, _sink.Tenant, first - Cursor.Next);
            Change(Cursor with { Missed = Cursor.Missed + first - Cursor.Next, Next = first });
        }
    }

    public void Shorten(long size)
    {
        lock (_lock)
        {
            ForwardingLog.LedgerShorter(_logger, _sink.Name, _sink.Tenant, size, Cursor.Next);
            Change(Cursor with { Next = size, Replay = null });
        }
    }

    /// <summary>An attempt of which not all was settled; kept with the next change.</summary>
    public void Fail(int again, string reason)
    {
        lock (_lock) Cursor = Cursor with { Retried = Cursor.Retried + again, LastError = reason, LastErrorAt = Now };
    }

    /// <summary>Everything up to a place is settled: durable when this returns.</summary>
    /// <param name="sent">Events of the last attempt.</param>
    public void Settle(bool isReplay, long end, int sent, IReadOnlyList<SinkEvent> accepted, IReadOnlyList<DeadLetter> rejected)
    {
        lock (_lock)
        {
            if (rejected.Count > 0)
            {
                ForwardingLog.Rejected(_logger, _sink.Name, _sink.Tenant, rejected.Count, rejected[0].Sequence, rejected[0].Reason);
                _files.AddRejected(rejected);
                foreach (var letter in rejected) _rejected[letter.Sequence] = letter;
            }
            var next = At(isReplay, end) with
            {
                Sent = Cursor.Sent + sent,
                Accepted = Cursor.Accepted + accepted.Count,
                Rejected = Cursor.Rejected + rejected.Count,
                Replayed = Cursor.Replayed + (isReplay ? accepted.Count : 0),
            };
            if (accepted.Count > 0) next = next with { LastAcceptedAt = Now };
            if (rejected.Count > 0) next = next with { LastError = rejected[^1].Reason, LastErrorAt = Now };
            Change(next);
            if (isReplay && accepted.Count > 0) Redeem(accepted);
        }
    }

    /// <summary>What was rejected once and is accepted now is not kept any more.</summary>
    private void Redeem(IReadOnlyList<SinkEvent> accepted)
    {
        var count = _rejected.Count;
        foreach (var one in accepted) _rejected.Remove(one.Sequence);
        if (_rejected.Count < count) _files.ReplaceRejected(_rejected.Values);
    }

    private SinkCursor At(bool isReplay, long end)
    {
        if (!isReplay) return Cursor with { Next = end };
        if (Cursor.Replay is not { } replay) return Cursor;
        if (end < replay.To) return Cursor with { Replay = replay with { Next = end } };
        _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return Cursor with { Replay = null };
    }

    private void Change(SinkCursor next)
    {
        _files.Save(next);
        Cursor = next;
    }

    private Timestamp Now => Timestamp.FromDateTimeOffset(_time.GetUtcNow());
}
