namespace Domesday.Core.Export;

/// <summary>The forms that one event has when it leaves: for sinks, and for exports a line each. Rendered when it is read; what is kept never changes.</summary>
/// <remarks>The mappings stand in docs/formats.md.</remarks>
public static class EventFormats
{
    /// <summary>The canonical entry, as the ledger keeps it.</summary>
    public const string Json = "json";

    public const string Ocsf = "ocsf";

    public const string Ecs = "ecs";

    public const string Cadf = "cadf";

    public const string Cef = "cef";

    public const string CloudEvents = "cloudevents";

    public const string Rfc5424 = "rfc5424";

    /// <summary>The line that Docker UCP's controller prints.</summary>
    public const string Ucp = "ucp";

    private static readonly (string Name, RecordWriter Write)[] Known =
    [
        (Json, WriteWhole),
        (Ocsf, OcsfRecord.Write),
        (Ecs, EcsRecord.Write),
        (Cadf, CadfRecord.Write),
        (Cef, CefRecord.Write),
        (CloudEvents, CloudEventRecord.Write),
        (Rfc5424, new Rfc5424Record(new(Rfc5424Header.AuditFacility, "domesday", "domesday"), WriteWhole).Write),
        (Ucp, UcpRecord.WriteLine),
    ];

    /// <summary>Every name.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Select(known => known.Name)];

    /// <returns>Null for an unknown name.</returns>
    public static RecordWriter? Find(string name) => Known.FirstOrDefault(known => known.Name == name).Write;

    private static void WriteWhole(EntryFields entry, RecordJson json) => json.Raw(entry.Whole);
}
