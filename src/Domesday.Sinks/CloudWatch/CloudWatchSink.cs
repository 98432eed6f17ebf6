using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Domesday.Core.Export;
using Domesday.Core.Forwarding;
using Domesday.Sinks.Aws;

namespace Domesday.Sinks.CloudWatch;

/// <summary>PutLogEvents: sorted by time, within its limits; group and stream are made when they are missing, and what it rejects within a success is told event by event.</summary>
/// <remarks>
/// Several streams are filled side by side, each in its own order; an event's id says which stream it goes to, so that it goes there again.
/// A stream takes one call after the other.
/// Source: AWS, Amazon CloudWatch Logs API Reference, PutLogEvents, CreateLogGroup and CreateLogStream.
/// </remarks>
internal sealed class CloudWatchSink(CloudWatchOptions options, SinkContext context) : ISink
{
    /// <summary>Older events are refused.</summary>
    public static readonly TimeSpan AgeMax = TimeSpan.FromDays(14);

    private const int EventsMax = 10_000;
    private const int BytesMax = 1_048_576;
    private const int EventOverheadBytes = 26;
    private const long MicrosecondsPerMillisecond = 1_000;

    /// <summary>A batch is so many calls long, or one for each stream if these are more: while one is on its way the next is written, and the place is kept once for all of them.</summary>
    private const int CallsMin = 4;

    /// <summary>The first and the last event of a call are no further apart.</summary>
    private static readonly TimeSpan SpanMax = TimeSpan.FromHours(24);

    /// <summary>How long one call may take.</summary>
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(60);

    /// <summary>A quote is two bytes and not six: messages are JSON themselves, and full of them. It is read by a parser and by no browser.</summary>
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly AwsCaller _aws = new("logs", options.Aws, context);

    public SinkLimits Limits => new(EventsMax * CallsOfBatch, BytesMax * CallsOfBatch, BytesMax - EventOverheadBytes)
    {
        OverheadBytes = EventOverheadBytes,
        AgeMax = AgeMax,
        AnswerMax = CallMax * (CallsOfBatch + 1),
    };

    public RecordWriter Write => context.Format;

    public async ValueTask<Delivery> DeliverAsync(IReadOnlyList<SinkEvent> events, CancellationToken cancellation)
    {
        var parts = Enumerable.Range(0, events.Count).GroupBy(index => StreamOf(events[index])).ToList();
        var outcomes = await Task.WhenAll(parts.Select(part => PutAllAsync(options.Streams[part.Key], events, part, cancellation)));
        var rejected = outcomes.SelectMany(outcome => outcome.Rejected).ToList();
        var open = outcomes.SelectMany(outcome => outcome.Open).ToList();
        if (Array.Find(outcomes, outcome => outcome.Failure is not null)?.Failure is { } failure)
        {
            // What was put already must not be sent again: only the rest is.
            return open.Count == events.Count ? failure : Delivery.Partly(rejected, open, failure.Answer ?? "", failure.RetryAfter);
        }
        return Delivery.Accepted(rejected, $"PutLogEvents to {options.Group}, {string.Join(", ", parts.Select(part => options.Streams[part.Key]))}");
    }

    public ValueTask DisposeAsync()
    {
        _aws.Dispose();
        return ValueTask.CompletedTask;
    }

    private int StreamOf(SinkEvent one)
    {
        if (options.Streams.Count == 1) return 0;
        // FNV-1a, because it must be the same in every process.
        var hash = 2_166_136_261U;
        foreach (var part in Encoding.UTF8.GetBytes(one.Id)) hash = (hash ^ part) * 16_777_619U;
        return (int)(hash % (uint)options.Streams.Count);
    }

    private int CallsOfBatch => Math.Max(CallsMin, options.Streams.Count);

    private async Task<Outcome> PutAllAsync(string stream, IReadOnlyList<SinkEvent> events, IEnumerable<int> part, CancellationToken cancellation)
    {
        var rejected = new List<Rejection>();
        var open = new Queue<List<int>>(Calls(events, part));
        var written = Task.FromResult(Body(stream, events, open.Peek()));
        while (open.TryPeek(out var call))
        {
            var body = await written;
            if (open.ElementAtOrDefault(1) is { } following) written = Task.Run(() => Body(stream, events, following), cancellation);
            var (text, failure) = await TryPutAsync(stream, body, cancellation);
            if (failure is not null) return new(rejected, [.. open.SelectMany(one => one)], failure);
            rejected.AddRange(RejectedLogEvents.Read(text, events, call, context.Time.GetUtcNow()));
            open.Dequeue();
        }
        return new(rejected, [], null);
    }

