using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Domesday.Core.Forwarding;

/// <summary>One sink that is known: its progress, and its loop while it runs.</summary>
internal sealed class SinkRunner : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ISink? _receiver;
    private readonly Task _run = Task.CompletedTask;

    private SinkRunner(SinkDefinition sink, SinkProgress progress, string? problem) => (Sink, Progress, Problem) = (sink, progress, problem);

    private SinkRunner(SinkDefinition sink, SinkProgress progress, ISink receiver, ForwardingLoop loop)
    {
        (Sink, Progress, _receiver, Loop) = (sink, progress, receiver, loop);
        _run = Task.Run(() => loop.RunAsync(_stop.Token));
    }

    public SinkDefinition Sink { get; }

    public SinkProgress Progress { get; }

    /// <summary>Why it cannot run; null when it can.</summary>
    public string? Problem { get; }

    public ForwardingLoop? Loop { get; }

    /// <summary>How old an event may become before the receiver refuses it; null: it takes any.</summary>
    public TimeSpan? AgeMax => _receiver?.Limits.AgeMax;

    public string State => Problem is not null ? SinkStates.Failed : Loop?.State ?? SinkStates.Paused;

    /// <param name="opened">Null: it is paused.</param>
    public static SinkRunner Start(SinkDefinition sink, SinkProgress progress, Result<OpenedSink>? opened, IEventStore store, IEventReader reader, TimeProvider time, ILogger logger)
    {
        if (opened is not { } wanted) return new(sink, progress, null);
        if (wanted.IsOk) return new(sink, progress, wanted.Value.Receiver, new(sink, wanted.Value.Receiver, wanted.Value.Filter, progress, store, reader, time, logger));
        ForwardingLog.NotStarted(logger, sink.Name, sink.Tenant, wanted.Problem.Detail);
        return new(sink, progress, wanted.Problem.Faults is [var fault, ..] ? $"{fault.Field} {fault.Reason}" : wanted.Problem.Detail);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        await CloseAsync();
        if (Loop is not null) TrySave();
        _stop.Dispose();
    }

    private async ValueTask CloseAsync()
    {
        try
        {
            if (_receiver is not null) await _receiver.DisposeAsync();
        }
        catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            // A connection that is broken already: what was not answered is sent again.
        }
    }

    private void TrySave()
    {
        try
        {
            Progress.Save();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another node does it, or nothing can be kept now: what was passed over since the last delivery is looked at again.
        }
    }
}

/// <summary>A sink whose settings were checked, and which events it gets.</summary>
internal sealed record OpenedSink(ISink Receiver, Query.EventFilter Filter);
