using Domesday.Events.Schema;

namespace Domesday.Storage.Postgres.Columns;

/// <summary>Which fields have a column of their own in blocks. What has none is looked up in the entry itself.</summary>
internal static class EventColumns
{
    private static readonly EventField[] CodedFields =
    [
        EventField.Action, EventField.ActorId, EventField.ActorName, EventField.ActorType, EventField.Level, EventField.Origin, EventField.OutcomeResult, EventField.ResourceType, EventField.ScopeClusterId,
        EventField.ScopeClusterName, EventField.ScopeDomain, EventField.ScopeProjectId, EventField.ScopeProjectName, EventField.ScopeRegion, EventField.Service, EventField.SourceIp, EventField.SourceKind,
    ];

    private static readonly EventField[] HashedFields = [EventField.ResourceId, EventField.RequestId, EventField.ResourceName, EventField.RefersTo];

    private static readonly int[] CodedPlaces = Places(CodedFields);
    private static readonly int[] HashedPlaces = Places(HashedFields);

    /// <summary>Fields kept as a code of the ledger's dictionary, in the order of their columns.</summary>
    public static IReadOnlyList<EventField> Coded => CodedFields;

    /// <summary>Fields with many different values, kept as a hash, in the order of their columns.</summary>
    public static IReadOnlyList<EventField> Hashed => HashedFields;

    /// <summary>Whether the field is counted by hour and by day.</summary>
    public static bool IsRolledUp(EventField field) => CodedPlaces[(int)field] >= 0 && field is not (EventField.ActorId or EventField.SourceIp);

    /// <summary>Place among <see cref="Coded"/>; -1 when the field has no code.</summary>
    public static int CodedPlace(EventField field) => CodedPlaces[(int)field];

    /// <summary>Place among <see cref="Hashed"/>; -1 when the field has no hash.</summary>
    public static int HashedPlace(EventField field) => HashedPlaces[(int)field];

    /// <summary>The column of a field, such as <c>scope_project_id</c>.</summary>
    public static string NameOf(EventField field) => EventSchema.Of(field).Path.Replace('.', '_');

    private static int[] Places(EventField[] fields)
    {
        var places = new int[EventSchema.Count];
        Array.Fill(places, -1);
        for (var i = 0; i < fields.Length; i++) places[(int)fields[i]] = i;
        return places;
    }
}
