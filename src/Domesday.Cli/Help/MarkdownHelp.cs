using System.CommandLine;
using System.CommandLine.Help;
using System.Text;

namespace Domesday.Cli.Help;

/// <summary>What docs/cli.md holds, made from the commands themselves.</summary>
internal static class MarkdownHelp
{
    public static string Of(RootCommand root)
    {
        var text = new StringBuilder("""
            # The command line

            Made by `domesday help-markdown`; do not edit.

            `domesday` is the service and its command line in one. Client commands speak to a service over HTTP; they read

            | variable | instead of | meaning |
            |---|---|---|
            | `DOMESDAY_SERVER` | `--server` | address of the service; `http://127.0.0.1:1086` without it |
            | `DOMESDAY_KEY` | `--key` | an API key |
            | `DOMESDAY_USER`, `DOMESDAY_PASSWORD` | `--user`, `--password` | a user, instead of a key |
            | `DOMESDAY_TENANT` | `--tenant` | the tenant that is meant, for system administrators |

            Results go to standard output: tables for people, and with `--json` one JSON object on each line for programs. Progress and refusals go to standard error;
            progress is shown on a terminal only. A refusal names everything that is wrong at once.

            | exit code | |
            |---|---|
            | 0 | done |
            | 1 | failed: refused by the service, not reachable, or not all of it done |
            | 2 | wrong usage |
            | 3 | verification found a broken ledger or export |


            """);
        foreach (var command in root.Subcommands.Where(command => !command.Hidden).OrderBy(command => command.Name, StringComparer.Ordinal)) Write(text, command, "domesday");
        return text.ToString().TrimEnd() + "\n";
    }

    private static void Write(StringBuilder text, Command command, string path)
    {
        path = $"{path} {command.Name}";
        text.Append("## ").Append(path).Append("\n\n").Append(command.Description).Append('\n');
        if (command is ExampledCommand { Remarks: { } remarks }) text.Append('\n').Append(remarks).Append('\n');
        if (command is ExampledCommand { Examples.Count: > 0 } exampled) text.Append("\n```sh\n").AppendJoin('\n', exampled.Examples).Append("\n```\n");
        var options = command.Options.Where(option => option is not (HelpOption or VersionOption) && !option.Hidden).ToList();
        if (command.Arguments.Count + options.Count > 0) text.Append("\n| | |\n|---|---|\n");
        foreach (var argument in command.Arguments) Row(text, argument.Name, argument.Description);
        foreach (var option in options) Row(text, string.Join(", ", [.. option.Aliases.OrderBy(alias => alias.Length), option.Name]) + (option.HelpName is { } value ? $" {value}" : ""), option.Description + DefaultOf(option));
        text.Append('\n');
        foreach (var inner in command.Subcommands.Where(inner => !inner.Hidden)) Write(text, inner, path);
    }

    private static string DefaultOf(Option option) => option is { HasDefaultValue: true } and not Option<bool> && option.GetDefaultValue() is { } value ? $" Without it {value}." : "";

    private static void Row(StringBuilder text, string name, string? description) =>
        text.Append("| `").Append(name.Replace("|", "\\|", StringComparison.Ordinal)).Append("` | ").Append(description?.Replace("|", "\\|", StringComparison.Ordinal)).Append(" |\n");
}
