using System.CommandLine;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;

namespace Domesday.Cli.Commands.Hold;

/// <summary><c>domesday hold …</c></summary>
internal static class HoldCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("hold", "Legal holds: what keeps events beyond their retention.", "domesday hold list --tenant acme");
        command.Subcommands.Add(List(console));
        command.Subcommands.Add(Get(console));
        command.Subcommands.Add(Place(console));
        command.Subcommands.Add(Release(console));
        return command;
    }

    private static ExampledCommand List(CliConsole console)
    {
        var command = new ExampledCommand("list", "The holds that are in force.", "domesday hold list --tenant acme", "domesday hold list --released --json");
        var released = new Option<bool>("--released") { Description = "Those that were released, too." };
        command.Options.Add(released);
        var view = new HoldView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, await client.Holds.ListAsync(parse.GetValue(released), cancellation)));
        return command;
    }

    private static ExampledCommand Get(CliConsole console)
    {
        var command = new ExampledCommand("get", "One hold.", "domesday hold get hld_2f6c9d11a0b3e845");
        var id = IdOf(command);
        var view = new HoldView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, [await client.Holds.GetAsync(parse.GetValue(id)!, cancellation)]));
        return command;
    }

    private static ExampledCommand Place(CliConsole console)
    {
        var command = new ExampledCommand("place", "Keeps the oldest event that it is about, and everything after it, until it is released. Of all events without --from, --to and --filter.",
            "domesday hold place --tenant acme --case '2 HKR 17/26' --reason 'order of the court' --from 2026-01-01", "domesday hold place --case SEC-811 --reason 'investigation' --filter 'actor_name=jane'");
        var matter = new Option<string>("--case") { HelpName = "TEXT", Description = "The reference by which people know the matter.", Required = true };
        var reason = Reason("Why it is placed.");
        var from = new Option<string?>("--from") { HelpName = "TIME", Description = "Events from this time on, such as 2026-01-01 or 2026-01-01T12:00:00Z." };
        var to = new Option<string?>("--to") { HelpName = "TIME", Description = "Events before this time." };
        var filter = new Option<string?>("--filter") { HelpName = "PARAMETERS", Description = "Which events are held, such as 'project=shop'; all without it." };
        foreach (var option in new Option[] { matter, reason, from, to, filter }) command.Options.Add(option);
        var view = new HoldView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, [await client.Holds.PlaceAsync(
            new(parse.GetValue(matter)!, parse.GetValue(reason)!, TypedTime.Read(parse.GetValue(from), "--from"), TypedTime.Read(parse.GetValue(to), "--to"), parse.GetValue(filter)), cancellation)]));
        return command;
    }

    private static ExampledCommand Release(CliConsole console)
    {
        var command = new ExampledCommand("release", "Ends a hold. What only this one held goes with the next sweep, within an hour, and does not come back.", "domesday hold release hld_2f6c9d11a0b3e845 --reason 'the case is closed'");
        var id = IdOf(command);
        var reason = Reason("Why it is released.");
        command.Options.Add(reason);
        var view = new HoldView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, [await client.Holds.ReleaseAsync(parse.GetValue(id)!, parse.GetValue(reason)!, cancellation)]));
        return command;
    }

    private static Argument<string> IdOf(Command command)
    {
        var id = new Argument<string>("id") { Description = "As 'hold list' shows it." };
        command.Arguments.Add(id);
        return id;
    }

    private static Option<string> Reason(string description) => new("--reason") { HelpName = "TEXT", Description = description, Required = true };
}
