using Domesday.Core.Export;
using Domesday.Core.Query;
using Domesday.Events.Schema;

namespace Domesday.Dialects.RunAi;

/// <summary>Run:ai's own words for what events say, in both directions, so that what is shown is also what is found.</summary>
internal static class RunAiWords
{
    /// <summary>The spelling of kinds of objects in the documents.</summary>
    private static readonly string[] EntityTypes = ["Project", "Department", "User", "Group", "Login", "Settings", "Applications", "App", "Node Pool"];

    /// <summary>Whoever is no person.</summary>
    private static readonly string[] Machines = ["application", "service", "system", "agent"];

    private static readonly byte[][] EntityTypeTexts = [.. EntityTypes.Select(type => System.Text.Encoding.ASCII.GetBytes(type))];

    /// <summary>As documented, when it differs by case alone; empty when there is none.</summary>
    public static ReadOnlySpan<byte> EntityTypeOf(EntryFields entry)
    {
        var type = entry.Raw(EventField.ResourceType);
        foreach (var known in EntityTypeTexts)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(type, known)) return known;
        }
        return type;
    }

    public static FieldCondition EntityType(string value) =>
        FieldCondition.Is(EventField.ResourceType, value) with { IgnoreCase = EntityTypes.Contains(value, StringComparer.OrdinalIgnoreCase) };

    public static bool IsMachine(EntryFields entry) => entry.Has(EventField.ActorType) && !entry.Is(EventField.ActorType, "user"u8);

    /// <param name="machine">Applications, or all others.</param>
    public static FieldCondition Source(bool machine) => FieldCondition.Is(EventField.ActorType, Machines) with { Not = !machine };

    public static bool IsFailure(EntryFields entry) => entry.Is(EventField.OutcomeResult, "failure"u8);

    /// <param name="failed">Failures, or all others: only what is said to have failed counts as that.</param>
    public static FieldCondition Result(bool failed) => FieldCondition.Is(EventField.OutcomeResult, "failure") with { Not = !failed };

    /// <summary>A filter that nothing passes.</summary>
    public static FieldCondition Nothing { get; } = FieldCondition.Is(EventField.Action);
}
