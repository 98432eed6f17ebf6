using System.Text.Json;
using System.Text.Json.Serialization;

namespace Domesday.Events;

/// <summary>Who did what, to which resource, when, from where, with what result. Absent members are absent: never null, never empty.</summary>
/// <remarks>The fields, their kinds and limits stand in <see cref="Schema.EventSchema"/>; the only JSON form is <see cref="Json.EventJson"/>.</remarks>
public sealed record AuditEvent
{
    /// <summary>The producer's own identity of this event, 1 to 512 characters; a UUIDv7 made on arrival when absent.</summary>
    public string? Id { get; init; }

    /// <summary>When it happened; the time of arrival when absent.</summary>
    public Timestamp? Time { get; init; }

    /// <summary>The component that was acted upon, such as <c>network</c>.</summary>
    public string? Service { get; init; }

    /// <summary>Lower-case verb: create read update delete login logout attach detach …; an open set.</summary>
    public required string Action { get; init; }

    /// <summary>The source's own name of the action, such as <c>router.create</c>.</summary>
    public string? Operation { get; init; }

    public Actor? Actor { get; init; }

    public Resource? Resource { get; init; }

    public Outcome? Outcome { get; init; }

    public EventScope? Scope { get; init; }

    /// <summary>Where the wish came from: api, gui, internal …; an open set.</summary>
    public string? Origin { get; init; }

    public EventSource? Source { get; init; }

    public EventRequest? Request { get; init; }

    public EventResponse? Response { get; init; }

    public Change? Change { get; init; }

    public Reason? Reason { get; init; }

    /// <summary>Never <see cref="CaptureLevel.None"/>: such an act leaves no event.</summary>
    public CaptureLevel? Level { get; init; }

    /// <summary>Names and values that the model has no member for. Names that begin with <c>domesday.</c> belong to the service.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>A note, correction or sign-off: the sequence that it is about.</summary>
    public long? RefersTo { get; init; }

    /// <summary>The source's own record, where the mapping cannot carry all of it.</summary>
    public JsonElement? Raw { get; init; }

    /// <summary>Set by the service: the ledger's owner.</summary>
    public string? Tenant { get; init; }

    /// <summary>Set by the service: the place in the tenant's ledger, from 0, without gaps; also the leaf index.</summary>
    public long? Sequence { get; init; }

    /// <summary>Set by the service.</summary>
    public Timestamp? ReceivedAt { get; init; }

    /// <summary>Set by the service: the kind of source it came over, such as <c>kubernetes</c>.</summary>
    public string? SourceKind { get; init; }

    /// <summary>Set by the service: 16 random bytes in lower-case hex, so that the hash of an erased event says nothing about it.</summary>
    public string? Salt { get; init; }

    /// <summary>Set by the service: bodies kept beside the entry because it would exceed <see cref="EventLimits.EntryBytesMax"/>, by the path they were at.</summary>
    public IReadOnlyDictionary<string, AttachmentDigest>? Attachments { get; init; }
}

/// <summary>Who acted.</summary>
public sealed record Actor
{
    public ActorType? Type { get; init; }

    public string? Id { get; init; }

    public string? Name { get; init; }

    public IReadOnlyList<string>? Roles { get; init; }

    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>Which of the actor's credentials was used: an access key's id, a certificate's serial number. Never the secret.</summary>
    public string? Credential { get; init; }

    /// <summary>For whom: the impersonating or delegating side is the actor, this is the one it stood in for.</summary>
    public Actor? OnBehalfOf { get; init; }
}

public enum ActorType
{
    [JsonStringEnumMemberName("user")] User,
    [JsonStringEnumMemberName("application")] Application,
    [JsonStringEnumMemberName("system")] System,
    [JsonStringEnumMemberName("service")] Service,
    [JsonStringEnumMemberName("agent")] Agent,
}

/// <summary>What was acted upon.</summary>
public sealed record Resource
{
    public string? Type { get; init; }

    public string? SubType { get; init; }

    public string? Id { get; init; }

    public string? Name { get; init; }

    public string? Namespace { get; init; }
}

/// <summary>How it ended.</summary>
public sealed record Outcome
{
    public OutcomeResult? Result { get; init; }

    /// <summary>The protocol's own status, such as an HTTP status code.</summary>
    public int? Status { get; init; }

    public string? Reason { get; init; }
}

public enum OutcomeResult
{
    [JsonStringEnumMemberName("success")] Success,
    [JsonStringEnumMemberName("failure")] Failure,
    [JsonStringEnumMemberName("unknown")] Unknown,
}

/// <summary>Where in the producer's world it happened.</summary>
public sealed record EventScope
{
    public string? Region { get; init; }

    public string? Domain { get; init; }

    public NamedId? Project { get; init; }

    public NamedId? Cluster { get; init; }
}

public sealed record NamedId
{
    public string? Id { get; init; }

    public string? Name { get; init; }
}

/// <summary>From where the request came.</summary>
public sealed record EventSource
{
    /// <summary>IPv4 or IPv6 address as text.</summary>
    public string? Ip { get; init; }

    public int? Port { get; init; }

    public IReadOnlyList<string>? ForwardedFor { get; init; }

    public string? UserAgent { get; init; }
}

public sealed record EventRequest
{
    public string? Id { get; init; }

    public string? Session { get; init; }

    public string? Method { get; init; }

    public string? Uri { get; init; }

    public JsonElement? Body { get; init; }
}

public sealed record EventResponse
{
    public JsonElement? Body { get; init; }
}

public sealed record Change
{
    public JsonElement? Before { get; init; }

    public JsonElement? After { get; init; }
}

/// <summary>Why it was done.</summary>
public sealed record Reason
{
    public string? Text { get; init; }

    public string? Ticket { get; init; }

    public string? Approver { get; init; }
}

/// <summary>How much of an act is recorded; each level includes the ones before it.</summary>
public enum CaptureLevel
{
    [JsonStringEnumMemberName("none")] None,
    [JsonStringEnumMemberName("metadata")] Metadata,
    [JsonStringEnumMemberName("request")] Request,
}

/// <summary>A body that is kept beside its entry.</summary>
public sealed record AttachmentDigest
{
    /// <summary>SHA-256 of the body's canonical bytes, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Length of the body's canonical bytes.</summary>
    public required long Bytes { get; init; }
}
