using System.CommandLine;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;

namespace Domesday.Cli.Commands.Alert;

/// <summary><c>domesday alert …</c></summary>
internal static class AlertCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("alert", "Rules that tell people when something happens, or does not.", "domesday alert list");
        command.Subcommands.Add(List(console));
        command.Subcommands.Add(Get(console));
        command.Subcommands.Add(Stock(console));
        command.Subcommands.Add(Add(console));
        command.Subcommands.Add(Change(console));
        command.Subcommands.Add(Mute(console));
        command.Subcommands.Add(Unmute(console));
        command.Subcommands.Add(Test(console));
        command.Subcommands.Add(Delete(console));
        command.Subcommands.Add(AlertHistoryCommand.Create(console));
        return command;
    }

    /// <summary>The argument that names one alert.</summary>
    public static Argument<string> AlertOf(Command command)
    {
        var alert = new Argument<string>("alert") { Description = "Its id or name." };
        command.Arguments.Add(alert);
        return alert;
    }

    private static ExampledCommand List(CliConsole console)
    {
        var command = new ExampledCommand("list", "All rules, and how often each was raised.", "domesday alert list");
        var view = new AlertView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.ShowAll(parse, await client.Alerts.ListAsync(cancellation)));
        return command;
    }

    private static ExampledCommand Get(CliConsole console)
    {
        var command = new ExampledCommand("get", "One rule.", "domesday alert get deletions");
        command.Aliases.Add("show");
        var alert = AlertOf(command);
        var view = new AlertView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, await client.Alerts.GetAsync(parse.GetValue(alert)!, cancellation)));
        return command;
    }

    private static ExampledCommand Stock(CliConsole console)
    {
        var command = new ExampledCommand("stock", "Rules that can be made by name.", "domesday alert stock");
        var view = new AlertView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.ShowStock(parse, await client.Alerts.StockAsync(cancellation)));
        return command;
    }

    private static ExampledCommand Add(CliConsole console)
    {
        var command = new ExampledCommand("create", "Makes a rule; docs/alerts.md says what each option means.",
            "domesday alert create --stock failed-logins --channels ops",
            "domesday alert create deletions --filter action=delete --condition count --count 20 --window 60 --group-by actor.id --channels ops --severity error");
        var name = new Argument<string?>("name") { Description = "What people call it; a stock rule has a name of its own.", Arity = ArgumentArity.ZeroOrOne };
        command.Arguments.Add(name);
        var stock = new Option<string?>("--stock") { HelpName = "NAME", Description = "A rule of `domesday alert stock`; the other options go before its own." };
        command.Options.Add(stock);
        var options = new AlertOptions().AddTo(command);
        var view = new AlertView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) =>
        {
            var wish = options.Read(parse) with { Name = parse.GetValue(name), Stock = parse.GetValue(stock) };
            if (wish.Name is null && wish.Stock is null) throw new UsageException("Say a name, or --stock.");
            view.Show(parse, await client.Alerts.CreateAsync(wish, cancellation));
        });
        return command;
    }

    private static ExampledCommand Change(CliConsole console)
    {
        var command = new ExampledCommand("change", "Changes what is given; what the rule remembers begins anew.", "domesday alert change deletions --count 50", "domesday alert change deletions --disabled true");
        var alert = AlertOf(command);
        var name = new Option<string?>("--name") { HelpName = "TEXT", Description = "What people call it." };
        var disabled = new Option<bool?>("--disabled") { HelpName = "true|false", Description = "Whether it looks at nothing." };
        command.Options.Add(name);
        command.Options.Add(disabled);
        var options = new AlertOptions().AddTo(command);
        var view = new AlertView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, await client.Alerts.ChangeAsync(parse.GetValue(alert)!, options.Read(parse) with { Name = parse.GetValue(name), Disabled = parse.GetValue(disabled) }, cancellation)));
        return command;
    }

    private static ExampledCommand Mute(CliConsole console)
    {
        var command = new ExampledCommand("mute", "Lets a rule raise nothing for a while; what would have raised it is counted.", "domesday alert mute deletions --for 1h");
        var alert = AlertOf(command);
        var time = new Option<string>("--for") { HelpName = "TIME", Description = "Such as 90s, 30m, 2h or 7d; up to 30d.", Required = true };
        command.Options.Add(time);
        var view = new AlertView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) =>
        {
            var seconds = SecondsOf(parse.GetValue(time)!);
            view.Show(parse, await client.Alerts.MuteAsync(parse.GetValue(alert)!, seconds, cancellation));
        });
        return command;
    }

    private static ExampledCommand Unmute(CliConsole console)
    {
        var command = new ExampledCommand("unmute", "Lets a rule raise alerts again.", "domesday alert unmute deletions");
        var alert = AlertOf(command);
        var view = new AlertView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, await client.Alerts.MuteAsync(parse.GetValue(alert)!, 0, cancellation)));
        return command;
    }

    private static ExampledCommand Test(CliConsole console)
    {
        var command = new ExampledCommand("test", "Raises an alert that says it is a test; its channels carry it.", "domesday alert test deletions");
        var alert = AlertOf(command);
        var connection = new ConnectionOptions(console).AddTo(command);
        connection.Act(command, async (client, parse, cancellation) =>
        {
            await client.Alerts.TestAsync(parse.GetValue(alert)!, cancellation);
            await console.Error.WriteLineAsync("raised: see `domesday alert history`, and the channels");
        });
        return command;
    }

    private static ExampledCommand Delete(CliConsole console)
    {
        var command = new ExampledCommand("delete", "Deletes a rule; what it raised stays in the ledger.", "domesday alert delete deletions");
        var alert = AlertOf(command);
        var connection = new ConnectionOptions(console).AddTo(command);
        connection.Act(command, (client, parse, cancellation) => client.Alerts.DeleteAsync(parse.GetValue(alert)!, cancellation));
        return command;
    }

    /// <exception cref="UsageException">It is no such time.</exception>
    private static int SecondsOf(string text)
    {
        var unit = text.Length < 2 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, 'd' => 86_400, _ => 0 };
        if (unit > 0 && int.TryParse(text[..^1], out var number) && number is > 0 and <= 2_592_000 && (long)number * unit <= 2_592_000) return number * unit;
        throw new UsageException($"--for takes a time such as 90s, 30m, 2h or 7d, up to 30d, not {text}.");
    }
}
