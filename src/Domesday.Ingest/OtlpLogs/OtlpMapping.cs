using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Http.Mapping;
using Domesday.Http.Streaming;

namespace Domesday.Ingest.OtlpLogs;

/// <summary>One log record as a native event. What the model has no place for is kept under <c>raw</c> as OTLP has it.</summary>
/// <remarks>Source: OpenTelemetry semantic conventions 1.38, with the older names that exporters still send. The table of it is in docs/sources/otlp.md.</remarks>
internal sealed class OtlpMapping
{
    /// <summary>The action of a record that names none.</summary>
    private const string NoAction = "log";

    private const long YearsMicrosecondsMax = 253_402_300_800_000_000;

    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = EventLimits.DepthMax * 8 };

    private readonly OtlpIdentity _identity = new();

    /// <summary>Writes the event.</summary>
    /// <param name="item">A request with one record.</param>
    public ProblemFault? TryWrite(ReadOnlyMemory<byte> item, Utf8JsonWriter json)
    {
        try
        {
            using var document = JsonDocument.Parse(item, Deep);
            var ofResource = document.RootElement.GetProperty("resourceLogs")[0];
            var ofScope = ofResource.GetProperty("scopeLogs")[0];
            var record = ofScope.GetProperty("logRecords")[0];
            if (record.ValueKind != JsonValueKind.Object) return new(null, "logRecords", "must be a list of objects");
            json.WriteRawValue(EventJson.Write(Map(ofResource, ofScope, record, item)), skipInputValidation: true);
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

    private AuditEvent Map(JsonElement ofResource, JsonElement ofScope, JsonElement element, ReadOnlyMemory<byte> item)
    {
        var (record, resourceLogs, scopeLogs) = (ItemMembers.Of(element), ItemMembers.Of(ofResource), ItemMembers.Of(ofScope));
        resourceLogs.TakeValue("scopeLogs");
        scopeLogs.TakeValue("logRecords");
        var resource = resourceLogs.TakeObject("resource");
        var (attributes, ofResourceAttributes) = (new OtlpAttributes(record), new OtlpAttributes(resource));
        var time = TimeOf(record);
        var operation = record.TakeText("eventName") ?? attributes.TakeText("event.name");
        var trace = record.TakeText("traceId");
        var status = attributes.TakeNumber(int.MinValue, int.MaxValue, "http.response.status_code", "http.status_code");
        var action = ActionOf(attributes, ref operation);
        var labels = new EventLabels();
        labels.TryAdd("trace_id", trace);
        labels.TryAdd("span_id", record.TakeText("spanId"));
        labels.TryAdd("severity", record.TakeText("severityText"));
        labels.Number(attributes.TakeText(EventLabels.Producer, "audit.sequence.stream_id"), attributes.TakeText(EventLabels.ProducerSequence, "audit.sequence.number"));
        var mapped = new AuditEvent
        {
            Id = attributes.TakeText("log.record.uid", "audit.record.id", "audit.event.id", "event.id") ?? (time is null ? null : _identity.Next(item.Span)),
            Time = time,
            Service = ofResourceAttributes.TakeText("service.name"),
            Action = action,
            Operation = operation,
            Actor = ActorOf(attributes),
            Resource = ResourceOf(attributes),
            Outcome = OutcomeOf(attributes, status),
            Scope = ScopeOf(ofResourceAttributes),
            Source = SourceOf(attributes),
            Request = RequestOf(attributes, trace),
        };
        attributes.TakeAllTexts(labels.TryAdd);
        return mapped with { Labels = labels.Made, Raw = RawOf(record, attributes, resource, ofResourceAttributes, resourceLogs, scopeLogs) };
    }

    /// <summary>Nanoseconds do not fit the model: the digits stay under raw.</summary>
    private static Timestamp? TimeOf(ItemMembers record)
    {
        foreach (var name in (ReadOnlySpan<string>)["timeUnixNano", "observedTimeUnixNano"])
        {
            if (record.Peek(name) is not { } value || !ulong.TryParse(DigitsOf(value), CultureInfo.InvariantCulture, out var nanoseconds) || nanoseconds == 0) continue;
            var microseconds = (long)(nanoseconds / 1_000);
            if (microseconds < YearsMicrosecondsMax) return new(microseconds);
        }
        return null;
    }

    private static string? DigitsOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    /// <summary>The attribute says it; else the last word of the event's name, such as <c>login</c> of <c>user.login</c>.</summary>
    private static string ActionOf(OtlpAttributes attributes, ref string? operation)
    {
        var named = attributes.TakeText("audit.action", "event.action", "action");
        operation ??= named;
        return EventWords.ActionOf(named) ?? EventWords.ActionOf(operation) ?? NoAction;
    }

    private static Actor? ActorOf(OtlpAttributes attributes)
    {
        var actor = new Actor
        {
            Type = EventWords.ActorTypeOf(attributes.TakeText("audit.actor.type", "actor.type")),
            Id = attributes.TakeText("user.id", "enduser.id", "audit.actor.id", "actor.id"),
            Name = attributes.TakeText("user.name", "audit.actor.name", "actor.name", "enduser.pseudo.id", "user.full_name", "user.email"),
            Roles = attributes.TakeTexts("user.roles", "enduser.role"),
        };
        return actor == new Actor() ? null : actor;
    }

    private static Resource? ResourceOf(OtlpAttributes attributes)
    {
        var resource = new Resource
        {
            Type = attributes.TakeText("audit.resource.type", "audit.target.type", "resource.type"),
            Id = attributes.TakeText("audit.resource.id", "audit.target.id", "resource.id"),
            Name = attributes.TakeText("audit.resource.name", "audit.target.name", "resource.name"),
        };
        return resource == new Resource() ? null : resource;
    }

    private static Outcome? OutcomeOf(OtlpAttributes attributes, int? status)
    {
        var said = attributes.TakeText("audit.outcome", "event.outcome", "audit.result", "outcome");
        var reason = attributes.TakeText("error.message", "exception.message", "error.type", "exception.type");
        if (said is null && reason is null && status is null) return null;
        var result = EventWords.OutcomeOf(said) ?? (status >= 400 || status is null && reason is not null ? OutcomeResult.Failure : status is null ? OutcomeResult.Unknown : OutcomeResult.Success);
        return new() { Result = result, Status = status, Reason = reason ?? (EventWords.OutcomeOf(said) is null ? said : null) };
    }

    private static EventScope? ScopeOf(OtlpAttributes resource)
    {
        var (project, cluster) = (new NamedId { Id = resource.TakeText("cloud.account.id") }, new NamedId { Id = resource.TakeText("k8s.cluster.uid"), Name = resource.TakeText("k8s.cluster.name") });
        var scope = new EventScope
        {
            Region = resource.TakeText("cloud.region"),
            Project = project.Id is null ? null : project,
            Cluster = cluster == new NamedId() ? null : cluster,
        };
        return scope == new EventScope() ? null : scope;
    }

    private static EventSource? SourceOf(OtlpAttributes attributes)
    {
        var source = attributes.Take(EventWords.SourceOf, "client.address", "source.address", "http.client_ip", "network.peer.address", "net.peer.ip") ?? new EventSource();
        source = source with
        {
            Port = source.Port ?? (source.Ip is null ? null : attributes.TakeNumber(0, 65_535, "client.port", "source.port", "network.peer.port", "net.peer.port")),
            UserAgent = attributes.TakeText("user_agent.original", "http.user_agent"),
        };
        return source == new EventSource() ? null : source;
    }

    private static EventRequest? RequestOf(OtlpAttributes attributes, string? trace)
    {
        var request = new EventRequest
        {
            Id = attributes.TakeText("http.request.id", "request.id", "audit.source.request_id") ?? trace,
            Session = attributes.TakeText("session.id"),
            Method = attributes.TakeText("http.request.method", "http.method"),
            Uri = attributes.TakeText("url.full", "http.url", "url.path", "http.target"),
        };
        return request == new EventRequest() ? null : request;
    }

    private static JsonElement? RawOf(ItemMembers record, OtlpAttributes attributes, ItemMembers resource, OtlpAttributes ofResource, ItemMembers resourceLogs, ItemMembers scopeLogs)
    {
        var output = new ArrayBufferWriter<byte>(1_024);
        using (var json = new Utf8JsonWriter(output, WrittenJson.Options))
        {
            json.WriteStartObject();
            foreach (var name in (ReadOnlySpan<string>)["timeUnixNano", "observedTimeUnixNano"])
            {
                if (record.Peek(name) is { ValueKind: JsonValueKind.Number } number) json.WriteString(name, Dropped(record, name, number).GetRawText());
            }
            record.DropEmpty("body");
            record.WriteRest(json);
            attributes.WriteRest(json);
            WriteObject(json, "resource", resource, ofResource);
            resourceLogs.WriteRest(json, "resourceLogs");
            scopeLogs.DropEmpty("scope");
            scopeLogs.WriteRest(json, "scopeLogs");
            json.WriteEndObject();
        }
        if (output.WrittenCount == 2) return null;
        using var raw = JsonDocument.Parse(output.WrittenMemory, Deep);
        return raw.RootElement.Clone();
    }

    private static JsonElement Dropped(ItemMembers members, string name, JsonElement value)
    {
        members.TakeValue(name);
        return value;
    }

    private static void WriteObject(Utf8JsonWriter json, string name, ItemMembers members, OtlpAttributes attributes)
    {
        if (members.IsEmpty && attributes.IsEmpty) return;
        json.WriteStartObject(name);
        members.WriteRest(json);
        attributes.WriteRest(json);
        json.WriteEndObject();
    }
}
