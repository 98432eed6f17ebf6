using System.Text.Json;
using System.Text.Json.Serialization;

namespace Domesday.Events.Json;

/// <summary>The only JSON form of an event: strict, so a repeated, unknown, null or missing member is an error.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(AuditEvent))]
public sealed partial class EventJson : JsonSerializerContext
{
    /// <summary>Reads a canonical entry, as the ledger keeps it.</summary>
    /// <exception cref="JsonException">It is not an event.</exception>
    public static AuditEvent Read(ReadOnlySpan<byte> entry) =>
        JsonSerializer.Deserialize(entry, Default.AuditEvent) ?? throw new JsonException("An event is an object.");

    /// <summary>Writes an event, for sending; not canonical.</summary>
    public static byte[] Write(AuditEvent auditEvent) => JsonSerializer.SerializeToUtf8Bytes(auditEvent, Default.AuditEvent);
}
