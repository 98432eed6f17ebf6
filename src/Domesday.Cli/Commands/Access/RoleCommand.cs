using System.CommandLine;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Access;

/// <summary><c>domesday role …</c></summary>
internal static class RoleCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("role", "Roles: those that every tenant has, and a tenant's own.", "domesday role list --tenant acme");
        command.Subcommands.Add(List(console));
        command.Subcommands.Add(Add(console));
        var delete = new ExampledCommand("delete", "Deletes a role that nobody has.", "domesday role delete exporter");
        command.Subcommands.Add(AccessOptions.Act(console, delete, AccessOptions.Named(delete, "name", "The role's name."), (client, name, cancellation) => client.Access.DeleteRoleAsync(name, cancellation), "Deleted."));
        return command;
    }

    private static ExampledCommand List(CliConsole console)
    {
        var command = new ExampledCommand("list", "The roles and what they allow.", "domesday role list");
        var view = View(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, await client.Access.RolesAsync(cancellation)));
        return command;
    }

    private static ExampledCommand Add(CliConsole console)
    {
        var command = new ExampledCommand("create", "Makes a role of permissions.", "domesday role create exporter --permissions audit.list,audit.export", "domesday role create operator --permissions 'config.*,sink.*'");
        var name = AccessOptions.Named(command, "name", "Lower-case letters, digits, hyphens and underscores.");
        var permissions = new Option<string[]>("--permissions") { HelpName = "NAME[,NAME…]", Description = "Names and groups such as config.*: docs/access.md.", Required = true };
        var title = new Option<string?>("--title") { HelpName = "TEXT", Description = "For people." };
        command.Options.Add(permissions);
        command.Options.Add(title);
        var view = View(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) =>
        {
            var wanted = new NewRole(parse.GetValue(name)!, [.. parse.GetValue(permissions)!.SelectMany(list => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))]) { Title = parse.GetValue(title) };
            view.Show(parse, [await client.Access.CreateRoleAsync(wanted, cancellation)]);
        });
        return command;
    }

    private static RecordView<RoleInfo> View(CliConsole console, Command command) => new(console, command, AccessJson.Default.RoleInfo,
        ["NAME", "BUILT IN", "PERMISSIONS", "TITLE"], role => [role.Name, role.BuiltIn ? "yes" : "", string.Join(' ', role.Permissions), role.Title]);
}
