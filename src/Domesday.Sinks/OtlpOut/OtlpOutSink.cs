using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Domesday.Core.Export;
using Domesday.Core.Forwarding;
using Domesday.Events.Schema;
using Domesday.Sinks.Transport;

namespace Domesday.Sinks.OtlpOut;

/// <summary>OTLP over HTTP in its JSON form. A collector that takes a part says how many it rejected, and not which: the batch is then tried in halves, down to these.</summary>
/// <remarks>Source: OpenTelemetry, «OTLP Specification» 1.5, OTLP/HTTP; «Logs Data Model».</remarks>
internal sealed class OtlpOutSink(OtlpOutOptions options, SinkContext context) : ISink
{
    private const int EventsMax = 512;
    private const int BytesMax = 2 * 1024 * 1024;
    private const int InformationSeverity = 9;
    private const int WarningSeverity = 13;
    private const long NanosecondsPerMicrosecond = 1_000;

    /// <summary>Fields that are attributes of a record, by their paths.</summary>
    private static readonly (byte[] Name, EventField Field, bool IsNumber)[] Attributes = [.. EventSchema.Fields
        .Where(field => field.Kind is FieldKind.Text or FieldKind.Word or FieldKind.OneOf or FieldKind.Address or FieldKind.Integer && field.Field is not (EventField.Salt or EventField.Sequence))
        .Select(field => (Encoding.ASCII.GetBytes(field.Path), field.Field, field.Kind == FieldKind.Integer))];

    private readonly HttpReceiver _http = new(context.Time, options.Trust);

    public SinkLimits Limits => new(EventsMax, BytesMax, BytesMax) { OverheadBytes = 1 };

    public RecordWriter Write => WriteRecord;

    public async ValueTask<Delivery> DeliverAsync(IReadOnlyList<SinkEvent> events, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Url) { Content = new ByteArrayContent(Body(events)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in options.Headers) request.Headers.TryAddWithoutValidation(name, value);
        var answer = await _http.SendAsync(request, cancellation);
        return answer.IsSuccess ? Read(answer, events.Count) : answer.ToDelivery();
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private byte[] Body(IReadOnlyList<SinkEvent> events)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteStartArray("resourceLogs"u8);
            json.WriteStartObject();
            json.WriteStartObject("resource"u8);
            json.WriteStartArray("attributes"u8);
            Attribute(json, "service.name", options.ServiceName);
            Attribute(json, "domesday.tenant", context.Tenant);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteStartArray("scopeLogs"u8);
            json.WriteStartObject();
            json.WriteStartObject("scope"u8);
            json.WriteString("name"u8, "domesday");
            json.WriteEndObject();
            json.WriteStartArray("logRecords"u8);
            foreach (var one in events) json.WriteRawValue(one.Payload.Span, skipInputValidation: true);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return body.ToArray();
    }

    private void WriteRecord(EntryFields entry, RecordJson json)
    {
        var isFailure = entry.Is(EventField.OutcomeResult, "failure"u8);
        json.OpenObject();
        json.Member("timeUnixNano"u8, Nanoseconds(entry.Time));
        if (Events.Timestamp.TryParse(entry.Raw(EventField.ReceivedAt), out var received, out _)) json.Member("observedTimeUnixNano"u8, Nanoseconds(received));
        json.Name("severityNumber"u8);
        json.Number(isFailure ? WarningSeverity : InformationSeverity);
        json.Member("severityText"u8, isFailure ? "WARN" : "INFO");
        json.Member("eventName"u8, $"domesday.audit.{entry.Text(EventField.Action)}");
        json.Name("body"u8);
        json.OpenObject();
        var whole = new RecordJson();
        context.Format(entry, whole);
        json.Member("stringValue"u8, Encoding.UTF8.GetString(whole.Written));
        json.CloseObject();
        json.Name("attributes"u8);
        json.OpenList();
        // What OpenTelemetry's own exporters call a record's identity: a collector that knows it stores a record once.
        Attribute(json, "log.record.uid"u8, entry.Raw(EventField.Id), isNumber: false);
        Attribute(json, "domesday.sequence"u8, Encoding.ASCII.GetBytes(entry.Sequence.ToString(CultureInfo.InvariantCulture)), isNumber: true);
        foreach (var (name, field, isNumber) in Attributes) Attribute(json, name, entry.Raw(field), isNumber);
        json.CloseList();
        json.CloseObject();
    }

    private static void Attribute(RecordJson json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> content, bool isNumber)
    {
        if (content.IsEmpty) return;
        json.OpenObject();
        json.Member("key"u8, name);
        json.Name("value"u8);
        json.OpenObject();
        // As text also for numbers: JSON's own would lose digits.
        json.Member(isNumber ? "intValue"u8 : "stringValue"u8, content);
        json.CloseObject();
        json.CloseObject();
    }

    private static void Attribute(Utf8JsonWriter json, string name, string value)
    {
        json.WriteStartObject();
        json.WriteString("key"u8, name);
        json.WriteStartObject("value"u8);
        json.WriteString("stringValue"u8, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Nanoseconds(Events.Timestamp time) => (time.Microseconds * NanosecondsPerMicrosecond).ToString(CultureInfo.InvariantCulture);

    private Delivery Read(HttpAnswer answer, int count)
    {
        var (rejected, reason) = PartialSuccess(answer.Text);
        if (rejected == 0) return Delivery.Accepted(reason.Length == 0 ? answer.Sentence : reason);
        OtlpOutLog.Partial(context.Logger, context.Id, rejected, count);
        return rejected >= count ? Delivery.Accepted([.. Enumerable.Range(0, count).Select(index => new Rejection(index, reason))]) : Delivery.Refused($"The collector rejected {rejected} records: {reason}");
    }

    private static (long Rejected, string Reason) PartialSuccess(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("partialSuccess", out var partial) || partial.ValueKind != JsonValueKind.Object) return (0, "");
            var reason = partial.TryGetProperty("errorMessage", out var message) ? message.GetString() ?? "" : "";
            // 64-bit numbers are texts in protobuf's JSON; some write them as numbers.
            var rejected = partial.TryGetProperty("rejectedLogRecords", out var number) && long.TryParse(number.ToString(), CultureInfo.InvariantCulture, out var value) ? value : 0;
            return (rejected, reason);
        }
        catch (JsonException)
        {
            return (0, "");
        }
    }
}
