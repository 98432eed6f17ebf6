using System.CommandLine;

namespace Domesday.Cli.Commands;

/// <summary><c>domesday serve</c> in the list of commands; the service itself handles what follows the word.</summary>
internal static class ServeCommand
{
    public static Command Create() => new("serve", "Runs the service; serve --help lists its settings. Example: domesday serve --data ./data");
}
