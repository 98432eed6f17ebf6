using System.Globalization;
using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Http.Mapping;
using Domesday.Ingest.AuditRecords;

namespace Domesday.Ingest.Syslog;

/// <summary>One syslog message as a native event. Parameters of structured data with the names of an event's members become them, the others become labels.</summary>
internal static class SyslogMapping
{
    /// <summary>The action of a message that names none.</summary>
    private const string NoAction = "log";

    private static readonly string[] Facilities =
    [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "audit", "alert", "clock",
        "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ];

    private static readonly string[] Severities = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

    /// <summary>Writes the event.</summary>
    /// <param name="context">Over what and from where it came, such as <c>udp 192.0.2.7</c>.</param>
    public static ProblemFault? TryWrite(ReadOnlyMemory<byte> item, string? context, Utf8JsonWriter json) => TryWrite(item, context, TimeProvider.System.GetUtcNow(), json);

    /// <param name="now">When it arrived.</param>
    public static ProblemFault? TryWrite(ReadOnlyMemory<byte> item, string? context, DateTimeOffset now, Utf8JsonWriter json)
    {
        if (SyslogAudit.TryRead(item, now) is { } audit) return AuditRecordMapping.TryWrite(audit.Records, audit.Host, context, json);
        if (!SyslogMessage.TryParse(item.Span, now, out var message, out var reason)) return new(null, "", reason);
        json.WriteRawValue(EventJson.Write(Map(message, context, now)), skipInputValidation: true);
        return null;
    }

    private static AuditEvent Map(SyslogMessage message, string? context, DateTimeOffset now)
    {
        var parameters = new SyslogParameters(message.Elements);
        var labels = new EventLabels();
        labels.TryAdd("facility", Facilities[message.Facility]);
        labels.TryAdd("severity", Severities[message.Severity]);
        labels.TryAdd("host", message.Host);
        labels.TryAdd("process", message.Process);
        labels.TryAdd("sender", context);
        labels.TryAdd("time_as_sent", message.TimeText);
        if (message.IsLatin1) labels.TryAdd("encoding", "iso-8859-1");
        var named = parameters.Take("action", "act");
        var operation = parameters.Take("operation") ?? named ?? message.MessageId;
        // Of a bare MSGID such as ID47 no verb is known; one with a point, such as user.login, is a name.
        var verb = EventWords.ActionOf(named) ?? (operation != message.MessageId || operation?.Contains('.', StringComparison.Ordinal) == true ? EventWords.ActionOf(operation) : null);
        labels.Number(parameters.Take(EventLabels.Producer), parameters.Take(EventLabels.ProducerSequence));
        var mapped = new AuditEvent
        {
            // Given here, so that a batch that is tried again after a failing store is not stored twice.
            Id = parameters.Take("id", "event_id") ?? Guid.CreateVersion7(now).ToString(),
            Time = message.Time,
            Service = parameters.Take("service") ?? message.Application,
            Action = verb ?? NoAction,
            Operation = operation,
            Actor = ActorOf(parameters),
            Resource = ResourceOf(parameters),
            Outcome = OutcomeOf(parameters),
            Source = SourceOf(parameters),
            Request = RequestOf(parameters),
        };
        parameters.TakeAll(labels.TryAdd);
        return mapped with { Labels = labels.Made, Raw = RawOf(message, parameters) };
    }

    private static Actor? ActorOf(SyslogParameters parameters)
    {
        var actor = new Actor
        {
            Type = EventWords.ActorTypeOf(parameters.Take("actor.type", "actor_type")),
            Id = parameters.Take("actor.id", "actor_id", "user.id", "user_id", "uid"),
            Name = parameters.Take("actor.name", "actor_name", "actor", "user.name", "user_name", "username", "user", "suser"),
        };
        return actor == new Actor() ? null : actor;
    }

    private static Resource? ResourceOf(SyslogParameters parameters)
    {
        var resource = new Resource
        {
            Type = parameters.Take("resource.type", "resource_type"),
            Id = parameters.Take("resource.id", "resource_id"),
            Name = parameters.Take("resource.name", "resource_name", "resource", "object"),
        };
        return resource == new Resource() ? null : resource;
    }

    private static Outcome? OutcomeOf(SyslogParameters parameters)
    {
        var said = parameters.Take("result", "outcome", "res");
        var status = parameters.Take("outcome.status", "status");
        var reason = parameters.Take("outcome.reason", "reason");
        int? number = int.TryParse(status, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;
        if (said is null && status is null && reason is null) return null;
        var known = EventWords.OutcomeOf(said);
        return new() { Result = known ?? OutcomeResult.Unknown, Status = number, Reason = reason ?? (known is null ? said : null) ?? (number is null ? status : null) };
    }

    /// <summary>From where the actor came, if the message says so. Where the message came from is its sender, a label.</summary>
    private static EventSource? SourceOf(SyslogParameters parameters)
    {
        var said = parameters.Take("source.ip", "source_ip", "src", "ip", "client_ip", "addr");
        var source = EventWords.SourceOf(said);
        if (said is not null && source is null) parameters.GiveBack("source.ip", said);
        return source;
    }

    private static EventRequest? RequestOf(SyslogParameters parameters)
    {
        var request = new EventRequest
        {
            Id = parameters.Take("request.id", "request_id"),
            Session = parameters.Take("session", "session_id"),
            Method = parameters.Take("request.method", "request_method"),
            Uri = parameters.Take("request.uri", "request_uri"),
        };
        return request == new EventRequest() ? null : request;
    }

    private static JsonElement? RawOf(SyslogMessage message, SyslogParameters parameters)
    {
        if (message.Text.Length == 0 && parameters.IsEmpty) return null;
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            if (message.Text.Length > 0) json.WriteString("message", message.Text);
            parameters.WriteRest(json);
            json.WriteEndObject();
        }
        using var raw = JsonDocument.Parse(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
        return raw.RootElement.Clone();
    }
}
