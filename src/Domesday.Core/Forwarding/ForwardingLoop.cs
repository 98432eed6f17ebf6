using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Microsoft.Extensions.Logging;

namespace Domesday.Core.Forwarding;

/// <summary>Carries one tenant's events to one receiver, in their order and each at least once: the cursor moves only after the receiver has answered, so a crash repeats and never skips.</summary>
/// <remarks>Two batches are in memory at most, whatever the receiver does: while one is handed over, the next is read. Sinks have a loop each, so that none waits for another.</remarks>
internal sealed class ForwardingLoop(SinkDefinition sink, ISink receiver, EventFilter filter, SinkProgress progress, IEventStore store, IEventReader reader, TimeProvider time, ILogger logger)
{
    /// <summary>Sequences that are looked through before the place is kept, when the filter wants few of them.</summary>
    private const int StepMax = 100_000;

    /// <summary>So many single events in a row, each refused as a whole request: the receiver refuses everything, and they are not at fault.</summary>
    private const int RefusedInRowMax = 20;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(1);

    private readonly BatchReader _batches = new(reader, sink, filter, receiver, time);
    private readonly Backoff _backoff = new(FirstPause, PauseMax);
    private int _refusedInRow;
    private (long From, Task<EventBatch> Batch)? _ahead;
    private volatile string _state = SinkStates.Running;
    private long _failingSince;

    /// <summary>One of <see cref="SinkStates"/>.</summary>
    public string State => _state;

    /// <summary>Since when nothing went well; null when it does.</summary>
    public Timestamp? FailingSince => Volatile.Read(ref _failingSince) is not 0 and var since ? new(since) : null;

    /// <summary>When the oldest event that waits in the present batch happened; null when none does.</summary>
    public Timestamp? Waiting { get; private set; }

