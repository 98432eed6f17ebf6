namespace Domesday.Architecture.Tests;

/// <summary>What breaks a limit today, with today's number. A number may only fall; at the limit the line goes.</summary>
internal static class Ratchet
{
    public const int FileLinesMax = 400;

    public const int MethodLinesMax = 60;

    /// <summary>Path from the root → lines.</summary>
    public static IReadOnlyDictionary<string, int> LongFiles { get; } = new Dictionary<string, int>();

    /// <summary>Type.Method → lines.</summary>
    public static IReadOnlyDictionary<string, int> LongMethods { get; } = new Dictionary<string, int>();

    /// <summary>Uses between namespaces of one assembly that close a cycle: from → to.</summary>
    public static IReadOnlySet<string> NamespaceCycles { get; } = new HashSet<string>
    {
        "Domesday.Storage.Embedded → Domesday.Storage.Embedded.Maintenance",
        "Domesday.Storage.Embedded.Maintenance → Domesday.Storage.Embedded",
    };

    /// <summary>Interfaces whose only implementation stands in their own assembly.</summary>
    public static IReadOnlySet<string> LonelyInterfaces { get; } = new HashSet<string>
    {
        // Applications ask for it, and their own tests stand in for it.
        "Domesday.Capture.IAuditScope",
        // The simulated disk of the tests is the other one.
        "Domesday.Storage.Embedded.Disk.IDisk",
        "Domesday.Storage.Embedded.Disk.IDiskFile",
    };

    /// <summary>Compares what is measured with what is listed.</summary>
    /// <returns>A sentence for each new offender, each one that grew, and each line that must fall or go.</returns>
    public static IReadOnlyList<string> Faults(IReadOnlyDictionary<string, int> listed, IReadOnlyDictionary<string, int> measured, int max)
    {
        var faults = new List<string>();
        foreach (var (name, lines) in measured.Where(one => one.Value > max).OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            if (!listed.TryGetValue(name, out var allowed)) faults.Add($"{name} has {lines} lines; {max} are allowed");
            else if (lines > allowed) faults.Add($"{name} grew from {allowed} to {lines} lines; it may only shrink");
            else if (lines < allowed) faults.Add($"{name} shrank to {lines} lines: lower its line in {nameof(Ratchet)}");
        }
        faults.AddRange(listed.Keys.Where(name => !measured.TryGetValue(name, out var lines) || lines <= max)
            .Select(name => $"{name} keeps the limit of {max} now: take its line out of {nameof(Ratchet)}"));
        return faults;
    }

    /// <summary>Compares what was found with what is listed.</summary>
    public static IReadOnlyList<string> Faults(IReadOnlySet<string> listed, IReadOnlyCollection<string> found) =>
    [
        .. found.Where(one => !listed.Contains(one)).Order(StringComparer.Ordinal),
        .. listed.Where(one => !found.Contains(one)).Select(one => $"{one}: no longer so, take its line out of {nameof(Ratchet)}"),
    ];
}
