namespace Domesday.Events.Schema;

/// <summary>Every field of an event that holds a value of its own, in the order of the canonical form (RFC 8785 §3.2.3).</summary>
public enum EventField : byte
{
    Action,
    ActorCredential,
    ActorGroups,
    ActorId,
    ActorName,
    ActorOnBehalfOf,
    ActorRoles,
    ActorType,
    Attachments,
    ChangeAfter,
    ChangeBefore,
    Id,
    Labels,
    Level,
    Operation,
    Origin,
    OutcomeReason,
    OutcomeResult,
    OutcomeStatus,
    Raw,
    ReasonApprover,
    ReasonText,
    ReasonTicket,
    ReceivedAt,
    RefersTo,
    RequestBody,
    RequestId,
    RequestMethod,
    RequestSession,
    RequestUri,
    ResourceId,
    ResourceName,
    ResourceNamespace,
    ResourceSubType,
    ResourceType,
    ResponseBody,
    Salt,
    ScopeClusterId,
    ScopeClusterName,
    ScopeDomain,
    ScopeProjectId,
    ScopeProjectName,
    ScopeRegion,
    Sequence,
    Service,
    SourceForwardedFor,
    SourceIp,
    SourcePort,
    SourceUserAgent,
    SourceKind,
    Tenant,
    Time,
}

/// <summary>What a field holds.</summary>
public enum FieldKind
{
    /// <summary>Text, not empty.</summary>
    Text,

    /// <summary>Lower-case word: letters, digits and <c>_ . : / -</c>, beginning with a letter.</summary>
    Word,

    /// <summary>One of the field's <see cref="FieldDefinition.Values"/>.</summary>
    OneOf,

    /// <summary>Whole number between <see cref="FieldDefinition.Min"/> and <see cref="FieldDefinition.Max"/>.</summary>
    Integer,

    /// <summary>RFC 3339 time, up to microseconds.</summary>
    Time,

    /// <summary>IPv4 or IPv6 address.</summary>
    Address,

    /// <summary>List of texts, not empty.</summary>
    TextList,

    /// <summary>Object whose values are texts, not empty.</summary>
    TextMap,

    /// <summary>An actor within an actor.</summary>
    Actor,

    /// <summary>Any JSON value.</summary>
    Json,
}

/// <summary>What a field is called and may hold.</summary>
public sealed record FieldDefinition(EventField Field, string Path, FieldKind Kind)
{
    /// <summary>Refused from producers.</summary>
    public bool SetByService { get; init; }

    public long Min { get; init; } = long.MinValue;

    public long Max { get; init; } = long.MaxValue;

    /// <summary>Longest text, in UTF-8 bytes; a canonical entry's size bounds the rest.</summary>
    public int BytesMax { get; init; } = EventLimits.EntryBytesMax;

    public IReadOnlyList<string> Values { get; init; } = [];
}
