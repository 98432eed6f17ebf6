using Domesday.Events.Schema;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>How a field's values are kept in a segment.</summary>
internal enum ColumnEncoding : byte
{
    /// <summary>A sorted dictionary and a code for each row; 0 for absent.</summary>
    Coded = 1,

    /// <summary>The values themselves: too many different ones for a dictionary.</summary>
    Plain = 2,

    /// <summary>Large texts, compressed together.</summary>
    Body = 3,

    /// <summary>Moments, as microseconds.</summary>
    Clock = 4,
}

/// <summary>What the engine does with each field.</summary>
internal static class ColumnPlan
{
    /// <summary>A column with more different values than this has no dictionary.</summary>
    public const int DistinctMax = 65_536;

    private static readonly EventField[] NotColumns = [EventField.Sequence, EventField.Time];

    private static readonly EventField[] Bodies =
        [EventField.RequestBody, EventField.ResponseBody, EventField.ChangeAfter, EventField.ChangeBefore, EventField.Raw];

    private static readonly EventField[] IndexedFields =
    [
        EventField.Action, EventField.ActorId, EventField.ActorName, EventField.ActorType, EventField.Level, EventField.Operation, EventField.Origin,
        EventField.OutcomeResult, EventField.OutcomeStatus, EventField.RefersTo, EventField.RequestId, EventField.ResourceId, EventField.ResourceName,
        EventField.ResourceNamespace, EventField.ResourceSubType, EventField.ResourceType, EventField.ScopeClusterId, EventField.ScopeClusterName,
        EventField.ScopeDomain, EventField.ScopeProjectId, EventField.ScopeProjectName, EventField.ScopeRegion, EventField.Service, EventField.SourceIp,
        EventField.SourceKind,
    ];

    private static readonly bool[] Indexed = [.. EventSchema.Fields.Select(field => IndexedFields.Contains(field.Field))];

    /// <summary>The fields that are columns of their own, in canonical order. The sequence follows from the row; the time has a section of its own.</summary>
    public static IReadOnlyList<EventField> Fields { get; } = [.. EventSchema.Fields.Select(field => field.Field).Except(NotColumns)];

    /// <summary>Whether equality on the field is answered from an index.</summary>
    public static bool IsIndexed(EventField field) => Indexed[(int)field];

    /// <summary>The fields with an index, for memory tables.</summary>
    public static IReadOnlyList<EventField> AllIndexed => IndexedFields;

    /// <summary>How a new segment begins to keep the field; <see cref="ColumnEncoding.Coded"/> becomes <see cref="ColumnEncoding.Plain"/> beyond <see cref="DistinctMax"/>.</summary>
    public static ColumnEncoding EncodingOf(EventField field) => field switch
    {
        EventField.ReceivedAt => ColumnEncoding.Clock,
        EventField.Id or EventField.Salt => ColumnEncoding.Plain,
        _ when Bodies.Contains(field) => ColumnEncoding.Body,
        _ => ColumnEncoding.Coded,
    };
}
