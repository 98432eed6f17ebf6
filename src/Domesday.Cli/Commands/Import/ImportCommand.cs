using System.CommandLine;
using Domesday.Cli.Commands.Send;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Import;

/// <summary><c>domesday import</c></summary>
internal static class ImportCommand
{
    private const string Ucp = "ucp";
    private const int BatchRecords = 1_000;
    private const int Connections = 4;

    private static readonly string[] Vendors = ["upcloud", "pcd", "runai", "palette", Ucp];

    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("import", "Takes over records that another audit log gave out.",
            "domesday import --from upcloud audit-logs.json", "docker logs ucp-controller 2>&1 | domesday import --from ucp -", "domesday import --from pcd --partial --from-line 2001 audit.ndjson")
        {
            Remarks = "The file is what the vendor's API or download gives as JSON: records one on each line, an array, or pages that wrap one; for ucp, the log of ucp-controller. Plain or gzip. "
                + "Each record keeps its identity, so that importing a file again stores nothing twice, and shows through the vendor's API as it was.",
        };
        var from = new Option<string>("--from") { HelpName = string.Join('|', Vendors), Description = "Whose records they are.", Required = true }.AcceptOnlyFromAmong(Vendors);
        var file = new Argument<string?>("file") { Description = "The file; - or none is standard input.", Arity = ArgumentArity.ZeroOrOne };
        var partial = new Option<bool>("--partial") { Description = "Stores what is good and tells the rest, instead of stopping at the first batch with a bad record; always so for ucp, with quarantine." };
        var first = new Option<long>("--from-line") { HelpName = "NUMBER", Description = "Passes over what begins on an earlier line: to go on after a failure.", DefaultValueFactory = _ => 1 };
        var json = new Option<bool>("--json") { Description = "Tells the result as one JSON object." };
        command.Arguments.Add(file);
        foreach (var option in new Option[] { from, partial, first, json }) command.Options.Add(option);
        var connection = new ConnectionOptions(console).AddTo(command);
        command.SetAction(async (parse, cancellation) =>
        {
            var vendor = parse.GetValue(from)!;
            using var client = connection.Connect(parse);
            var append = new AppendOptions { BadEvents = parse.GetValue(partial) ? BadEvents.Reject : BadEvents.RefuseBatch, ImportFrom = vendor, IsRepeatable = true };
            var settings = new SendSettings(async (lines, sending) => vendor == Ucp
                ? SendAnswer.From(await client.AppendControllerLogAsync(lines, sending))
                : SendAnswer.From(await client.AppendAsync(lines, append, sending)))
            {
                BatchEvents = BatchRecords,
                Connections = Connections,
                FirstLine = parse.GetValue(first),
                ReceiptsFile = null,
            };
            await using var records = await EventFile.OpenAsync(parse.GetValue(file) is { } path and not "-" ? File.OpenRead(path) : console.Input, cancellation);
            var outcome = await new SendRun(console, settings).RunAsync(records, cancellation);
            if (parse.GetValue(json)) outcome.WriteJson(console);
            else outcome.Write(console);
            return outcome.Failure is null && outcome.RejectedCount == 0 ? 0 : 1;
        });
        return command;
    }
}