    /// <summary>One call, with a time limit of its own: that it broke off is no reason to send those before it again.</summary>
    private async ValueTask<(string Text, Delivery? Failure)> TryPutAsync(string stream, byte[] body, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(CallMax, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            var answer = await PutAsync(stream, body, either.Token);
            return (answer.Http.Text, answer.Code is null ? null : answer.ToDelivery());
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return ("", Delivery.Later($"No answer within {CallMax.TotalSeconds} s."));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return ("", Delivery.Later(exception.InnerException is { } cause ? $"{exception.Message} {cause.Message}" : exception.Message));
        }
    }

    private async ValueTask<AwsAnswer> PutAsync(string stream, byte[] body, CancellationToken cancellation)
    {
        var answer = await CallAsync("PutLogEvents", body, cancellation);
        if (answer.Code != "ResourceNotFoundException") return answer;
        if (await MakeStreamAsync(stream, cancellation) is { } refused) return refused;
        return await CallAsync("PutLogEvents", body, cancellation);
    }

    /// <returns>Null when group and stream are there.</returns>
    private async ValueTask<AwsAnswer?> MakeStreamAsync(string stream, CancellationToken cancellation)
    {
        var wanted = Named(("logGroupName", options.Group), ("logStreamName", stream));
        var made = await CallAsync("CreateLogStream", wanted, cancellation);
        if (made.Code == "ResourceNotFoundException")
        {
            var group = await CallAsync("CreateLogGroup", Named(("logGroupName", options.Group)), cancellation);
            if (group.Code is not (null or "ResourceAlreadyExistsException")) return group;
            made = await CallAsync("CreateLogStream", wanted, cancellation);
        }
        if (made.Code is not (null or "ResourceAlreadyExistsException")) return made;
        CloudWatchLog.StreamMade(context.Logger, context.Id, options.Group, stream);
        return null;
    }

    private ValueTask<AwsAnswer> CallAsync(string action, byte[] body, CancellationToken cancellation) => _aws.PostAsync("/", new Dictionary<string, string>(),
        new Dictionary<string, string> { ["Content-Type"] = "application/x-amz-json-1.1", ["X-Amz-Target"] = "Logs_20140328." + action }, body, cancellation);

    /// <summary>Positions in the order of their times, in parts that one call takes.</summary>
    private static IEnumerable<List<int>> Calls(IReadOnlyList<SinkEvent> events, IEnumerable<int> part)
    {
        var call = new List<int>();
        var bytes = 0;
        foreach (var index in part.OrderBy(index => events[index].Time.Microseconds).ThenBy(index => index))
        {
            var size = events[index].Payload.Length + EventOverheadBytes;
            var isFull = call.Count == EventsMax || bytes + size > BytesMax;
            if (call.Count > 0 && (isFull || (events[index].Time.Microseconds - events[call[0]].Time.Microseconds) / MicrosecondsPerMillisecond >= (long)SpanMax.TotalMilliseconds))
            {
                yield return call;
                (call, bytes) = ([], 0);
            }
            call.Add(index);
            bytes += size;
        }
        if (call.Count > 0) yield return call;
    }

    private byte[] Body(string stream, IReadOnlyList<SinkEvent> events, List<int> call)
    {
        using var body = new MemoryStream(call.Sum(index => events[index].Payload.Length + EventOverheadBytes) * 5 / 4);
        using (var json = new Utf8JsonWriter(body, Plain))
        {
            json.WriteStartObject();
            json.WriteString("logGroupName"u8, options.Group);
            json.WriteString("logStreamName"u8, stream);
            json.WriteStartArray("logEvents"u8);
            foreach (var index in call)
            {
                json.WriteStartObject();
                json.WriteNumber("timestamp"u8, events[index].Time.Microseconds / MicrosecondsPerMillisecond);
                json.WriteString("message"u8, events[index].Payload.Span);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return body.ToArray();
    }

    private static byte[] Named(params IEnumerable<(string Name, string Value)> members)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            foreach (var (name, value) in members) json.WriteString(name, value);
            json.WriteEndObject();
        }
        return body.ToArray();
    }

    /// <summary>What became of one stream's part of a batch.</summary>
    /// <param name="Open">Positions that were not put.</param>
    /// <param name="Failure">Why; null when all were.</param>
    private sealed record Outcome(IReadOnlyList<Rejection> Rejected, IReadOnlyList<int> Open, Delivery? Failure);
}
