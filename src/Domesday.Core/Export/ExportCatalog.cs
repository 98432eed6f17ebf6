namespace Domesday.Core.Export;

/// <summary>The forms that events leave in.</summary>
public static class ExportCatalog
{
    public static IReadOnlyList<IExportFormat> Formats { get; } = [new NdjsonExport(), new JsonExport(), new CsvExport()];

    public static IReadOnlyList<string> Names { get; } = [.. Formats.Select(format => format.Name)];

    /// <returns>Null for an unknown name.</returns>
    public static IExportFormat? Find(string name) => Formats.FirstOrDefault(format => format.Name == name);
}
