using Domesday.Events.Schema;
using Domesday.Http.Parameters;

namespace Domesday.Server.OpenApi;

/// <summary>Parameters that several routes have: each is described once.</summary>
internal static class SharedParameters
{
    /// <summary>What selects events; docs/query.md.</summary>
    public static IReadOnlyList<ParameterText> Filters { get; } =
    [
        new("from", Form.Moment, "Events from this moment on, by `time`: RFC 3339, `2026-02-11`, `now`, or `-24h` and the like."),
        new("to", Form.Moment, "Events before this moment."),
        new("from_sequence", Form.Number(0), "Events from this sequence on."),
        new("to_sequence", Form.Number(0), "Events before this sequence."),
        new("q", Form.Text, "The whole of a resource id, an actor's name or id, a source address or a request id."),
        new("q_mode", Form.Choice("exact", "substring"), "`substring` also finds a part of a name, operation, action, type, id, uri or reason, whatever the case of its letters."),
        .. EventParameters.Fields.Select(field => Of(field.Name, field.Field, $"Events whose `{EventSchema.Of(field.Field).Path}` is one of these.")),
        .. EventParameters.Fields.Select(field => Of(EventParameters.ExcludePrefix + field.Name, field.Field, $"Events whose `{EventSchema.Of(field.Field).Path}` is none of these.")),
    ];

    public static IReadOnlyList<ParameterText> Order { get; } =
    [
        new("order", Form.Choice("desc", "asc"), "Newest or oldest first."),
        new("sort", Form.Choice("sequence", "time"), "As they were recorded, or as they happened. All tenants at once have only `time`."),
    ];

    public static IReadOnlyList<ParameterText> Paging { get; } =
    [
        new("cursor", Form.Text, "`next_cursor` of the page before: goes on strictly behind it."),
        new("offset", Form.Number(0), "Events to pass over, instead of a cursor."),
        new("total", Form.Flag, "Also counts everything that matches, exactly."),
    ];

    public static IReadOnlyList<ParameterText> All { get; } =
    [
        .. Filters, .. Order, .. Paging,
        new("tenant", Form.Text, "A system administrator says which tenant it is about, and means `default` without it. Anybody else's credential belongs to one tenant."),
        new("If-Match", Form.Text, "The version that the change is made upon, as `ETag` told it; 409 when there is another by now.") { Place = ParameterPlace.Header },
    ];

    /// <summary>The shared ones by their names, for the texts of routes.</summary>
    public static IReadOnlyList<ParameterText> Named(IEnumerable<ParameterText> parameters) => [.. parameters.Select(parameter => parameter with { Form = null })];

    private static ParameterText Of(string name, EventField field, string meaning)
    {
        var definition = EventSchema.Of(field);
        return new(name, definition.Kind == FieldKind.OneOf ? Form.Choices(definition.Values) : Form.Texts, meaning);
    }
}
