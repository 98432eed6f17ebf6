using Domesday.Events.Schema;

namespace Domesday.Core.Export;

/// <summary>One line for people about an event.</summary>
public static class EventSentence
{
    /// <summary>Such as <c>alice: delete server web-1 (failure: quota)</c>; an alert's own text when it is one.</summary>
    public static string Of(EntryFields entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Is(EventField.Operation, "alert.fired"u8) && entry.Text(EventField.ReasonText) is { } text) return OneLine(text);
        var actor = entry.Text(EventField.ActorName) ?? entry.Text(EventField.ActorId) ?? "somebody";
        string?[] words = [entry.Text(EventField.Action), entry.Text(EventField.ResourceType), entry.Text(EventField.ResourceName) ?? entry.Text(EventField.ResourceId)];
        var sentence = $"{actor}: {string.Join(' ', words.Where(word => word is not null))}";
        if (entry.Text(EventField.OutcomeResult) is not { } result || result == "success") return OneLine(sentence);
        return OneLine(entry.Text(EventField.OutcomeReason) is { } reason ? $"{sentence} ({result}: {reason})" : $"{sentence} ({result})");
    }

    private static string OneLine(string text) => text.Any(char.IsControl) ? new([.. text.Select(letter => char.IsControl(letter) ? ' ' : letter)]) : text;
}
