using System.CommandLine;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Selection;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Query;

/// <summary><c>domesday query</c></summary>
internal static class QueryCommand
{
    private const int PageMax = 1_000;

    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("query", "Shows events, newest first.",
            "domesday query --from -24h --result failure", "domesday query --actor-name alice --action create,delete --limit 200", "domesday query --from 2026-02-01 --to 2026-03-01 --exclude service=billing --all --json > february.ndjson");
        var limit = new Option<int>("--limit", "-n") { HelpName = "NUMBER", Description = "Most events to show.", DefaultValueFactory = _ => 50 };
        var all = new Option<bool>("--all") { Description = "Everything that matches." };
        var order = new Option<string>("--order") { HelpName = "desc|asc", Description = "Newest first, or oldest.", DefaultValueFactory = _ => "desc" }.AcceptOnlyFromAmong("desc", "asc");
        var sort = new Option<string>("--sort") { HelpName = "sequence|time", Description = "As they were recorded, or as they happened.", DefaultValueFactory = _ => "sequence" }.AcceptOnlyFromAmong("sequence", "time");
        var offset = new Option<long>("--offset") { HelpName = "NUMBER", Description = "Events to pass over." };
        var total = new Option<bool>("--total") { Description = "Also counts everything that matches." };
        var json = new Option<bool>("--json") { Description = "Each event on a line, in the very bytes that the ledger keeps." };
        foreach (var option in new Option[] { limit, all, order, sort, offset, total, json }) command.Options.Add(option);
        var selection = new SelectionOptions().AddTo(command);
        var connection = new ConnectionOptions(console).AddTo(command);
        connection.Act(command, async (client, parse, cancellation) =>
        {
            var wanted = parse.GetValue(all) ? long.MaxValue : parse.GetValue(limit) is > 0 and var number ? number : throw new UsageException("--limit must be at least 1.");
            var first = new PageRequest
            {
                Limit = (int)Math.Min(wanted, PageMax),
                Ascending = parse.GetValue(order) == "asc",
                ByTime = parse.GetValue(sort) == "time",
                Offset = parse.GetValue(offset),
                Total = parse.GetValue(total),
            };
            await new QueryRun(client, console, parse.GetValue(json)).RunAsync(selection.Read(parse), first, wanted, cancellation);
        });
        return command;
    }
}
