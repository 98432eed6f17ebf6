using System.CommandLine;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Selection;
using Domesday.Cli.Terminal;
using Domesday.Events;

namespace Domesday.Cli.Commands.Tail;

/// <summary><c>domesday tail</c></summary>
internal static class TailCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("tail", "Shows events as they come, until it is stopped.",
            "domesday tail --result failure", "domesday tail --json --after 41")
        {
            Remarks = "A connection that breaks is taken up again, without gap or repeat.",
        };
        var after = new Option<long?>("--after") { HelpName = "SEQUENCE", Description = "Begins behind this event; without it now." };
        var count = new Option<long?>("--count", "-n") { HelpName = "NUMBER", Description = "Ends after so many events." };
        var json = new Option<bool>("--json") { Description = "Each event on a line, in the very bytes that the ledger keeps." };
        foreach (var option in new Option[] { after, count, json }) command.Options.Add(option);
        var selection = new SelectionOptions().AddTo(command);
        var connection = new ConnectionOptions(console).AddTo(command);
        connection.Act(command, async (client, parse, cancellation) =>
        {
            var left = parse.GetValue(count) ?? long.MaxValue;
            if (left < 1) throw new UsageException("--count must be at least 1.");
            try
            {
                await foreach (var one in client.TailAsync(selection.Read(parse), parse.GetValue(after), cancellation))
                {
                    if (parse.GetValue(json)) console.WriteLine(one.Bytes.Span);
                    else console.Out.WriteLine(Line(one.Event));
                    if (--left == 0) break;
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // Stopping it is how it ends.
            }
        });
        return command;
    }

    private static string Line(AuditEvent one)
    {
        var result = one.Outcome?.Result is OutcomeResult.Failure ? $" FAILED {one.Outcome.Status} {one.Outcome.Reason}" : "";
        var resource = string.Join(' ', new[] { one.Resource?.Type, one.Resource?.Name ?? one.Resource?.Id }.OfType<string>());
        var from = one.Source?.Ip is { } ip ? $" from {ip}" : "";
        return PlainText.Of($"{one.Sequence} {PlainText.Of(one.Time)} {one.Service ?? "-"}: {one.Actor?.Name ?? one.Actor?.Id ?? "somebody"} {one.Action} {resource}{from}{result}".TrimEnd());
    }
}
