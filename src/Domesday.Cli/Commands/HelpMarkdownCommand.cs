using System.CommandLine;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;

namespace Domesday.Cli.Commands;

/// <summary>Writes docs/cli.md.</summary>
internal static class HelpMarkdownCommand
{
    public static Command Create(CliConsole console, RootCommand root)
    {
        var command = new Command("help-markdown", "Writes what docs/cli.md holds.") { Hidden = true };
        command.SetAction(_ => console.Out.Write(MarkdownHelp.Of(root)));
        return command;
    }
}
