using Domesday.Core.Export;
using Domesday.Events.Schema;

namespace Domesday.Ui.EventList;

/// <summary>One column of the table of events.</summary>
/// <param name="Name">What the URL calls it; the parameter that filters by it, where there is one.</param>
/// <param name="Width">To begin with, in pixels.</param>
/// <param name="Otherwise">Shown where the field is absent, such as an id for a name.</param>
public sealed record EventColumn(string Name, string Title, EventField Field, int Width, EventField? Otherwise = null)
{
    /// <summary>Longest text of a cell; the event's own page shows all of it.</summary>
    private const int CharsMax = 200;

    /// <summary>Where the table's script finds the value in an event.</summary>
    public string Path => EventSchema.Of(Field).Path;

    public string? OtherwisePath => Otherwise is { } other ? EventSchema.Of(other).Path : null;

    /// <summary>How the value is shown: <c>time</c>, <c>result</c>, <c>number</c> or <c>text</c>.</summary>
    public string Form => Field switch
    {
        EventField.Time or EventField.ReceivedAt => "time",
        EventField.OutcomeResult => "result",
        EventField.Sequence or EventField.OutcomeStatus => "number",
        _ => "text",
    };

    /// <summary>The cell's text; empty when the event does not say.</summary>
    public string TextOf(EntryFields fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var text = fields.Text(Field) ?? (Otherwise is { } other ? fields.Text(other) : null) ?? "";
        return text.Length <= CharsMax ? text : Elements.VisibleText.Cut(text, CharsMax);
    }
}
