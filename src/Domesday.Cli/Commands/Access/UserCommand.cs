using System.CommandLine;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Access;

/// <summary><c>domesday user …</c></summary>
internal static class UserCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("user", "People who sign in to a tenant with a password.", "domesday user list --tenant acme");
        command.Subcommands.Add(List(console));
        command.Subcommands.Add(Add(console));
        command.Subcommands.Add(Password(console));
        command.Subcommands.Add(Act(console, "disable", "Refuses a user and its tokens from now on.", (client, user, cancellation) => client.Access.ChangeUserAsync(user, new() { Disabled = true }, cancellation), "Disabled."));
        command.Subcommands.Add(Act(console, "enable", "Lets a user sign in again.", (client, user, cancellation) => client.Access.ChangeUserAsync(user, new() { Disabled = false }, cancellation), "Enabled."));
        command.Subcommands.Add(Act(console, "sign-out", "Ends all sessions of a user.", (client, user, cancellation) => client.Access.SignOutUserAsync(user, cancellation), "Signed out."));
        command.Subcommands.Add(Act(console, "delete", "Deletes a user; what it did stays in the ledger.", (client, user, cancellation) => client.Access.DeleteUserAsync(user, cancellation), "Deleted."));
        return command;
    }

    private static ExampledCommand List(CliConsole console)
    {
        var command = new ExampledCommand("list", "The users of a tenant and their roles.", "domesday user list --tenant acme");
        var view = View(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, await client.Access.UsersAsync(cancellation)));
        return command;
    }

    private static ExampledCommand Add(CliConsole console)
    {
        var command = new ExampledCommand("create", "Makes a user with a password that is shown this once.",
            "domesday user create jane@example.com --role auditor --tenant acme", "domesday user create joe --role project_viewer --project web --project shop");
        var name = AccessOptions.Named(command, "name", "What is typed to sign in.");
        var full = new Option<string?>("--full-name") { HelpName = "TEXT", Description = "What people call the user." };
        var email = new Option<string?>("--email") { HelpName = "ADDRESS", Description = "For people." };
        var (role, projects, expires) = (AccessOptions.Role(), AccessOptions.Projects(), AccessOptions.Expires());
        foreach (var option in new Option[] { full, email, role, projects, expires }) command.Options.Add(option);
        var view = View(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) =>
        {
            var wanted = new NewUser(parse.GetValue(name)!, null)
            {
                FullName = parse.GetValue(full),
                Email = parse.GetValue(email),
                Role = parse.GetValue(role),
                Projects = AccessOptions.Listed(parse.GetValue(projects)),
                ExpiresAt = AccessOptions.Time(parse.GetValue(expires)),
            };
            var made = await client.Access.CreateUserAsync(wanted, cancellation);
            view.ShowSecret(parse, made, made.Password, $"User {PlainText.Of(made.Name)} ({made.Id}) of tenant {made.Tenant} signs in with this password, which is shown this once.");
        });
        return command;
    }

    private static ExampledCommand Password(CliConsole console)
    {
        var command = new ExampledCommand("password", "Sets a user's password to the first line of standard input, and ends its sessions.", "domesday user password jane@example.com < password.txt");
        var user = AccessOptions.Named(command, "user", "Id or name.");
        AccessOptions.Act(console, command, user, async (client, who, cancellation) =>
        {
            using var input = new StreamReader(console.Input, leaveOpen: true);
            var password = await input.ReadLineAsync(cancellation);
            await client.Access.ChangeUserAsync(who, new() { Password = password ?? "" }, cancellation);
        }, "Changed.");
        return command;
    }

    private static Command Act(CliConsole console, string word, string description, Func<DomesdayClient, string, CancellationToken, Task> act, string done)
    {
        var command = new ExampledCommand(word, description, $"domesday user {word} jane@example.com");
        return AccessOptions.Act(console, command, AccessOptions.Named(command, "user", "Id or name."), act, done);
    }

    private static RecordView<UserInfo> View(CliConsole console, Command command) => new(console, command, AccessJson.Default.UserInfo,
        ["ID", "NAME", "FULL NAME", "STATUS", "ROLES", "CREATED", "EXPIRES"],
        user => [user.Id, user.Name, user.FullName, user.Status, user.SystemAdministrator ? $"system_admin {AccessOptions.Roles(user.Grants)}".Trim() : AccessOptions.Roles(user.Grants), PlainText.Of(user.CreatedAt), PlainText.Of(user.ExpiresAt)]);
}
