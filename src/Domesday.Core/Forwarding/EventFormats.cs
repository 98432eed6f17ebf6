using Domesday.Core.Export;

namespace Domesday.Core.Forwarding;

/// <summary>The forms that events have on their way to receivers.</summary>
public static class EventFormats
{
    /// <summary>The canonical entry, as the ledger keeps it.</summary>
    public const string Json = "json";

    /// <summary>Every name.</summary>
    public static IReadOnlyList<string> Names { get; } = [Json];

    /// <returns>Null for an unknown name.</returns>
    public static RecordWriter? Find(string name) => name == Json ? WriteWhole : null;

    private static void WriteWhole(EntryFields entry, RecordJson json) => json.Raw(entry.Whole);
}
