using System.Globalization;
using System.Text.Json;
using Domesday.Capture.Acts;
using Domesday.Client.Spool;
using Domesday.Events;
using Domesday.Events.Capture;

namespace Domesday.Capture.Recording;

/// <summary>What is being recorded of one request. In this order: <see cref="StartAsync"/>, the request's body into <see cref="RequestBody"/>, <see cref="EndAsync"/>.</summary>
public sealed class RequestRecording : IDisposable
{
    private static readonly Outcome Unanswered = new() { Result = OutcomeResult.Unknown, Reason = "The capturer ended before it saw the answer." };

    private readonly Recorder _recorder;
    private readonly CompiledPolicy _policy;
    private readonly RequestFacts _request;
    private readonly RecorderOptions _options;
    private readonly CaptureDecision _most;
    private AuditEvent? _unfinished;
    private SpooledAct? _begun;

    internal RequestRecording(Recorder recorder, CompiledPolicy policy, RequestFacts request, CaptureDecision most, Act act, RecorderOptions options)
    {
        (_recorder, _policy, _request, _options, Act, _most) = (recorder, policy, request, options, act, most);
        if (most.Level == CaptureLevel.Request) RequestBody = new(policy.Policy.BodyBytes);
    }

    public Act Act { get; private set; }

    /// <summary>Whether the request has left an event.</summary>
    public bool HasEvent { get; private set; }

    /// <summary>Takes the request's body as it goes by; null when it is not wanted.</summary>
    public BodyTee? RequestBody { get; }

    /// <summary>Adds to the event what only the application knows; applied before it is written.</summary>
    public Func<AuditEvent, AuditEvent>? Enrich { get; set; }

    /// <summary>Lets who knows the API better say what the request means; before <see cref="StartAsync"/>.</summary>
    public void Refine(Func<Act, Act> refine)
    {
        ArgumentNullException.ThrowIfNull(refine);
        Act = refine(Act);
    }

    /// <summary>Whether an answer with this status is to be read before it is passed on, because it holds the id of what was created.</summary>
    public bool WantsAnswer(int status) => status is >= 200 and < 300 && (Act.CreatedId.Count > 0 || Act.CreatedName.Count > 0);

    /// <summary>Longest answer that is to be held back, in bytes; what is longer is passed on unread.</summary>
    public static int AnswerBytesMax => CreatedResource.AnswerBytesMax;

    /// <summary>Notes that the request is about to be passed on, when it may change something or must not pass unrecorded.</summary>
    /// <returns>False: it cannot be recorded and must be refused.</returns>
    public async ValueTask<bool> StartAsync()
    {
        if (_most.Fail == FailMode.Open && HttpVerb.IsSafe(_request.Method)) return true;
        _unfinished = EventOf();
        _begun = _recorder.BeginAct(_unfinished);
        if (_most.Fail == FailMode.Open) return true;
        // On its way to the disk since before the request is; whoever must be sure waits for it.
        if (await _begun.DurableAsync()) return true;
        _recorder.NotRecorded(FailMode.Closed, _begun.Outcome == SpoolOutcome.Kept ? SpoolOutcome.Failed : _begun.Outcome);
        _begun.Cancel();
        return false;
    }

    /// <summary>Records the request with its answer, which is to be passed on afterwards.</summary>
    /// <remarks>What must not pass unrecorded is on the disk when this completes. All else is in its file, which the end of this process does not harm, and on the disk a few milliseconds later.</remarks>
    /// <param name="status">Of the answer.</param>
    /// <param name="answer">The answer's body where <see cref="WantsAnswer"/> asked for it and it was not too long.</param>
    /// <param name="reason">Why it failed, where that is known; null otherwise.</param>
    /// <returns>False: it could not be recorded and must not pass for answered.</returns>
    public async ValueTask<bool> EndAsync(int status, ReadOnlyMemory<byte> answer = default, string? reason = null)
    {
        var decision = _policy.LooksAtStatus ? _policy.Decide(_request.Method, _request.Path, _request.User, status) : _most;
        if (decision.Level == CaptureLevel.None)
        {
            _recorder.Skipped();
            _begun?.Cancel();
            return true;
        }
        var made = WithAnswer((_unfinished ?? EventOf()) with
        {
            Level = decision.Level,
            Outcome = new() { Result = status < 400 ? OutcomeResult.Success : OutcomeResult.Failure, Status = status, Reason = EventText.Clean(reason) },
        }, decision, answer);
        if (Enrich is not null) made = Enrich(made);
        var outcome = decision.Fail == FailMode.Open
            ? _begun?.Complete(made) ?? _recorder.Append(made)
            : await (_begun?.CompleteAsync(made) ?? _recorder.AppendAsync(made));
        if (outcome == SpoolOutcome.Kept)
        {
            _recorder.Recorded(decision.Level);
            HasEvent = true;
            return true;
        }
        // What was begun durably is recorded, though without its outcome.
        _recorder.NotRecorded(decision.Fail, outcome);
        return decision.Fail == FailMode.Open;
    }

