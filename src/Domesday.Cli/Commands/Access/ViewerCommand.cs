using System.CommandLine;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Access;

/// <summary><c>domesday viewer …</c></summary>
internal static class ViewerCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("viewer", "Viewers' tokens: what applications show their customers events with.", "domesday viewer list --tenant acme");
        command.Subcommands.Add(List(console));
        var revoke = new ExampledCommand("revoke", "Revokes a viewer's token, for good and at once.", "domesday viewer revoke 5f0c61a2b7d94e0e8a1c3f2d4b6e7081");
        command.Subcommands.Add(AccessOptions.Act(console, revoke, AccessOptions.Named(revoke, "id", "As viewer list shows it."), (client, id, cancellation) => client.Access.RevokeViewerTokenAsync(id, cancellation), "Revoked."));
        return command;
    }

    private static ExampledCommand List(CliConsole console)
    {
        var command = new ExampledCommand("list", "Those that are valid still, the newest first, without the tokens themselves.", "domesday viewer list --tenant acme");
        var view = new RecordView<ViewerTokenInfo>(console, command, AccessJson.Default.ViewerTokenInfo,
            ["ID", "NAME", "SHOWS", "CREATED", "BY", "EXPIRES"],
            token => [token.Id, token.Name, token.Filter, PlainText.Of(token.CreatedAt), token.CreatedBy, PlainText.Of(token.ExpiresAt)]);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, await client.Access.ViewerTokensAsync(cancellation)));
        return command;
    }
}
