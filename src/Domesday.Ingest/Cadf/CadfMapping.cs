using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Http.Mapping;
using Domesday.Http.Streaming;

namespace Domesday.Ingest.Cadf;

/// <summary>One act, or one notification, as a native event. What the model has no place for is kept under <c>raw</c>.</summary>
/// <remarks>Source: DSP0262 1.0 (CADF); pycadf 3.1, keystonemiddleware 10.1 and Keystone 22 for where they put things. The table of it is in docs/sources/cadf.md.</remarks>
internal static class CadfMapping
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = EventLimits.DepthMax * 4 };

    /// <summary>Writes the event.</summary>
    /// <param name="item">A notification, or a list of the two halves of one act.</param>
    /// <param name="region">The sender's, unless the event says another.</param>
    public static ProblemFault? TryWrite(ReadOnlyMemory<byte> item, string? region, Utf8JsonWriter json)
    {
        try
        {
            using var document = JsonDocument.Parse(item, Deep);
            var root = document.RootElement;
            var isPair = root.ValueKind == JsonValueKind.Array && root.GetArrayLength() == 2;
            var notification = Notification.Of(isPair ? root[1] : root);
            var request = isPair ? Notification.Of(root[0]) : null;
            if (notification is null || isPair && request?.ActId != notification.ActId) return new(null, "", "is not an event of CADF, and no notification with an event_type and a payload");
            if (notification is { IsCadf: true, ActId: null }) return new(null, "id", "is missing: it is the event's identity");
            var mapped = notification.IsCadf ? Act(notification, request, region) : NotificationMapping.Map(notification, region);
            json.WriteRawValue(EventJson.Write(mapped), skipInputValidation: true);
            return null;
        }
        catch (JsonException exception)
        {
            return new(null, "", EventParser.NotJson(exception));
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            return new(null, "", "has a text that is not valid UTF-8 or half of a surrogate pair, or is nested too deep");
        }
    }

    /// <summary>RFC 3339, but for what OpenStack's services write: an offset without a colon; a space for the T, and no zone, which is UTC.</summary>
    public static Timestamp? TimeOf(string? text)
    {
        if (text is null || text.Length is < 19 or > 40) return null;
        var time = string.Concat(text.AsSpan(0, 10), "T", text.AsSpan(11));
        var sign = time.LastIndexOfAny(['+', '-']);
        if (sign > 18 && time.Length - sign == 5) time = time.Insert(sign + 3, ":");
        else if (sign < 19 && !time.EndsWith('Z')) time += "Z";
        return Timestamp.TryParse(Encoding.UTF8.GetBytes(time), out var parsed, out _) ? parsed : null;
    }

    private static AuditEvent Act(Notification notification, Notification? request, string? region)
    {
        var payload = ItemMembers.Of(notification.Payload);
        var eventType = notification.EventType;
        var kind = IdentityKind(eventType);
        var (initiator, target, reason) = (payload.TakeObject("initiator"), payload.TakeObject("target"), payload.TakeObject("reason"));
        var host = initiator.TakeObject("host");
        // Where the type of the event is the operation, the action's own text stays under raw.
        var action = kind is null ? payload.TakeText("action") : Notification.TextOf(notification.Payload, "action");
        var path = payload.TakeText("requestPath");
        var typeUri = target.Peek("typeURI") is { ValueKind: JsonValueKind.String } uri ? uri.GetString() : null;
        var id = payload.TakeText("id")!;
        var time = TimeOf(payload.Peek("eventTime") is { ValueKind: JsonValueKind.String } told ? told.GetString() : null);
        var labels = new EventLabels();
        labels.TryAdd("event_type", notification.Envelope.TakeText("event_type"));
        labels.TryAdd("publisher", notification.Envelope.TakeText("publisher_id"));
        var mapped = new AuditEvent
        {
            Id = request is null && notification.IsRequest ? $"{id}/request" : id,
            Time = time ?? TimeOf(notification.Envelope.Peek("timestamp") is { ValueKind: JsonValueKind.String } sent ? sent.GetString() : null),
            Service = kind is not null || eventType?.StartsWith("identity.", StringComparison.Ordinal) == true ? "identity" : ResourceName.ServiceOf(typeUri),
            Action = ActionOf(action),
            Operation = kind is null ? action : eventType,
            Origin = "api",
            Outcome = OutcomeOf(payload.TakeText("outcome"), reason),
            Resource = kind is null ? eventType == "identity.authenticate" ? null : ResourceName.Of(typeUri, path) : IdentityResource(kind, payload, target),
            Request = RequestOf(initiator, path),
            Source = SourceOf(host),
            Actor = ActorOf(initiator, isIdentity: eventType?.StartsWith("identity.", StringComparison.Ordinal) == true),
            Scope = ScopeOf(initiator, payload, labels, region),
        };
        labels.TryAdd("global_request_id", initiator.TakeText("global_request_id"));
        foreach (var name in (ReadOnlySpan<string>)["user", "group", "role", "project", "domain"]) labels.TryAdd(name, payload.TakeText(name));
        return mapped with { Labels = labels.Made, Raw = RawOf(notification, request, payload, [("initiator", initiator, host), ("target", target, null), ("reason", reason, null)]) };
    }

    /// <summary>The sort of thing of an event such as <c>identity.user.created</c>.</summary>
    private static string? IdentityKind(string? eventType) => eventType?.Split('.') is ["identity", { Length: > 0 } kind, _] ? kind : null;

    /// <summary><c>created.user</c> begins with its verb, <c>update/reboot</c> ends with it.</summary>
    private static string ActionOf(string? action) => EventWords.ActionOf(action?.Split('.')[0]) ?? "unknown";

    /// <summary>Keystone makes up a target for assignments of roles; all others name the thing.</summary>
    private static Resource IdentityResource(string kind, ItemMembers payload, ItemMembers target) => new()
    {
        Type = kind,
        Id = payload.TakeText("resource_info") ?? (kind == "role_assignment" ? null : target.TakeText("id")),
    };

    private static Outcome? OutcomeOf(string? said, ItemMembers reason)
    {
        if (said is null && reason.IsEmpty) return null;
        var status = reason.TakeNumber("reasonCode");
        if (reason.Peek("reasonCode") is { ValueKind: JsonValueKind.String } code && int.TryParse(code.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            reason.TakeText("reasonCode");
            status = number;
        }
        var kind = reason.TakeText("reasonType");
        return new() { Result = EventWords.OutcomeOf(said) ?? OutcomeResult.Unknown, Status = status, Reason = kind is null or "HTTP" ? said == "pending" ? said : null : kind };
    }

    /// <summary>The name hides in one of many places. The id of someone whose sign-in failed is made up by Keystone, and no user's.</summary>
    private static Actor? ActorOf(ItemMembers initiator, bool isIdentity)
    {
        var user = initiator.TakeText("user_id");
        var type = initiator.Peek("typeURI") is { ValueKind: JsonValueKind.String } uri ? uri.GetString() : null;
        var actor = new Actor
        {
            Id = user ?? (isIdentity ? null : initiator.TakeText("id")),
            Name = initiator.TakeText("name") ?? initiator.TakeText("username") ?? initiator.TakeText("user_name") ?? initiator.TakeText("user"),
        };
        if (user is not null && initiator.Peek("id") is { ValueKind: JsonValueKind.String } id && id.ValueEquals(user)) initiator.TakeText("id");
        if (actor == new Actor()) return null;
        return actor with { Type = type?.EndsWith("/user", StringComparison.Ordinal) == true ? ActorType.User : type?.StartsWith("service/", StringComparison.Ordinal) == true ? ActorType.Service : null };
    }

    private static EventScope? ScopeOf(ItemMembers initiator, ItemMembers payload, EventLabels labels, string? region)
    {
        var project = new NamedId
        {
            Id = initiator.TakeText("project_id") ?? initiator.TakeText("tenant_id"),
            Name = initiator.TakeText("project_name") ?? initiator.TakeText("tenant_name"),
        };
        var (domain, domainName) = (initiator.TakeText("domain_id") ?? initiator.TakeText("project_domain_id") ?? initiator.TakeText("user_domain_id"), initiator.TakeText("domain_name"));
        if (domain is not null) labels.TryAdd("domain_name", domainName);
        var scope = new EventScope
        {
            Region = payload.TakeText("region") ?? payload.TakeText("region_name") ?? region,
            Domain = domain ?? domainName,
            Project = project == new NamedId() ? null : project,
        };
        return scope == new EventScope() ? null : scope;
    }

    private static EventSource? SourceOf(ItemMembers host)
    {
        var source = EventWords.SourceOf(host.Peek("address") is { ValueKind: JsonValueKind.String } address ? address.GetString() : null) ?? new();
        if (source.Ip is not null) host.TakeText("address");
        source = source with { UserAgent = host.TakeText("agent") };
        return source == new EventSource() ? null : source;
    }

    private static EventRequest? RequestOf(ItemMembers initiator, string? path)
    {
        var request = new EventRequest { Id = initiator.TakeText("request_id"), Uri = path };
        return request == new EventRequest() ? null : request;
    }

    private static JsonElement? RawOf(Notification notification, Notification? request, ItemMembers payload, ReadOnlySpan<(string Name, ItemMembers Members, ItemMembers? Host)> parts)
    {
        var output = new ArrayBufferWriter<byte>(1_024);
        using (var json = new Utf8JsonWriter(output, WrittenJson.Options))
        {
            json.WriteStartObject();
            notification.Envelope.WriteRest(json);
            if (request is not null)
            {
                json.WriteStartObject("request");
                request.Envelope.WriteRest(json);
                WriteDifferences(json, request.Payload, notification.Payload);
                json.WriteEndObject();
            }
            json.WriteStartObject("payload");
            payload.WriteRest(json);
            foreach (var (name, members, host) in parts)
            {
                if (members.IsEmpty && host is not { IsEmpty: false }) continue;
                json.WriteStartObject(name);
                members.WriteRest(json);
                host?.WriteRest(json, "host");
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        using var raw = JsonDocument.Parse(output.WrittenMemory, Deep);
        return raw.RootElement.Clone();
    }

    /// <summary>What the first half says otherwise than the second: its outcome, which was pending, and little else.</summary>
    private static void WriteDifferences(Utf8JsonWriter json, JsonElement first, JsonElement second)
    {
        json.WriteStartObject("payload");
        foreach (var member in first.EnumerateObject())
        {
            if (second.TryGetProperty(member.Name, out var other) && JsonElement.DeepEquals(member.Value, other)) continue;
            json.WritePropertyName(member.Name);
            ItemMembers.WriteAsItCame(json, member.Value);
        }
        json.WriteEndObject();
    }
}