    /// <summary>The request came to nothing: its sender or the upstream broke off before there was an answer.</summary>
    public ValueTask<bool> BreakAsync(int status, string reason) => EndAsync(status, default, reason);

    public void Dispose() => RequestBody?.Dispose();

    /// <summary>The event as it is before there is an answer.</summary>
    private AuditEvent EventOf() => new()
    {
        Id = EventId.New(_options.Time.GetUtcNow()).ToString(),
        Time = _request.StartedAt,
        Service = EventText.Clean(Act.Service ?? _options.Service ?? _recorder.Decoder.Service),
        Action = Act.Action,
        Operation = EventText.Clean(Act.Operation),
        Actor = _request.Actor,
        Resource = ResourceOf(Act.ResourceId, Act.ResourceName),
        Outcome = Unanswered,
        Origin = _options.Origin,
        Source = _request.Source,
        Request = new()
        {
            Id = EventText.Clean(_request.RequestId),
            Method = EventText.Clean(_request.Method, 64),
            Uri = EventText.Clean(_policy.Redactor.Target(_request.Target), EventText.UriCharsMax),
        },
        Level = CaptureLevel.Metadata,
        Labels = _options.Labels.Count == 0 ? null : _options.Labels,
    };

    private AuditEvent WithAnswer(AuditEvent made, CaptureDecision decision, ReadOnlyMemory<byte> answer)
    {
        var labels = new Dictionary<string, string>(_options.Labels)
        {
            ["producer"] = _options.Producer,
            ["producer_sequence"] = _recorder.NextNumber().ToString(CultureInfo.InvariantCulture),
        };
        if (decision.Rule is { } rule) labels["capture.rule"] = rule;
        if (!answer.IsEmpty && CreatedResource.Read(Act, answer) is var (id, name) && (id ?? name) is not null)
        {
            // What was created within something that has an id of its own is told beside it.
            if (Act.ResourceId is null) made = made with { Resource = ResourceOf(id, Act.ResourceName ?? name) };
            else if (id is not null) labels["created_id"] = EventText.Clean(id)!;
        }
        if (decision.Level == CaptureLevel.Request && RequestBody is { Length: > 0 } body)
        {
            made = made with { Request = made.Request! with { Body = Body(body) } };
            if (!body.IsComplete) labels["capture.body"] = "incomplete";
        }
        return made with { Labels = labels };
    }

    private JsonElement Body(BodyTee body)
    {
        var redactor = _policy.Redactor;
        var captured = body.IsComplete && body.Decoded(_request.ContentEncoding) is { IsEmpty: false } plain
            ? redactor.Body(_request.Method, _request.Path, _request.ContentType, plain)
            : redactor.LongBody(_request.Method, _request.Path, _request.ContentType, body.Length, body.IsComplete ? body.Digest() : default);
        using var document = JsonDocument.Parse(captured.Json);
        return document.RootElement.Clone();
    }

    private Resource? ResourceOf(string? id, string? name)
    {
        var resource = new Resource
        {
            Type = EventText.Clean(Act.ResourceType),
            SubType = EventText.Clean(Act.SubType),
            Id = EventText.Clean(id),
            Name = EventText.Clean(name),
            Namespace = EventText.Clean(Act.Namespace),
        };
        return resource == new Resource() ? null : resource;
    }
}
