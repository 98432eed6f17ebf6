using System.CommandLine;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Access;

/// <summary><c>domesday grant …</c></summary>
internal static class GrantCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("grant", "Who has which role.", "domesday grant list --tenant acme");
        command.Subcommands.Add(List(console));
        command.Subcommands.Add(Add(console));
        var delete = new ExampledCommand("delete", "Takes a role away, at once.", "domesday grant delete grt_0123456789abcdef");
        command.Subcommands.Add(AccessOptions.Act(console, delete, AccessOptions.Named(delete, "id", "As grant list shows it."), (client, id, cancellation) => client.Access.DeleteGrantAsync(id, cancellation), "Deleted."));
        return command;
    }

    private static ExampledCommand List(CliConsole console)
    {
        var command = new ExampledCommand("list", "All grants of a tenant.", "domesday grant list --tenant acme");
        var view = View(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, await client.Access.GrantsAsync(cancellation)));
        return command;
    }

    private static ExampledCommand Add(CliConsole console)
    {
        var command = new ExampledCommand("create", "Gives a role to a user or an application.", "domesday grant create jane@example.com --role auditor", "domesday grant create app_0123456789abcdef --role writer --project web");
        var who = AccessOptions.Named(command, "who", "Name or id of a user, or the client id of an application.");
        var (role, projects, expires) = (AccessOptions.Role(required: true), AccessOptions.Projects(), AccessOptions.Expires());
        foreach (var option in new Option[] { role, projects, expires }) command.Options.Add(option);
        var view = View(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) =>
        {
            var name = parse.GetValue(who) ?? throw new UsageException("Say who is to have the role.");
            var isApplication = name.StartsWith("app_", StringComparison.Ordinal);
            var wanted = new NewGrant(parse.GetValue(role)!)
            {
                User = isApplication ? null : name,
                Application = isApplication ? name : null,
                Projects = AccessOptions.Listed(parse.GetValue(projects)),
                ExpiresAt = AccessOptions.Time(parse.GetValue(expires)),
            };
            view.Show(parse, [await client.Access.CreateGrantAsync(wanted, cancellation)]);
        });
        return command;
    }

    private static RecordView<GrantInfo> View(CliConsole console, Command command) => new(console, command, AccessJson.Default.GrantInfo,
        ["ID", "KIND", "WHO", "ROLE", "PROJECTS", "CREATED", "BY", "EXPIRES"],
        grant => [grant.Id, grant.Kind, grant.Principal, grant.Role, grant.Projects is null ? "all" : string.Join(',', grant.Projects), PlainText.Of(grant.CreatedAt), grant.CreatedBy, PlainText.Of(grant.ExpiresAt)]);
}
