using System.Threading.Channels;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Http.Mapping;
using Microsoft.Extensions.Logging;

namespace Domesday.Ingest.Syslog;

/// <summary>Messages on their way from a listener into a ledger, in batches. Bounded: a connection waits, a datagram that finds no room is lost and counted.</summary>
internal sealed class SyslogFeed(SyslogAddress address, string transport, SyslogOptions options, AppendPipeline pipeline, TimeProvider time, SyslogMetrics metrics, ILogger logger)
{
    /// <summary>Said of a message that is not whole, so that its replay does not pass for one that is.</summary>
    private const string Cut = ", cut";

    private const int MessagesMax = 2_048;
    private const int BatchMessages = 512;

    /// <summary>Bytes that datagrams may take up while they wait.</summary>
    private const long WaitingBytesMax = 64 * 1024 * 1024;

    private const int RecordWaits = 5;

    private static readonly TimeSpan RecordWait = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(30);

    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(MessagesMax) { SingleReader = true });
    private long _bytes;

    /// <summary>Hands in a datagram; it is lost when there is no room.</summary>
    public void Offer(byte[] message, string context)
    {
        metrics.Received(transport);
        if (Interlocked.Read(ref _bytes) > WaitingBytesMax || !_waiting.Writer.TryWrite(new(new(message, null), context)))
        {
            metrics.Lost(transport, 1);
            return;
        }
        Interlocked.Add(ref _bytes, message.Length);
    }

    /// <summary>Hands in a message of a connection, as soon as there is room.</summary>
    public async ValueTask AddAsync(SyslogFrame frame, string context, CancellationToken cancellation)
    {
        metrics.Received(transport);
        await _waiting.Writer.WriteAsync(new(frame, context), cancellation);
        Interlocked.Add(ref _bytes, frame.Bytes.Length);
    }

    /// <summary>No more will come: what waits is stored, and then <see cref="RunAsync"/> ends.</summary>
    public void Complete() => _waiting.Writer.TryComplete();

    /// <summary>Stores what comes in until it is complete; cancelling gives up what still waits.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var batch = new List<Waiting>(BatchMessages);
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(cancellation))
            {
                batch.Clear();
                Gather(batch);
                // The records of an event come one by one, each in a message of its own, and hardly ever take longer.
                for (var wait = 0; wait < RecordWaits && batch.Count < BatchMessages && SyslogAudit.IsUnfinished([.. batch.Select(one => one.Frame.Bytes)]); wait++)
                {
                    await Task.Delay(RecordWait, time, cancellation);
                    Gather(batch);
                }
                Interlocked.Add(ref _bytes, -batch.Sum(one => (long)one.Frame.Bytes.Length));
                await StoreAsync(batch, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            var left = batch.Count + _waiting.Reader.Count;
            metrics.Lost(transport, left);
            SyslogLog.LeftBehind(logger, left, transport);
        }
    }

    private void Gather(List<Waiting> batch)
    {
        while (batch.Count < BatchMessages && _waiting.Reader.TryRead(out var next)) batch.Add(next);
    }

    /// <summary>Tries until it is stored: nobody sends it again.</summary>
    private async ValueTask StoreAsync(List<Waiting> batch, CancellationToken cancellation)
    {
        foreach (var ofSender in batch.GroupBy(one => one.Context))
        {
            var mapped = Map([.. ofSender.Select(one => one.Frame)], ofSender.Key);
            for (var pause = TimeSpan.FromSeconds(1); await TryStoreAsync(mapped) is { } problem; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
            {
                SyslogLog.NotStored(logger, mapped.Events.Count + mapped.Refused.Count, transport, address.Tenant, problem.Detail);
                await Task.Delay(problem.RetryAfter ?? pause, time, cancellation);
            }
        }
    }

    private MappedItems Map(IReadOnlyList<SyslogFrame> frames, string context)
    {
        var now = time.GetUtcNow();
        var mapped = MappedItems.Of(SyslogAudit.Joined([.. frames.Where(frame => frame.Fault is null).Select(frame => frame.Bytes)]), context, (item, json) => SyslogMapping.TryWrite(item, context, now, json));
        var broken = frames.Where(frame => frame.Fault is not null).Select(frame => new RefusedInput(frame.Bytes, [new(null, "", frame.Fault!)]) { Context = context + Cut });
        return mapped with { Refused = [.. mapped.Refused, .. broken] };
    }

    private async ValueTask<Problem?> TryStoreAsync(MappedItems mapped)
    {
        if (!options.IsActive(address.Tenant)) return new(ProblemKind.Unavailable, "The tenant is not there, or is disabled.");
        try
        {
            var stored = await mapped.StoreAsync(pipeline, address.Tenant, SyslogSource.Name);
            return stored.Problem;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A failing disk is the store's own affair to report and to end on; the messages wait here meanwhile.
            SyslogLog.StoringFailed(logger, exception, transport);
            return new(ProblemKind.Unavailable, exception.Message);
        }
    }

    private sealed record Waiting(SyslogFrame Frame, string Context);
}
