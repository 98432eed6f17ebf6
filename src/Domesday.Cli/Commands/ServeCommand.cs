using System.CommandLine;
using Domesday.Cli.Help;

namespace Domesday.Cli.Commands;

/// <summary><c>domesday serve</c> in the list of commands; the service itself handles what follows the word.</summary>
internal static class ServeCommand
{
    public static Command Create() => new ExampledCommand("serve", "Runs the service. Its settings: docs/configuration.md, and serve --help.", "domesday serve --data ./data --urls http://127.0.0.1:1086");
}
