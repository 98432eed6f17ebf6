using System.CommandLine;
using Domesday.Cli.Commands.Follow;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Send;

/// <summary><c>domesday send</c></summary>
internal static class SendCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("send", "Sends events out of a file.",
            "domesday send events.ndjson", "tail -n 100 app.log | to-events | domesday send -", "domesday send --partial --from-line 12001 events.ndjson",
            "domesday send --export archive.ndjson.gz --server https://other.example.com",
            "domesday send --follow --as kubernetes --origin prod-1 --state /var/lib/domesday/audit.position /var/log/kubernetes/audit.log")
        {
            Remarks = "The file is NDJSON, a JSON array, or JSON objects one after another; plain or gzip. An event that has an id is stored once, however often it is sent. "
                + "Logs of others (--as) are sent as they are, line by line, and the service reads them; with --follow for ever, through rotations: see docs/sources/files.md.",
        };
        var file = new Argument<string?>("file") { Description = "The file; - or none is standard input.", Arity = ArgumentArity.ZeroOrOne };
        var batch = new Option<int>("--batch") { HelpName = "EVENTS", Description = "Events in one request.", DefaultValueFactory = _ => 1_000 };
        var connections = new Option<int>("--connections") { HelpName = "NUMBER", Description = "Requests at the same time; 1 keeps the order of the file.", DefaultValueFactory = _ => 4 };
        var partial = new Option<bool>("--partial") { Description = "Stores what is good and tells the rest, instead of stopping at the first batch with a bad event." };
        var quarantine = new Option<bool>("--quarantine") { Description = "As --partial, and the service keeps the rest in quarantine." };
        var gzip = new Option<bool>("--gzip") { Description = "Compresses what is sent." };
        var first = new Option<long>("--from-line") { HelpName = "NUMBER", Description = "Passes over what begins on an earlier line: to go on after a failure.", DefaultValueFactory = _ => 1 };
        var receipts = new Option<string?>("--receipts") { HelpName = "FILE", Description = "Keeps the receipts, one on each line: what proofs are asked for with." };
        var export = new Option<bool>("--export") { Description = "The file is an export, or an object of an S3 sink's archive: what the service that kept it had set, such as sequences, is left out, and so is its manifest." };
        var follow = new FollowOptions();
        var json = new Option<bool>("--json") { Description = "Tells the result as one JSON object." };
        command.Arguments.Add(file);
        foreach (var option in new Option[] { batch, connections, partial, quarantine, gzip, first, receipts, export, json }) command.Options.Add(option);
        follow.AddTo(command);
        var connection = new ConnectionOptions(console).AddTo(command);
        command.SetAction(async (parse, cancellation) =>
        {
            var badEvents = parse.GetValue(quarantine) ? BadEvents.Quarantine : parse.GetValue(partial) ? BadEvents.Reject : BadEvents.RefuseBatch;
            var append = new AppendOptions { BadEvents = badEvents, Compress = parse.GetValue(gzip) };
            using var client = connection.Connect(parse);
            if (follow.IsWanted(parse)) return await follow.RunAsync(console, client, parse, parse.GetValue(file), cancellation);
            var settings = new SendSettings(async (lines, sending) => SendAnswer.From(await client.AppendAsync(lines, append, sending)))
            {
                BatchEvents = InRange("--batch", parse.GetValue(batch), 1, 10_000),
                Connections = InRange("--connections", parse.GetValue(connections), 1, 64),
                FirstLine = parse.GetValue(first),
                ReceiptsFile = parse.GetValue(receipts),
                IsExport = parse.GetValue(export),
            };
            if (console.IsTyped && parse.GetValue(file) is null or "-") await console.Error.WriteLineAsync("Type events, and end with Ctrl-D.");
            await using var events = await EventFile.OpenAsync(parse.GetValue(file) is { } path and not "-" ? File.OpenRead(path) : console.Input, cancellation);
            var outcome = await new SendRun(console, settings).RunAsync(events, cancellation);
            if (parse.GetValue(json)) outcome.WriteJson(console);
            else outcome.Write(console);
            return outcome.Failure is null && outcome.RejectedCount == 0 ? 0 : 1;
        });
        return command;
    }

    private static int InRange(string option, int value, int min, int max) =>
        value >= min && value <= max ? value : throw new UsageException($"{option} must be between {min} and {max}.");
}
