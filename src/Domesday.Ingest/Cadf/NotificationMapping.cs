using System.Buffers;
using System.Text.Json;
using Domesday.Events;
using Domesday.Http.Mapping;
using Domesday.Http.Streaming;

namespace Domesday.Ingest.Cadf;

/// <summary>Notifications that are not CADF: what Nova, Neutron, Cinder and others tell on their own, such as <c>compute.instance.create.end</c>.</summary>
/// <remarks>Source: OpenStack's «Notifications in Nova», legacy form; oslo.messaging puts what it knows of the caller beside the payload, as <c>_context_user_id</c> and the like.</remarks>
internal static class NotificationMapping
{
    public static AuditEvent Map(Notification notification, string? region)
    {
        var (envelope, payload) = (notification.Envelope, ItemMembers.Of(notification.Payload));
        var eventType = envelope.TakeText("event_type")!;
        var words = eventType.Split('.');
        var phase = words[^1] is "start" or "end" or "error" ? words[^1] : null;
        var names = phase is null ? words : words[..^1];
        var (verb, type) = (names.Length > 1 ? names[^1] : null, names.Length > 2 ? names[^2] : names.Length == 2 ? names[0] : null);
        var labels = new EventLabels();
        labels.TryAdd("event_type", eventType);
        var publisher = envelope.TakeText("publisher_id");
        labels.TryAdd("publisher", publisher);
        labels.TryAdd("phase", phase);
        var mapped = new AuditEvent
        {
            Id = envelope.TakeText("message_id"),
            Time = CadfMapping.TimeOf(envelope.Peek("timestamp") is { ValueKind: JsonValueKind.String } time ? time.GetString() : null),
            Service = publisher?.Split('.')[0] is { Length: > 0 } service ? service : words[0],
            Action = EventWords.ActionOf(verb) ?? "unknown",
            Operation = eventType,
            Outcome = OutcomeOf(phase, envelope),
            Resource = ResourceOf(type, payload),
            Actor = ActorOf(envelope, payload),
            Scope = ScopeOf(envelope, payload, region),
            Request = envelope.TakeText("_context_request_id") is { } request ? new() { Id = request } : null,
            Source = EventWords.SourceOf(envelope.TakeText("_context_remote_address")),
        };
        return mapped with { Labels = labels.Made, Raw = RawOf(envelope, payload) };
    }

    private static Outcome? OutcomeOf(string? phase, ItemMembers envelope)
    {
        var isError = phase == "error" || envelope.Peek("priority") is { ValueKind: JsonValueKind.String } priority && priority.ValueEquals("ERROR");
        if (isError) return new() { Result = OutcomeResult.Failure };
        return phase is null ? null : new() { Result = phase == "end" ? OutcomeResult.Success : OutcomeResult.Unknown, Reason = phase == "end" ? null : "pending" };
    }

    private static Resource? ResourceOf(string? type, ItemMembers payload)
    {
        if (type is null) return null;
        var within = payload.Peek(type);
        string? Within(string name) => within is { } thing ? Notification.TextOf(thing, name) : null;
        return new()
        {
            Type = type,
            Id = payload.TakeText($"{type}_id") ?? payload.TakeText("resource_id") ?? Within("id") ?? payload.TakeText("id"),
            Name = payload.TakeText("display_name") ?? payload.TakeText("name") ?? Within("name"),
        };
    }

    private static Actor? ActorOf(ItemMembers envelope, ItemMembers payload)
    {
        var actor = new Actor
        {
            Id = envelope.TakeText("_context_user_id") ?? envelope.TakeText("_context_user") ?? payload.TakeText("user_id"),
            Name = envelope.TakeText("_context_user_name"),
            Roles = envelope.TakeTexts("_context_roles") is { } roles ? [.. roles.EnumerateArray().Select(role => role.GetString()!)] : null,
        };
        return actor == new Actor() ? null : actor with { Type = ActorType.User };
    }

    private static EventScope? ScopeOf(ItemMembers envelope, ItemMembers payload, string? region)
    {
        var project = new NamedId
        {
            Id = envelope.TakeText("_context_project_id") ?? envelope.TakeText("_context_tenant") ?? payload.TakeText("tenant_id") ?? payload.TakeText("project_id"),
            Name = envelope.TakeText("_context_project_name") ?? envelope.TakeText("_context_tenant_name"),
        };
        var scope = new EventScope
        {
            Region = payload.TakeText("region") ?? region,
            Domain = envelope.TakeText("_context_project_domain_id") ?? envelope.TakeText("_context_user_domain_id") ?? envelope.TakeText("_context_domain"),
            Project = project == new NamedId() ? null : project,
        };
        return scope == new EventScope() ? null : scope;
    }

    /// <summary>A caller's token has no business in a ledger.</summary>
    private static JsonElement RawOf(ItemMembers envelope, ItemMembers payload)
    {
        foreach (var secret in (ReadOnlySpan<string>)["_context_auth_token", "_context_service_catalog"]) envelope.TakeValue(secret);
        var output = new ArrayBufferWriter<byte>(1_024);
        using (var json = new Utf8JsonWriter(output, WrittenJson.Options))
        {
            json.WriteStartObject();
            envelope.WriteRest(json);
            payload.WriteRest(json, "payload");
            json.WriteEndObject();
        }
        using var raw = JsonDocument.Parse(output.WrittenMemory, new() { MaxDepth = EventLimits.DepthMax * 4 });
        return raw.RootElement.Clone();
    }
}
