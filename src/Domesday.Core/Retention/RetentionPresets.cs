namespace Domesday.Core.Retention;

/// <summary>How long the vendors keep their audit logs, in days, by the name that stands for it here.</summary>
/// <remarks>Sources: the vendors' documents. Docker UCP names no time: its log is as long as the container's.</remarks>
public static class RetentionPresets
{
    public const int NameCharsMax = 32;

    private static readonly (string Name, int Days)[] Presets = [("pcd", 7), ("runai", 90), ("upcloud", 180), ("palette", 365)];

    public static IReadOnlyList<string> Names { get; } = [.. Presets.Select(preset => preset.Name)];

    /// <returns>Null for a name that is none.</returns>
    public static int? DaysOf(string name) => Presets.FirstOrDefault(preset => preset.Name == name) is { Name: not null, Days: var days } ? days : null;
}
