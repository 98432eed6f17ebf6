using System.CommandLine;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Access;

/// <summary><c>domesday app …</c></summary>
internal static class AppCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("app", "Programs that sign in with a client id and a secret.", "domesday app list --tenant acme");
        command.Subcommands.Add(List(console));
        command.Subcommands.Add(Add(console));
        command.Subcommands.Add(Secret(console));
        var delete = new ExampledCommand("delete", "Deletes an application; what it did stays in the ledger.", "domesday app delete app_0123456789abcdef");
        command.Subcommands.Add(AccessOptions.Act(console, delete, AccessOptions.Named(delete, "id", "Client id."), (client, id, cancellation) => client.Access.DeleteApplicationAsync(id, cancellation), "Deleted."));
        return command;
    }

    private static ExampledCommand List(CliConsole console)
    {
        var command = new ExampledCommand("list", "The applications of a tenant and their roles.", "domesday app list --tenant acme");
        var view = View(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, await client.Access.ApplicationsAsync(cancellation)));
        return command;
    }

    private static ExampledCommand Add(CliConsole console)
    {
        var command = new ExampledCommand("create", "Makes an application with a secret that is shown this once.", "domesday app create nightly-export --role auditor --tenant acme");
        var name = AccessOptions.Named(command, "name", "What it is for.");
        var (role, projects, expires) = (AccessOptions.Role(), AccessOptions.Projects(), AccessOptions.Expires());
        foreach (var option in new Option[] { role, projects, expires }) command.Options.Add(option);
        var view = View(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) =>
        {
            var wanted = new NewApplication(parse.GetValue(name)!) { Role = parse.GetValue(role), Projects = AccessOptions.Listed(parse.GetValue(projects)), ExpiresAt = AccessOptions.Time(parse.GetValue(expires)) };
            Show(view, parse, await client.Access.CreateApplicationAsync(wanted, cancellation));
        });
        return command;
    }

    private static ExampledCommand Secret(CliConsole console)
    {
        var command = new ExampledCommand("secret", "Gives an application another secret; the old one is refused at once.", "domesday app secret app_0123456789abcdef");
        var id = AccessOptions.Named(command, "id", "Client id.");
        var view = View(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => Show(view, parse, await client.Access.ReplaceSecretAsync(parse.GetValue(id)!, cancellation)));
        return command;
    }

    private static void Show(RecordView<ApplicationInfo> view, ParseResult parse, ApplicationInfo made) =>
        view.ShowSecret(parse, made, made.ClientSecret, $"Application {PlainText.Of(made.Name)} of tenant {made.Tenant} has the client id {made.ClientId} and this secret, which is shown this once.");

    private static RecordView<ApplicationInfo> View(CliConsole console, Command command) => new(console, command, AccessJson.Default.ApplicationInfo,
        ["CLIENT ID", "NAME", "STATUS", "ROLES", "CREATED", "EXPIRES", "LAST USED"],
        app => [app.ClientId, app.Name, app.Status, AccessOptions.Roles(app.Grants), PlainText.Of(app.CreatedAt), PlainText.Of(app.ExpiresAt), PlainText.Of(app.LastUsedAt)]);
}
