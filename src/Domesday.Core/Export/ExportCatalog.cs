namespace Domesday.Core.Export;

/// <summary>The forms that events leave in.</summary>
public static class ExportCatalog
{
    public static IReadOnlyList<IExportFormat> Formats { get; } =
    [
        new NdjsonExport(),
        new JsonExport(),
        new CsvExport(),
        Mapped(EventFormats.Ocsf, "application/x-ndjson"),
        Mapped(EventFormats.Ecs, "application/x-ndjson"),
        Mapped(EventFormats.Cadf, "application/x-ndjson"),
        Mapped(EventFormats.Cef, "text/plain; charset=utf-8"),
        Mapped(EventFormats.CloudEvents, "application/x-ndjson"),
        Mapped(EventFormats.Rfc5424, "text/plain; charset=utf-8"),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Formats.Select(format => format.Name)];

    private static MappedExport Mapped(string name, string mediaType) => new(name, mediaType, EventFormats.Find(name)!);

    /// <returns>Null for an unknown name.</returns>
    public static IExportFormat? Find(string name) => Formats.FirstOrDefault(format => format.Name == name);
}