    /// <summary>Runs until <paramref name="stop"/>; what is under way then is sent again by the next one.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await TurnAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
            {
                await DropAheadAsync();
                // A damaged ledger or a full disk: the place is where it was.
                ForwardingLog.Failed(logger, exception, sink.Name, sink.Tenant);
                Stumble();
                await Task.Delay(_backoff.Next(), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        await DropAheadAsync();
    }

    private async ValueTask TurnAsync(CancellationToken stop)
    {
        if (progress.RejectedCount >= SinkProgress.RejectedMax && progress.Cursor.Replay is null)
        {
            _state = SinkStates.Held;
            await Task.WhenAny(progress.Asked, Task.Delay(PauseMax, time, stop));
            return;
        }
        var size = store.Size(sink.Tenant);
        if (progress.Cursor.Next > size) progress.Shorten(size);
        if (store.Usage(sink.Tenant).FirstSequence is var first && first > progress.Cursor.Next) progress.Miss(first);
        if (progress.Cursor.Replay is { } replay)
        {
            await ReplayAsync(replay, stop);
            return;
        }
        var next = progress.Cursor.Next;
        if (size > next) await PassOnAsync(next, Math.Min(size, next + StepMax), isReplay: false, null, stop);
        else await WaitAsync(next, stop);
    }

    private async ValueTask ReplayAsync(SinkReplay replay, CancellationToken stop)
    {
        if (!replay.RejectedOnly)
        {
            await PassOnAsync(replay.Next, Math.Min(replay.To, replay.Next + StepMax), isReplay: true, null, stop);
            return;
        }
        var wanted = progress.RejectedSequences(replay.Next, replay.To);
        if (wanted.Count > 0 && wanted.Min() is var first) await PassOnAsync(first, Math.Min(replay.To, first + StepMax), isReplay: true, wanted, stop);
        else progress.Pass(isReplay: true, replay.To);
    }

    private async ValueTask WaitAsync(long next, CancellationToken stop)
    {
        Waiting = null;
        _state = SinkStates.Running;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(store.WaitBeyondAsync(sink.Tenant, next, end.Token), progress.Asked);
        await end.CancelAsync();
        stop.ThrowIfCancellationRequested();
        var linger = sink.BatchMilliseconds is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : receiver.Limits.Linger;
        if (linger > TimeSpan.Zero && progress.Cursor.Replay is null) await Task.Delay(linger, time, stop);
    }

    private async ValueTask PassOnAsync(long from, long to, bool isReplay, IReadOnlySet<long>? wanted, CancellationToken stop)
    {
        var batch = await BatchAsync(from, to, wanted, stop);
        if (batch.Events.Count == 0 && batch.TooLarge.Count == 0)
        {
            progress.Pass(isReplay, batch.End);
            if (isReplay || to - from == StepMax) progress.Save();
            return;
        }
        // What is full has more behind it.
        if (batch.IsFull && !isReplay) _ahead = (batch.End, Task.Run(async () => await _batches.ReadAsync(batch.End, Math.Min(store.Size(sink.Tenant), batch.End + StepMax), null, stop), stop));
        if (batch.Events.Count > 0) await SettleAsync(batch, isReplay, stop);
        else progress.Settle(isReplay, batch.End, 0, [], batch.TooLarge);
    }

    /// <summary>The batch that was read ahead, if it is the one that is wanted.</summary>
    private async ValueTask<EventBatch> BatchAsync(long from, long to, IReadOnlySet<long>? wanted, CancellationToken stop)
    {
        if (wanted is null && _ahead is { } ahead && ahead.From == from)
        {
            _ahead = null;
            return await ahead.Batch;
        }
        await DropAheadAsync();
        return await _batches.ReadAsync(from, to, wanted, stop);
    }

    /// <summary>Waits until nothing is read ahead: the reader is for one at a time.</summary>
    private async ValueTask DropAheadAsync()
    {
        if (_ahead is { } ahead) await ((Task)ahead.Batch).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ahead = null;
    }

    /// <summary>Hands a batch over until each of its events is accepted or rejected. What is refused as a whole is tried in halves; what is asked for again goes before what follows.</summary>
    private async ValueTask SettleAsync(EventBatch batch, bool isReplay, CancellationToken stop)
    {
        var work = new Stack<IReadOnlyList<SinkEvent>>([batch.Events]);
        // What is too large for the receiver counts with what lies around it: a place beyond it says that it is kept.
        var (accepted, rejected) = (new List<SinkEvent>(batch.Events.Count), new List<DeadLetter>(batch.TooLarge));
        while (work.TryPop(out var part))
        {
            Waiting = part[0].Time;
            var delivery = await TryDeliverAsync(part, stop);
            var again = Sort(part, delivery, accepted, rejected);
            if (delivery.IsRefused && part.Count > 1)
            {
                work.Push([.. part.Skip(part.Count / 2)]);
                work.Push([.. part.Take(part.Count / 2)]);
            }
            else if (again.Count > 0)
            {
                work.Push(again);
            }
            // Only what lies before the first event that is still open may count: a crash repeats all the others, and they would count twice.
            var end = work.TryPeek(out var following) ? following[0].Sequence : batch.End;
            if (again.Count < part.Count) Recover(end);
            if (again.Count > 0)
            {
                Stumble();
                progress.Fail(again.Count, Cut(delivery.Answer ?? "The receiver asks for it again."));
            }
            progress.Settle(isReplay, end, part.Count, Before(end, accepted, one => one.Sequence), Before(end, rejected, one => one.Sequence));
            if (again.Count > 0 && !(delivery.IsRefused && part.Count > 1)) await PauseAsync(again, delivery, stop);
        }
        Waiting = null;
    }

    /// <summary>Takes out of a list what lies before a sequence.</summary>
    private static List<T> Before<T>(long end, List<T> list, Func<T, long> sequenceOf)
    {
        var settled = list.Where(one => sequenceOf(one) < end).ToList();
        list.RemoveAll(one => sequenceOf(one) < end);
        return settled;
    }

    /// <returns>What is to be sent again.</returns>
    private IReadOnlyList<SinkEvent> Sort(IReadOnlyList<SinkEvent> part, Delivery delivery, List<SinkEvent> accepted, List<DeadLetter> rejected)
    {
        if (delivery.IsRefused && part.Count == 1 && ++_refusedInRow <= RefusedInRowMax)
        {
            rejected.Add(new(part[0].Sequence, Now, Cut(delivery.Answer ?? "refused")));
            return [];
        }
        if (delivery.Again is not { } again) return part;
        var others = again.Concat(delivery.Rejected.Select(rejection => rejection.Index)).ToHashSet();
        for (var i = 0; i < part.Count; i++)
        {
            if (others.Contains(i)) continue;
            accepted.Add(part[i]);
            _refusedInRow = 0;
        }
        rejected.AddRange(delivery.Rejected.OrderBy(rejection => rejection.Index).Select(rejection => new DeadLetter(part[rejection.Index].Sequence, Now, Cut(rejection.Reason))));
        return [.. again.Order().Select(index => part[index])];
    }

    private async ValueTask<Delivery> TryDeliverAsync(IReadOnlyList<SinkEvent> events, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(receiver.Limits.AnswerMax, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            return await receiver.DeliverAsync(events, either.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            return Delivery.Later($"No answer within {receiver.Limits.AnswerMax.TotalSeconds} s.");
        }
        catch (Exception exception)
        {
            return Delivery.Later(Sentence(exception));
        }
    }

    private async ValueTask PauseAsync(IReadOnlyList<SinkEvent> again, Delivery delivery, CancellationToken stop)
    {
        var pause = _backoff.Next(delivery.RetryAfter);
        if (_backoff.Failures == 1) ForwardingLog.Delayed(logger, sink.Name, sink.Tenant, again[0].Sequence, pause.TotalSeconds, delivery.Answer ?? "The receiver asks for it again.");
        await Task.Delay(pause, time, stop);
    }

    private void Recover(long next)
    {
        if (_backoff.Failures > 0) ForwardingLog.Recovered(logger, sink.Name, sink.Tenant, next);
        _backoff.Reset();
        _state = SinkStates.Running;
        Volatile.Write(ref _failingSince, 0);
    }

    private void Stumble()
    {
        _state = SinkStates.Retrying;
        if (_failingSince == 0) Volatile.Write(ref _failingSince, Now.Microseconds);
    }

    /// <summary>What went wrong, with the cause that says it best.</summary>
    internal static string Sentence(Exception exception) =>
        Cut(exception.InnerException is { } cause && !exception.Message.Contains(cause.Message, StringComparison.Ordinal) ? $"{exception.Message} {cause.Message}" : exception.Message);

    private static string Cut(string text) => text.Length <= 1_000 ? text : text[..1_000];

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());
}

/// <summary>Words for how a sink is.</summary>
public static class SinkStates
{
    /// <summary>It forwards, or waits for events.</summary>
    public const string Running = "running";

    /// <summary>The receiver does not take events now; it is tried again and again.</summary>
    public const string Retrying = "retrying";

    public const string Paused = "paused";

    /// <summary>Too many rejected events are kept: somebody must replay or discard them.</summary>
    public const string Held = "held";

    /// <summary>Its settings cannot be used.</summary>
    public const string Failed = "failed";
}
