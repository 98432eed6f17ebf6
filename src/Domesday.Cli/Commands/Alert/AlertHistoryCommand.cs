using System.CommandLine;
using System.Text;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Alert;

/// <summary><c>domesday alert history</c></summary>
internal static class AlertHistoryCommand
{
    private const int LimitMax = 1_000;

    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("history", "What rules have raised, newest first; each is an event of the ledger.", "domesday alert history", "domesday alert history deletions --limit 200 --json");
        var alert = new Argument<string?>("alert") { Description = "Its id or name; without it all of them.", Arity = ArgumentArity.ZeroOrOne };
        command.Arguments.Add(alert);
        var limit = new Option<int>("--limit", "-n") { HelpName = "NUMBER", Description = "Most alerts to show, up to 1,000.", DefaultValueFactory = _ => 50 };
        var json = new Option<bool>("--json") { Description = "Each alert's event on a line, in the very bytes that the ledger keeps." };
        command.Options.Add(limit);
        command.Options.Add(json);
        var connection = new ConnectionOptions(console).AddTo(command);
        command.SetAction(async (parse, cancellation) =>
        {
            if (parse.GetValue(limit) is not (>= 1 and <= LimitMax and var wanted)) throw new UsageException($"--limit must be between 1 and {LimitMax}.");
            using var client = connection.Connect(parse);
            var selection = EventSelection.All.Where("operation", "alert.fired").Where("source_kind", "service");
            if (parse.GetValue(alert) is { } named) selection = selection.Where("resource_id", await IdOfAsync(client, named, cancellation));
            var page = await client.ListAsync(selection, new() { Limit = wanted }, cancellation);
            if (parse.GetValue(json))
            {
                foreach (var one in page.Events) await console.Out.WriteLineAsync(Encoding.UTF8.GetString(one.Bytes.Span));
                return 0;
            }
            var table = new PeopleTable("#SEQUENCE", "TIME", "SEVERITY", "RULE", "WHAT");
            foreach (var one in page.Events.Select(stored => stored.Event)) table.Add($"{one.Sequence}", PlainText.Of(one.Time), one.Labels?.GetValueOrDefault("severity"), one.Resource?.Name, one.Reason?.Text);
            table.Write(console);
            return 0;
        });
        return command;
    }

    /// <summary>A rule that was deleted is still found by its id.</summary>
    private static async Task<string> IdOfAsync(DomesdayClient client, string named, CancellationToken cancellation) =>
        named.StartsWith("alr_", StringComparison.Ordinal) ? named : (await client.Alerts.GetAsync(named, cancellation)).Id;
}
