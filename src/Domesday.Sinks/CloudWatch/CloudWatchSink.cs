using System.Text.Json;
using Domesday.Core.Export;
using Domesday.Core.Forwarding;
using Domesday.Sinks.Aws;

namespace Domesday.Sinks.CloudWatch;

/// <summary>PutLogEvents: sorted by time, within its limits; group and stream are made when they are missing, and what it rejects within a success is told event by event.</summary>
/// <remarks>Source: AWS, Amazon CloudWatch Logs API Reference, PutLogEvents, CreateLogGroup and CreateLogStream.</remarks>
internal sealed class CloudWatchSink(CloudWatchOptions options, SinkContext context) : ISink
{
    /// <summary>Older events are refused.</summary>
    public static readonly TimeSpan AgeMax = TimeSpan.FromDays(14);

    private const int EventsMax = 10_000;
    private const int BytesMax = 1_048_576;
    private const int EventOverheadBytes = 26;
    private const long MicrosecondsPerMillisecond = 1_000;

    /// <summary>The first and the last event of a batch are no further apart.</summary>
    private static readonly TimeSpan SpanMax = TimeSpan.FromHours(24);

    private readonly AwsCaller _aws = new("logs", options.Aws, context);

    public SinkLimits Limits => new(EventsMax, BytesMax, BytesMax - EventOverheadBytes) { OverheadBytes = EventOverheadBytes, AgeMax = AgeMax };

    public RecordWriter Write => context.Format;

    public async ValueTask<Delivery> DeliverAsync(IReadOnlyList<SinkEvent> events, CancellationToken cancellation)
    {
        var rejected = new List<Rejection>();
        var open = new Queue<List<int>>(Spans(events));
        while (open.TryPeek(out var span))
        {
            var answer = await PutAsync(events, span, cancellation);
            if (answer.Code is not null)
            {
                var failure = answer.ToDelivery();
                // What was put already must not be sent again: only the rest is.
                return open.Sum(one => one.Count) == events.Count ? failure : Delivery.Partly(rejected, [.. open.SelectMany(one => one)], failure.Answer ?? "", failure.RetryAfter);
            }
            rejected.AddRange(RejectedLogEvents.Read(answer.Http.Text, events, span, context.Time.GetUtcNow()));
            open.Dequeue();
        }
        return Delivery.Accepted(rejected, $"PutLogEvents to {options.Group}, {options.Stream}");
    }

    public ValueTask DisposeAsync()
    {
        _aws.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<AwsAnswer> PutAsync(IReadOnlyList<SinkEvent> events, List<int> span, CancellationToken cancellation)
    {
        var body = Body(events, span);
        var answer = await CallAsync("PutLogEvents", body, cancellation);
        if (answer.Code != "ResourceNotFoundException") return answer;
        if (await MakeStreamAsync(cancellation) is { } refused) return refused;
        return await CallAsync("PutLogEvents", body, cancellation);
    }

    /// <returns>Null when group and stream are there.</returns>
    private async ValueTask<AwsAnswer?> MakeStreamAsync(CancellationToken cancellation)
    {
        var stream = Named(("logGroupName", options.Group), ("logStreamName", options.Stream));
        var made = await CallAsync("CreateLogStream", stream, cancellation);
        if (made.Code == "ResourceNotFoundException")
        {
            var group = await CallAsync("CreateLogGroup", Named(("logGroupName", options.Group)), cancellation);
            if (group.Code is not (null or "ResourceAlreadyExistsException")) return group;
            made = await CallAsync("CreateLogStream", stream, cancellation);
        }
        if (made.Code is not (null or "ResourceAlreadyExistsException")) return made;
        CloudWatchLog.StreamMade(context.Logger, context.Id, options.Group, options.Stream);
        return null;
    }

    private ValueTask<AwsAnswer> CallAsync(string action, byte[] body, CancellationToken cancellation) => _aws.PostAsync("/", new Dictionary<string, string>(),
        new Dictionary<string, string> { ["Content-Type"] = "application/x-amz-json-1.1", ["X-Amz-Target"] = "Logs_20140328." + action }, body, cancellation);

    /// <summary>Positions in the order of their times, in parts that are short enough.</summary>
    private static IEnumerable<List<int>> Spans(IReadOnlyList<SinkEvent> events)
    {
        var span = new List<int>();
        foreach (var index in Enumerable.Range(0, events.Count).OrderBy(index => events[index].Time.Microseconds).ThenBy(index => index))
        {
            if (span.Count > 0 && (events[index].Time.Microseconds - events[span[0]].Time.Microseconds) / MicrosecondsPerMillisecond >= (long)SpanMax.TotalMilliseconds)
            {
                yield return span;
                span = [];
            }
            span.Add(index);
        }
        if (span.Count > 0) yield return span;
    }

    private byte[] Body(IReadOnlyList<SinkEvent> events, List<int> span)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("logGroupName"u8, options.Group);
            json.WriteString("logStreamName"u8, options.Stream);
            json.WriteStartArray("logEvents"u8);
            foreach (var index in span)
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
}
