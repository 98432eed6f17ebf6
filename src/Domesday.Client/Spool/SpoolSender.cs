using System.Buffers;
using System.Security.Cryptography;

namespace Domesday.Client.Spool;

/// <summary>Sends what lies in a spool, again and again until the service has it.</summary>
internal sealed class SpoolSender(SpoolReader reader, SpoolLog log, SpoolFolder folder, DomesdayClient client, SpoolOptions options, SpoolTally tally) : IDisposable
{
    /// <summary>Compressing takes more processor time than all else that is done with an event, and saves nothing within a machine.</summary>
    private readonly AppendOptions _sending = new() { BadEvents = BadEvents.Quarantine, Compress = !client.IsLocal, IsRepeatable = true, Receipts = false };

    private readonly SemaphoreSlim _more = new(1, 1);
    private readonly ArrayBufferWriter<byte> _batch = new(64 * 1024);
    private readonly List<int> _ends = [];
    private ReadOnlyMemory<byte>? _held;
    private SpoolPosition _read;

    /// <summary>Tells that there may be something to send.</summary>
    public void Wake()
    {
        if (_more.CurrentCount > 0) return;
        try
        {
            _more.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else was faster.
        }
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                while (await SendBatchAsync(cancellation))
                {
                    // There may be more.
                }
            }
            catch (Exception exception) when (!cancellation.IsCancellationRequested)
            {
                // The disk or the number of open files, for what the service says is dealt with below. What was gathered is kept and sent then; and whatever else it is, it must not end the sending.
                tally.Failed(exception.Message);
                await Task.Delay(options.RetryWaitMax, options.Time, cancellation);
                continue;
            }
            await _more.WaitAsync(cancellation);
            await Task.Delay(options.SendDelay, options.Time, cancellation);
        }
    }

    public void Dispose() => _more.Dispose();

    /// <returns>False when nothing is left.</returns>
    private async Task<bool> SendBatchAsync(CancellationToken cancellation)
    {
        reader.Abandon(tally.TakeAbandoned());
        Gather();
        tally.Orphans = reader.Orphans;
        var sent = _ends.Count;
        if (sent > 0) await DeliverAsync(0, sent, cancellation);
        _batch.ResetWrittenCount();
        _ends.Clear();
        foreach (var (id, payload) in reader.Lingering(log.CurrentSegment - 1)) log.Append(SpoolKind.Carry, id, payload.Span, isAwaited: false, out _);
        if (reader.SafeAt(_read) is var safe && tally.Cursor < safe)
        {
            tally.Cursor = safe;
            folder.SaveCursor(tally.Cursor);
            log.Free(tally.Cursor);
        }
        return sent > 0;
    }

    /// <summary>Reads what goes into the batch, behind what a failure has left in it.</summary>
    private void Gather()
    {
        while (_ends.Count < options.BatchEventsMax)
        {
            if (_held is null) _read = reader.Position;
            if ((_held ?? reader.Next()) is not { } next)
            {
                _read = reader.Position;
                return;
            }
            _held = next;
            if (_ends.Count > 0 && _batch.WrittenCount + next.Length > options.BatchBytesMax) return;
            _held = null;
            _batch.Write(next.Span);
            _batch.Write("\n"u8);
            _ends.Add(_batch.WrittenCount);
            _read = reader.Position;
        }
    }

    /// <summary>Delivers events of the batch; halves it where the service finds it too large or not valid as a whole.</summary>
    private async Task DeliverAsync(int first, int end, CancellationToken cancellation)
    {
        var start = first == 0 ? 0 : _ends[first - 1];
        var lines = _batch.WrittenMemory[start.._ends[end - 1]];
        var wait = options.RetryWaitMin;
        while (true)
        {
            try
            {
                tally.Delivered(end - first, await client.AppendAsync(lines, _sending, cancellation));
                return;
            }
            catch (ProblemException problem) when (problem.Status is 400 or 413 or 422)
            {
                if (end - first > 1)
                {
                    await DeliverAsync(first, (first + end) / 2, cancellation);
                    await DeliverAsync((first + end) / 2, end, cancellation);
                    return;
                }
                folder.KeepRefused(lines[..^1]);
                tally.RefusedForGood(problem.Message);
                return;
            }
            catch (Exception exception) when (exception is ProblemException or HttpRequestException or TimeoutException or IOException or System.Text.Json.JsonException)
            {
                tally.Failed(exception.Message);
                await Task.Delay(Pause(ref wait, (exception as ProblemException)?.RetryAfter), options.Time, cancellation);
            }
        }
    }

    /// <summary>Grows by up to three times with each failure, at random, so that many senders do not come back at once.</summary>
    /// <remarks>Source: «Exponential backoff and jitter», AWS Architecture Blog, decorrelated jitter.</remarks>
    private TimeSpan Pause(ref TimeSpan wait, TimeSpan? asked)
    {
        var most = wait * 3 < options.RetryWaitMax ? wait * 3 : options.RetryWaitMax;
        wait = Random(options.RetryWaitMin, most);
        if (asked is not { } least) return wait;
        least = least < options.RetryWaitMax * 10 ? least : options.RetryWaitMax * 10;
        return Random(least, least + least / 10 + options.RetryWaitMin);
    }

    private static TimeSpan Random(TimeSpan least, TimeSpan most)
    {
        var span = (int)Math.Clamp((most - least).TotalMilliseconds, 0, int.MaxValue - 1);
        return least + TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(span + 1));
    }
}
