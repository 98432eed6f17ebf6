namespace Domesday.Ingest.OtlpLogs;

/// <summary>The messages of OTLP logs: which field number bears which name in OTLP's JSON form.</summary>
/// <remarks>Source: opentelemetry-proto 1.9, collector/logs/v1/logs_service.proto, logs/v1/logs.proto, common/v1/common.proto, resource/v1/resource.proto.</remarks>
internal static class WireSchema
{
    private static readonly WireMessage Value = new();
    private static readonly WireMessage KeyValue = new(new(1, "key", WireKind.Text), new(2, "value", WireKind.Message) { Message = Value });
    private static readonly WireField Attributes = new(0, "attributes", WireKind.Message) { Message = KeyValue, Repeated = true };

    private static readonly WireMessage Resource = new(Attributes with { Number = 1 }, new(2, "droppedAttributesCount", WireKind.Unsigned));

    private static readonly WireMessage Scope = new(
        new(1, "name", WireKind.Text), new(2, "version", WireKind.Text), Attributes with { Number = 3 }, new(4, "droppedAttributesCount", WireKind.Unsigned));

    private static readonly WireMessage LogRecord = new(
        new(1, "timeUnixNano", WireKind.Fixed64Text), new(11, "observedTimeUnixNano", WireKind.Fixed64Text),
        new(2, "severityNumber", WireKind.Unsigned), new(3, "severityText", WireKind.Text), new(12, "eventName", WireKind.Text),
        new(5, "body", WireKind.Message) { Message = Value }, Attributes with { Number = 6 }, new(7, "droppedAttributesCount", WireKind.Unsigned),
        new(8, "flags", WireKind.Fixed32), new(9, "traceId", WireKind.Hex), new(10, "spanId", WireKind.Hex));

    private static readonly WireMessage ScopeLogs = new(
        new(1, "scope", WireKind.Message) { Message = Scope }, new(2, "logRecords", WireKind.Message) { Message = LogRecord, Repeated = true }, new(3, "schemaUrl", WireKind.Text));

    private static readonly WireMessage ResourceLogs = new(
        new(1, "resource", WireKind.Message) { Message = Resource }, new(2, "scopeLogs", WireKind.Message) { Message = ScopeLogs, Repeated = true }, new(3, "schemaUrl", WireKind.Text));

    static WireSchema() => Value.Fields =
    [
        // Members of a oneof are written even when they have their default value: a false is not an absence.
        new(1, "stringValue", WireKind.Text) { Always = true },
        new(2, "boolValue", WireKind.Bool) { Always = true },
        new(3, "intValue", WireKind.SignedText) { Always = true },
        new(4, "doubleValue", WireKind.Double) { Always = true },
        new(5, "arrayValue", WireKind.Message) { Always = true, Message = new(new WireField(1, "values", WireKind.Message) { Message = Value, Repeated = true }) },
        new(6, "kvlistValue", WireKind.Message) { Always = true, Message = new(new WireField(1, "values", WireKind.Message) { Message = KeyValue, Repeated = true }) },
        new(7, "bytesValue", WireKind.Base64) { Always = true },
    ];

    /// <summary>ExportLogsServiceRequest.</summary>
    public static WireMessage Request { get; } = new(new WireField(1, "resourceLogs", WireKind.Message) { Message = ResourceLogs, Repeated = true });
}

/// <summary>A sort of message.</summary>
internal sealed class WireMessage(params WireField[] fields)
{
    /// <summary>In the order in which they are written.</summary>
    public IReadOnlyList<WireField> Fields { get; set; } = fields;
}

/// <summary>A field of a message.</summary>
/// <param name="Name">In JSON.</param>
internal sealed record WireField(int Number, string Name, WireKind Kind)
{
    /// <summary>Of <see cref="WireKind.Message"/>.</summary>
    public WireMessage? Message { get; init; }

    public bool Repeated { get; init; }

    /// <summary>Written also when it is empty or zero.</summary>
    public bool Always { get; init; }

    public WireType Type => Kind switch
    {
        WireKind.Fixed64Text or WireKind.Double => WireType.Fixed64,
        WireKind.Fixed32 => WireType.Fixed32,
        WireKind.Unsigned or WireKind.SignedText or WireKind.Bool => WireType.Varint,
        _ => WireType.Bytes,
    };
}

/// <summary>What a field holds, and what becomes of it in JSON.</summary>
/// <remarks>Source: OTLP 1.9, «JSON Protobuf Encoding»: 64-bit numbers as text, ids as hex, other bytes as base64.</remarks>
internal enum WireKind
{
    Text,
    Hex,
    Base64,
    Unsigned,
    SignedText,
    Fixed32,
    Fixed64Text,
    Double,
    Bool,
    Message,
}
