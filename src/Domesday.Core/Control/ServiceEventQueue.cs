using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Events.Json;
using Microsoft.Extensions.Logging;

namespace Domesday.Core.Control;

/// <summary>The events that the service writes about itself, on their way into ledgers: nobody waits for them, and their loss is a number.</summary>
/// <remarks>Bounded: when the store takes nothing for long, further events are counted under <c>domesday_service_events_lost_total</c>.</remarks>
public sealed class ServiceEventQueue : IAsyncDisposable
{
    /// <summary>The <c>source_kind</c> of these events.</summary>
    public const string SourceKind = "service";

    private const int EventsMax = 16_384;
    private const int BatchEvents = 512;

    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(30);

    private readonly Channel<(string Tenant, AuditEvent Event)> _waiting = Channel.CreateBounded<(string, AuditEvent)>(
        new BoundedChannelOptions(EventsMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly AppendPipeline _pipeline;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Counter<long> _lost;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public ServiceEventQueue(AppendPipeline pipeline, TimeProvider time, Meter meter, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(meter);
        (_pipeline, _time, _logger) = (pipeline, time, logger);
        _lost = meter.CreateCounter<long>("domesday_service_events_lost_total", "{event}", "Events of the service about itself that could not be recorded.");
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Hands in an event; its id and time are set here, so that a repeated attempt stores it once.</summary>
    public void Add(string tenant, AuditEvent auditEvent)
    {
        ArgumentNullException.ThrowIfNull(auditEvent);
        var now = _time.GetUtcNow();
        var complete = auditEvent with { Id = Guid.CreateVersion7(now).ToString(), Time = Timestamp.FromDateTimeOffset(now), Service = ControlLedger.ServiceName };
        if (!_waiting.Writer.TryWrite((tenant, complete))) _lost.Add(1);
    }

    /// <summary>Writes what is waiting, for some seconds at most.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        _stop.CancelAfter(DrainMax);
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var batch = new List<(string Tenant, AuditEvent Event)>();
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(_stop.Token))
            {
                batch.Clear();
                while (batch.Count < BatchEvents && _waiting.Reader.TryRead(out var next)) batch.Add(next);
                foreach (var tenant in batch.GroupBy(waiting => waiting.Tenant)) await WriteAsync(tenant.Key, [.. tenant.Select(waiting => waiting.Event)]);
            }
        }
        catch (OperationCanceledException)
        {
            var left = batch.Count + _waiting.Reader.Count;
            _lost.Add(left);
            ControlLog.LeftBehind(_logger, left);
        }
    }

    private async Task WriteAsync(string tenant, List<AuditEvent> events)
    {
        var request = new AppendRequest(tenant, SourceKind, [.. events.Select(auditEvent => (ReadOnlyMemory<byte>)EventJson.Write(auditEvent))]) { BadEvents = BadEvents.Reject };
        for (var pause = TimeSpan.FromSeconds(1); ; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
        {
            var appended = await TryAppendAsync(request);
            if (appended is not { } problem) return;
            if (problem.Kind is not (ProblemKind.Unavailable or ProblemKind.TooMany))
            {
                _lost.Add(events.Count);
                ControlLog.Refused(_logger, events.Count, tenant, problem.Detail);
                return;
            }
            ControlLog.NotRecorded(_logger, events.Count, tenant, problem.Detail);
            await Task.Delay(problem.RetryAfter ?? pause, _time, _stop.Token);
        }
    }

    private async Task<Problem?> TryAppendAsync(AppendRequest request)
    {
        try
        {
            var appended = await _pipeline.AppendAsync(request, _stop.Token);
            if (!appended.IsOk) return appended.Problem;
            if (appended.Value.Rejected is not [var first, ..]) return null;
            _lost.Add(request.Events.Count - appended.Value.Receipts.Count);
            ControlLog.Refused(_logger, request.Events.Count - appended.Value.Receipts.Count, request.Tenant, $"{first.Field} {first.Reason}");
            return null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A failing disk is the store's own affair to report and to end on; this loop must not be the one that hides it.
            ControlLog.RecordingFailed(_logger, exception);
            return new Problem(ProblemKind.Corrupt, exception.Message);
        }
    }
}
