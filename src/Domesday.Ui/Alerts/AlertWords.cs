using Domesday.Core.Alerts;
using Domesday.Ui.Elements;

namespace Domesday.Ui.Alerts;

/// <summary>Says in words when a rule raises an alert.</summary>
internal static class AlertWords
{
    public static string Of(string condition, int count, int windowSeconds, IReadOnlyList<string> groupBy) => condition switch
    {
        AlertConditions.Each => "each event",
        AlertConditions.Count => $"{Amount.Of(count, "event")} within {Clock.Span(windowSeconds)}{(groupBy.Count == 0 ? "" : $" of the same {Joined(groupBy)}")}",
        AlertConditions.FirstSeen => $"{Joined(groupBy)} not seen before",
        AlertConditions.Absence => $"none for {Clock.Span(windowSeconds)}",
        _ => condition,
    };

    private static string Joined(IReadOnlyList<string> paths) => string.Join(" and ", paths.Select(path => path.Replace('.', ' ').Replace('_', ' ')));
}
