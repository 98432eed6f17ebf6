using System.CommandLine;
using System.Text;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;
using Domesday.Client;
using Domesday.Events;

namespace Domesday.Cli.Commands.Key;

/// <summary><c>domesday key …</c></summary>
internal static class KeyCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("key", "API keys of a tenant.", "domesday key list --tenant acme");
        command.Subcommands.Add(List(console));
        command.Subcommands.Add(Get(console));
        command.Subcommands.Add(Add(console));
        command.Subcommands.Add(Revoke(console));
        return command;
    }

    private static ExampledCommand List(CliConsole console)
    {
        var command = new ExampledCommand("list", "The keys, without their secrets.", "domesday key list --tenant acme");
        var view = new KeyView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, await client.Keys.ListAsync(cancellation)));
        return command;
    }

    private static ExampledCommand Get(CliConsole console)
    {
        var command = new ExampledCommand("get", "One key, without its secret.", "domesday key get 4f1c2a");
        var id = IdOf(command);
        var view = new KeyView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, [await client.Keys.GetAsync(parse.GetValue(id)!, cancellation)]));
        return command;
    }

    private static ExampledCommand Add(CliConsole console)
    {
        var command = new ExampledCommand("create", "Makes a key, and shows it: the only time that it is told.",
            "domesday key create shop --rights write --tenant acme", "domesday key create auditor --rights read --expires 2027-01-01T00:00:00Z", "export DOMESDAY_KEY=$(domesday key create ci --rights read,write)");
        var name = new Argument<string>("name") { Description = "What it is for." };
        var rights = new Option<string[]>("--rights") { HelpName = "RIGHT[,RIGHT…]", Description = "read, write, admin, monitor: docs/access.md.", Required = true };
        var projects = new Option<string[]>("--project") { HelpName = "ID", Description = "Limits it to events of this project. May be repeated." };
        var expires = new Option<string?>("--expires") { HelpName = "TIME", Description = "When it ends, such as 2027-01-01T00:00:00Z; without it never." };
        command.Arguments.Add(name);
        foreach (var option in new Option[] { rights, projects, expires }) command.Options.Add(option);
        var view = new KeyView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) =>
        {
            var wanted = new NewKey(parse.GetValue(name)!, [.. parse.GetValue(rights)!.SelectMany(list => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))])
            {
                Projects = parse.GetValue(projects) is { Length: > 0 } ids ? ids : null,
                ExpiresAt = parse.GetValue(expires) is { } time ? Time(time) : null,
            };
            await view.ShowNewAsync(parse, await client.Keys.CreateAsync(wanted, cancellation));
        });
        return command;
    }

    private static ExampledCommand Revoke(CliConsole console)
    {
        var command = new ExampledCommand("revoke", "Revokes a key, for good and at once.", "domesday key revoke 4f1c2a");
        var id = IdOf(command);
        var connection = new ConnectionOptions(console).AddTo(command);
        connection.Act(command, async (client, parse, cancellation) =>
        {
            await client.Keys.RevokeAsync(parse.GetValue(id)!, cancellation);
            await console.Error.WriteLineAsync("Revoked.");
        });
        return command;
    }

    private static Argument<string> IdOf(Command command)
    {
        var id = new Argument<string>("id") { Description = "As key list shows it." };
        command.Arguments.Add(id);
        return id;
    }

    private static Timestamp Time(string text) => Timestamp.TryParse(Encoding.UTF8.GetBytes(text), out var time, out var reason) ? time : throw new UsageException($"--expires {reason}.");
}
