using Domesday.Capture.Acts;
using Domesday.Client.Spool;
using Domesday.Events;
using Domesday.Events.Capture;

namespace Domesday.Capture.Recording;

/// <summary>Decides what is recorded of requests, makes events of them and writes these down before anybody sees the answer. For any number of threads.</summary>
public sealed class Recorder
{
    private readonly EventSpool _spool;
    private readonly PolicySource _policy;
    private readonly RecorderOptions _options;
    private long _number, _seen, _skipped, _metadata, _request, _unrecorded, _refused;

    public Recorder(EventSpool spool, PolicySource policy, IActDecoder decoder, RecorderOptions options)
    {
        ArgumentNullException.ThrowIfNull(spool);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(options);
        (_spool, _policy, Decoder, _options) = (spool, policy, decoder, options);
        _spool.Lost = count =>
        {
            for (var i = 0; i < count; i++) NotRecorded(FailMode.Open, SpoolOutcome.Failed);
        };
    }

    public IActDecoder Decoder { get; }

    /// <summary>Called when a request is served or refused unrecorded, with the reason; from any thread, for every such request.</summary>
    public Action<FailMode, SpoolOutcome>? Alarm { get; set; }

    public RecorderCounters Counters => new()
    {
        Seen = Interlocked.Read(ref _seen),
        Skipped = Interlocked.Read(ref _skipped),
        Metadata = Interlocked.Read(ref _metadata),
        Request = Interlocked.Read(ref _request),
        Unrecorded = Interlocked.Read(ref _unrecorded),
        Refused = Interlocked.Read(ref _refused),
    };

    /// <summary>Begins with a request.</summary>
    /// <returns>Null when nothing of it can be recorded, whatever its answer: it is to be passed on.</returns>
    public RequestRecording? Begin(RequestFacts request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Interlocked.Increment(ref _seen);
        var policy = _policy.Current;
        var most = policy.DecideBefore(request.Method, request.Path, request.User);
        if (most.Level != CaptureLevel.None) return new(this, policy, request, most, Decoder.Decode(request.Method, request.Path, request.Target), _options);
        Interlocked.Increment(ref _skipped);
        return null;
    }

    internal SpooledAct BeginAct(AuditEvent unfinished) => _spool.Begin(unfinished);

    internal SpoolOutcome Append(AuditEvent auditEvent) => _spool.Append(auditEvent);

    internal Task<SpoolOutcome> AppendAsync(AuditEvent auditEvent) => _spool.AppendAsync(auditEvent);

    /// <summary>The next number of this process; one that is taken and not sent shows as a gap.</summary>
    internal long NextNumber() => Interlocked.Increment(ref _number);

    internal void Skipped() => Interlocked.Increment(ref _skipped);

    internal void Recorded(CaptureLevel level) => Interlocked.Increment(ref level == CaptureLevel.Request ? ref _request : ref _metadata);

    internal void NotRecorded(FailMode fail, SpoolOutcome outcome)
    {
        Interlocked.Increment(ref fail == FailMode.Closed ? ref _refused : ref _unrecorded);
        Alarm?.Invoke(fail, outcome);
    }
}
