using System.CommandLine;
using System.Text;
using Domesday.Cli.Connection;
using Domesday.Cli.Terminal;
using Domesday.Client;
using Domesday.Events;

namespace Domesday.Cli.Commands.Access;

/// <summary>Options and words that the commands of access share.</summary>
internal static class AccessOptions
{
    public static Option<string?> Role(bool required = false) => new("--role") { HelpName = "ROLE", Required = required, Description = "system_admin, tenant_admin, auditor, project_viewer, writer, or a role of the tenant: docs/access.md." };

    public static Option<string[]> Projects() => new("--project") { HelpName = "ID", Description = "Limits the role to this project. May be repeated." };

    public static Option<string?> Expires() => new("--expires") { HelpName = "TIME", Description = "When it ends, such as 2027-01-01T00:00:00Z; without it never." };

    public static string[]? Listed(string[]? ids) => ids is { Length: > 0 } ? ids : null;

    public static Timestamp? Time(string? text) => text is null ? null
        : Timestamp.TryParse(Encoding.UTF8.GetBytes(text), out var time, out var reason) ? time : throw new UsageException($"--expires {reason}.");

    /// <summary>The last argument of a command, by its name and what it is.</summary>
    public static Argument<string> Named(Command command, string name, string description)
    {
        var argument = new Argument<string>(name) { Description = description };
        command.Arguments.Add(argument);
        return argument;
    }

    /// <summary>A command that does something to one thing and says a word.</summary>
    public static Command Act(CliConsole console, Command command, Argument<string> argument, Func<DomesdayClient, string, CancellationToken, Task> act, string word)
    {
        var connection = new ConnectionOptions(console).AddTo(command);
        connection.Act(command, async (client, parse, cancellation) =>
        {
            await act(client, parse.GetValue(argument)!, cancellation);
            await console.Error.WriteLineAsync(word);
        });
        return command;
    }

    public static string Roles(IReadOnlyList<GrantInfo> grants) => string.Join(' ', grants.Select(grant => grant.Projects is { } projects ? $"{grant.Role}({string.Join(',', projects)})" : grant.Role));
}
