using System.CommandLine;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;

namespace Domesday.Cli.Commands.Tenant;

/// <summary><c>domesday tenant …</c></summary>
internal static class TenantCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("tenant", "Tenants: each has a ledger of its own.", "domesday tenant list");
        command.Subcommands.Add(List(console));
        command.Subcommands.Add(Get(console));
        command.Subcommands.Add(Add(console));
        command.Subcommands.Add(Change(console));
        command.Subcommands.Add(Switch(console, "disable", "Disables a tenant: it takes no more events, and what it has stays.", true));
        command.Subcommands.Add(Switch(console, "enable", "Enables a tenant that was disabled.", false));
        return command;
    }

    private static ExampledCommand List(CliConsole console)
    {
        var command = new ExampledCommand("list", "Those that the credential may know of.", "domesday tenant list");
        var view = new TenantView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, await client.Tenants.ListAsync(cancellation)));
        return command;
    }

    private static ExampledCommand Get(CliConsole console)
    {
        var command = new ExampledCommand("get", "One tenant.", "domesday tenant get acme");
        var name = NameOf(command);
        var view = new TenantView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, [await client.Tenants.GetAsync(parse.GetValue(name)!, cancellation)]));
        return command;
    }

    private static ExampledCommand Add(CliConsole console)
    {
        var command = new ExampledCommand("create", "Makes a tenant.", "domesday tenant create acme --title 'Acme Ltd.'");
        var name = NameOf(command);
        var title = TitleOf(command);
        var preset = new Option<string?>("--retention-preset") { HelpName = "NAME", Description = "How long its events are kept: pcd (7 days), runai (90), upcloud (180) or palette (365)." };
        command.Options.Add(preset);
        var view = new TenantView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, [await client.Tenants.CreateAsync(parse.GetValue(name)!, parse.GetValue(title), parse.GetValue(preset), cancellation)]));
        return command;
    }

    private static ExampledCommand Change(CliConsole console)
    {
        var command = new ExampledCommand("change", "Changes what people call a tenant.", "domesday tenant change acme --title 'Acme and Sons'");
        var name = NameOf(command);
        var title = TitleOf(command);
        var view = new TenantView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) =>
        {
            if (parse.GetValue(title) is not { } wanted) throw new UsageException("Say what to change: --title.");
            view.Show(parse, [await client.Tenants.ChangeAsync(parse.GetValue(name)!, wanted, null, cancellation)]);
        });
        return command;
    }

    private static ExampledCommand Switch(CliConsole console, string verb, string description, bool disabled)
    {
        var command = new ExampledCommand(verb, description, $"domesday tenant {verb} acme");
        var name = NameOf(command);
        var view = new TenantView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, [await client.Tenants.ChangeAsync(parse.GetValue(name)!, null, disabled, cancellation)]));
        return command;
    }

    private static Argument<string> NameOf(Command command)
    {
        var name = new Argument<string>("name") { Description = "The tenant: lower-case letters, digits and hyphens." };
        command.Arguments.Add(name);
        return name;
    }

    private static Option<string?> TitleOf(Command command)
    {
        var title = new Option<string?>("--title") { HelpName = "TEXT", Description = "What people call it." };
        command.Options.Add(title);
        return title;
    }
}
