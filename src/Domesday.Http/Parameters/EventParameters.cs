using System.Globalization;
using System.Net;
using Domesday.Core.Query;
using Domesday.Events.Schema;

namespace Domesday.Http.Parameters;

/// <summary>The one list of parameters that select events: the same for list, facets, histogram, export, tail, and the pages of the UI.</summary>
public static class EventParameters
{
    /// <summary>Stands before a field's parameter to turn it round: <c>exclude_action=read</c>.</summary>
    public const string ExcludePrefix = "exclude_";

    /// <summary>Selects what happened before and after these hours of the day, and on weekends: <c>outside_hours=8-18</c> in UTC, <c>8-18@Europe/Berlin</c> by the clocks there.</summary>
    public const string OutsideHours = "outside_hours";

    /// <summary>Longest text that is searched for, in characters.</summary>
    private const int SearchCharsMax = 1_024;

    private const int ValuesMax = 1_000;

    /// <summary>Parameter names and the fields they are about.</summary>
    public static IReadOnlyList<(string Name, EventField Field)> Fields { get; } =
    [
        ("action", EventField.Action),
        ("actor_id", EventField.ActorId),
        ("actor_name", EventField.ActorName),
        ("actor_type", EventField.ActorType),
        ("cluster", EventField.ScopeClusterName),
        ("cluster_id", EventField.ScopeClusterId),
        ("domain", EventField.ScopeDomain),
        ("level", EventField.Level),
        ("operation", EventField.Operation),
        ("origin", EventField.Origin),
        ("project", EventField.ScopeProjectName),
        ("project_id", EventField.ScopeProjectId),
        ("refers_to", EventField.RefersTo),
        ("region", EventField.ScopeRegion),
        ("request_id", EventField.RequestId),
        ("resource_id", EventField.ResourceId),
        ("resource_name", EventField.ResourceName),
        ("resource_namespace", EventField.ResourceNamespace),
        ("resource_sub_type", EventField.ResourceSubType),
        ("resource_type", EventField.ResourceType),
        ("result", EventField.OutcomeResult),
        ("service", EventField.Service),
        ("session", EventField.RequestSession),
        ("source_ip", EventField.SourceIp),
        ("source_kind", EventField.SourceKind),
        ("status", EventField.OutcomeStatus),
        ("ticket", EventField.ReasonTicket),
    ];

    /// <summary>The parameter for a field; null when it has none.</summary>
    public static string? NameOf(EventField field) => Fields.FirstOrDefault(known => known.Field == field).Name;

    /// <summary>Finds a field by its parameter's name.</summary>
    public static bool TryFind(string name, out EventField field)
    {
        var found = Fields.FirstOrDefault(known => known.Name == name);
        field = found.Field;
        return found.Name is not null;
    }

    /// <summary>Reads <c>from</c>, <c>to</c>, <c>q</c>, <c>q_mode</c>, <c>from_sequence</c>, <c>to_sequence</c> and every field, wanted or excluded.</summary>
    /// <param name="now">What relative times start from.</param>
    public static EventFilter Filter(ParameterReader reader, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var (from, to) = (reader.Time("from", now), reader.Time("to", now));
        if (to < from) reader.Refuse("to", "lies before from");
        var conditions = new List<FieldCondition>();
        foreach (var (name, field) in Fields)
        {
            if (Values(reader, name, field) is { Count: > 0 } wanted) conditions.Add(FieldCondition.Is(field, wanted));
            if (Values(reader, ExcludePrefix + name, field) is { Count: > 0 } excluded) conditions.Add(FieldCondition.Is(field, excluded) with { Not = true });
        }
        if (reader.Text(OutsideHours) is { } hours)
        {
            if (OfficeHours.Parse(hours) is not null) conditions.Add(new(EventField.Time, MatchKind.OutsideHours, [hours]));
            else reader.Refuse(OutsideHours, "must be two hours of the day, such as 8-18, perhaps with a time zone: 8-18@Europe/Berlin");
        }
        return new()
        {
            From = from,
            To = to,
            Conditions = conditions,
            Search = Search(reader),
            FromSequence = reader.Number("from_sequence", 0, long.MaxValue),
            ToSequence = reader.Number("to_sequence", 0, long.MaxValue),
        };
    }

    private static TextSearch? Search(ParameterReader reader)
    {
        var mode = reader.Choice("q_mode", ["exact", "substring"]) == "substring" ? SearchMode.Substring : SearchMode.Exact;
        if (reader.Text("q") is not { } text)
        {
            if (reader.Has("q_mode") && !reader.Has("q")) reader.Refuse("q_mode", "says how to search, but there is no q");
            return null;
        }
        if (text.Length > SearchCharsMax) reader.Refuse("q", $"has {text.Length} characters, more than the {SearchCharsMax} that are searched for");
        return new(text, mode);
    }

    private static IReadOnlyList<string> Values(ParameterReader reader, string name, EventField field)
    {
        var values = reader.Texts(name);
        if (values.Count > ValuesMax)
        {
            reader.Refuse(name, $"has {values.Count} values, more than the {ValuesMax} that are allowed");
            return [];
        }
        var definition = EventSchema.Of(field);
        foreach (var value in values)
        {
            if (Fault(definition, value) is { } reason) reader.Refuse(name, reason);
        }
        return definition.Kind == FieldKind.Integer ? [.. values.Select(Canonical)] : values;
    }

    private static string Canonical(string number) => long.TryParse(number, out var value) ? value.ToString(CultureInfo.InvariantCulture) : number;

    private static string? Fault(FieldDefinition field, string value) => field.Kind switch
    {
        FieldKind.OneOf when !field.Values.Contains(value) => $"must be one of {string.Join(", ", field.Values)}{NearestName.Hint(value, field.Values)}",
        FieldKind.Integer when !long.TryParse(value, out var number) || number < field.Min || number > field.Max => $"must be a whole number between {field.Min} and {field.Max}",
        FieldKind.Address when !IPAddress.TryParse(value, out _) => "must be an IPv4 or IPv6 address",
        _ => null,
    };
}
