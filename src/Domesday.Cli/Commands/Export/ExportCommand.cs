using System.CommandLine;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Selection;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Export;

/// <summary><c>domesday export</c></summary>
internal static class ExportCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("export", "Writes everything that matches into a file, oldest first.",
            "domesday export -o audit.ndjson", "domesday export --format csv --from 2026-02-01 --to 2026-03-01 -o february.csv", "domesday export --action delete | jq -r .resource.id")
        {
            Remarks = "An ndjson file ends with a manifest, a line by which domesday verify export checks it; standard output has none unless --manifest is given.\nAn export that breaks off leaves no file behind. More in docs/export.md.",
        };
        var format = new Option<string>("--format", "-f") { HelpName = "ndjson|json|csv|…", Description = "What the service can write: docs/export.md.", DefaultValueFactory = _ => "ndjson" };
        var file = new Option<string?>("--output", "-o") { HelpName = "FILE", Description = "The file; without it standard output. One that is there is replaced when the export is complete." };
        var manifest = new Option<bool>("--manifest") { Description = "Ends the export with a line by which domesday verify export checks it. So does every ndjson file without being asked." };
        var noManifest = new Option<bool>("--no-manifest") { Description = "Without that line." };
        var gzip = new Option<bool>("--gzip") { Description = "As a gzip file." };
        var order = new Option<string>("--order") { HelpName = "desc|asc", Description = "Newest first, or oldest.", DefaultValueFactory = _ => "asc" }.AcceptOnlyFromAmong("desc", "asc");
        var sort = new Option<string>("--sort") { HelpName = "sequence|time", Description = "As they were recorded, or as they happened.", DefaultValueFactory = _ => "sequence" }.AcceptOnlyFromAmong("sequence", "time");
        foreach (var option in new Option[] { format, file, manifest, noManifest, gzip, order, sort }) command.Options.Add(option);
        var selection = new SelectionOptions().AddTo(command);
        var connection = new ConnectionOptions(console).AddTo(command);
        connection.Act(command, async (client, parse, cancellation) =>
        {
            var name = parse.GetValue(format)!;
            if (parse.GetValue(manifest) && parse.GetValue(noManifest)) throw new UsageException("--manifest and --no-manifest exclude each other.");
            if (parse.GetValue(manifest) && name != "ndjson") throw new UsageException("--manifest needs --format ndjson: it is a last line that is no event.");
            var request = new ExportRequest
            {
                Format = name,
                Manifest = parse.GetValue(manifest) || name == "ndjson" && parse.GetValue(file) is not null && !parse.GetValue(noManifest),
                Descending = parse.GetValue(order) == "desc",
                ByTime = parse.GetValue(sort) == "time",
                Transfer = parse.GetValue(gzip) ? ExportTransfer.Gzip : ExportTransfer.Plain,
            };
            await new ExportRun(client, console).RunAsync(selection.Read(parse), request, parse.GetValue(file), cancellation);
        });
        return command;
    }
}
