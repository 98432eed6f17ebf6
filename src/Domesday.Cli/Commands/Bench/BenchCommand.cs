using System.CommandLine;
using Domesday.Cli.Commands.Demo;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Bench;

/// <summary><c>domesday bench …</c></summary>
internal static class BenchCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("bench", "Puts load on a running service, and measures it.", "domesday bench ingest --events 1000000")
        {
            Remarks = "It is measured from outside: what a client sees, its own work included.",
        };
        command.Subcommands.Add(Ingest(console));
        command.Subcommands.Add(Query(console));
        command.Subcommands.Add(Export(console));
        return command;
    }

    private static ExampledCommand Ingest(CliConsole console)
    {
        var command = new ExampledCommand("ingest", "Stores events of the demo, which stay in the tenant: choose one that may have them.",
            "domesday bench ingest --tenant bench --events 1000000 --connections 8", "domesday bench ingest --tenant bench --batch 1 --connections 64 --events 50000");
        var events = new Option<long>("--events") { HelpName = "NUMBER", Description = "How many.", DefaultValueFactory = _ => 200_000 };
        var batch = new Option<int>("--batch") { HelpName = "EVENTS", Description = "Events in one request.", DefaultValueFactory = _ => 1_000 };
        var seed = new Option<long?>("--seed") { HelpName = "NUMBER", Description = "Of the events; without it one that was not used before, because events that are there already are not stored again." };
        foreach (var option in new Option[] { events, batch, seed }) command.Options.Add(option);
        var frame = new BenchFrame(console, command, 8);
        command.SetAction((parse, cancellation) => frame.RunAsync(parse, async (client, connections) =>
        {
            var (count, size) = (parse.GetValue(events), parse.GetValue(batch));
            if (count is < 1 or > 1_000_000_000 || size is < 1 or > 10_000) throw new UsageException("--events must be between 1 and 1,000,000,000, --batch between 1 and 10,000.");
            var now = console.Time.GetUtcNow();
            var month = new DemoMonth(parse.GetValue(seed) ?? now.UtcTicks, count, new(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero));
            return [await new IngestBench(client, console, connections, size).RunAsync(month, count, cancellation)];
        }));
        return command;
    }

    private static ExampledCommand Query(CliConsole console)
    {
        var command = new ExampledCommand("query", "Asks nine kinds of questions, one after another.", "domesday bench query --seconds 5 --connections 16");
        var seconds = new Option<int>("--seconds") { HelpName = "NUMBER", Description = "How long each kind of question is asked.", DefaultValueFactory = _ => 3 };
        command.Options.Add(seconds);
        var frame = new BenchFrame(console, command, 4);
        command.SetAction((parse, cancellation) => frame.RunAsync(parse, async (client, connections) =>
        {
            if (parse.GetValue(seconds) is < 1 or > 3_600) throw new UsageException("--seconds must be between 1 and 3600.");
            return await new QueryBench(client, console, connections, TimeSpan.FromSeconds(parse.GetValue(seconds))).RunAsync(cancellation);
        }));
        return command;
    }

    private static ExampledCommand Export(CliConsole console)
    {
        var command = new ExampledCommand("export", "Reads the whole ledger as an export, once on each connection.", "domesday bench export --format csv");
        var format = new Option<string>("--format", "-f") { HelpName = "ndjson|json|csv|…", Description = "What the service can write.", DefaultValueFactory = _ => "ndjson" };
        var compressed = new Option<bool>("--compressed") { Description = "Compressed on the way." };
        command.Options.Add(format);
        command.Options.Add(compressed);
        var frame = new BenchFrame(console, command, 1);
        command.SetAction((parse, cancellation) => frame.RunAsync(parse, async (client, connections) =>
        {
            var export = new ExportRequest { Format = parse.GetValue(format)!, Transfer = parse.GetValue(compressed) ? ExportTransfer.Compressed : ExportTransfer.Plain };
            return [await new ExportBench(client, console, connections).RunAsync(export, cancellation)];
        }));
        return command;
    }
}
