using System.Text;
using System.Text.Json;
using Domesday.Events;
using Domesday.Http.Mapping;

namespace Domesday.Ingest.Cadf;

/// <summary>A notification with what oslo.messaging wraps around it taken off.</summary>
/// <param name="Envelope">Message id, publisher, type, time; without its payload. Nothing around a bare CADF event.</param>
/// <param name="Payload">The CADF event, or what another notification is about.</param>
internal sealed record Notification(ItemMembers Envelope, JsonElement Payload, bool IsCadf)
{
    private const string CadfTypeStart = "http://schemas.dmtf.org/cloud/audit/";
    private const string RequestType = "audit.http.request";
    private const string ResponseType = "audit.http.response";

    /// <summary>The text within the first version of the wrapping, oslo.messaging 2.0, is JSON again.</summary>
    private const int LayersMax = 3;

    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = EventLimits.DepthMax * 4 };

    public string? EventType => Text(Envelope, "event_type");

    /// <summary>The first half of a pair: what was asked, before it is known how it ended.</summary>
    public bool IsRequest => EventType == RequestType || EventType is null && IsCadf && TextOf(Payload, "outcome") == "pending";

    public bool IsResponse => EventType == ResponseType || EventType is null && IsCadf && TextOf(Payload, "outcome") is { } outcome && outcome != "pending" && TextOf(Payload, "requestPath") is not null;

    /// <summary>The same in both halves of a pair.</summary>
    public string? ActId => IsCadf ? TextOf(Payload, "id") : null;

    /// <summary>Reads one notification.</summary>
    /// <returns>Null for what is none.</returns>
    /// <exception cref="JsonException">It is not JSON, or what it wraps is not.</exception>
    /// <exception cref="InvalidOperationException">A text is not valid.</exception>
    public static Notification? Read(ReadOnlyMemory<byte> bytes)
    {
        using var document = JsonDocument.Parse(bytes, Deep);
        return Of(document.RootElement.Clone(), LayersMax);
    }

    /// <inheritdoc cref="Read"/>
    public static Notification? Of(JsonElement element, int layers = LayersMax)
    {
        if (element.ValueKind != JsonValueKind.Object) return null;
        if (TextOf(element, "oslo.message") is { } wrapped)
        {
            if (layers == 0) return null;
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(wrapped), Deep);
            return Of(document.RootElement.Clone(), layers - 1);
        }
        if (IsCadfEvent(element)) return new(ItemMembers.Of(null), element, true);
        var envelope = ItemMembers.Of(element);
        if (Text(envelope, "event_type") is null || envelope.Peek("payload") is not { ValueKind: JsonValueKind.Object } payload) return null;
        envelope.TakeValue("payload");
        return new(envelope, payload, IsCadfEvent(payload));
    }

    public static string? TextOf(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static string? Text(ItemMembers members, string name) => members.Peek(name) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text ? text : null;

    private static bool IsCadfEvent(JsonElement element) =>
        TextOf(element, "typeURI")?.StartsWith(CadfTypeStart, StringComparison.Ordinal) == true
        || TextOf(element, "eventType") is "activity" or "monitor" or "control" && TextOf(element, "action") is not null && TextOf(element, "outcome") is not null;
}
