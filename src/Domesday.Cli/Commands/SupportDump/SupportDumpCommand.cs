using System.CommandLine;
using Domesday.Cli.Commands.Export;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.SupportDump;

/// <summary><c>domesday support-dump</c></summary>
internal static class SupportDumpCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("support-dump", "Writes a support dump as Docker UCP makes it: a .tgz with ucp-controller.log, which has audit lines only when the configuration includes them.",
            "domesday support-dump -o docker-support.tgz", "domesday support-dump --loglines all --since 24h > docker-support.tgz");
        var file = new Option<string?>("--output", "-o") { HelpName = "FILE", Description = "The file; without it standard output." };
        var lines = new Option<string?>("--loglines") { HelpName = "N|all", Description = "The last lines of the log. Default 10000." };
        var since = new Option<string?>("--since") { HelpName = "TIME", Description = "Lines from then on: 2026-02-11T22:21:02Z, '2026-02-11 22:21:02', or a span such as 24h." };
        var until = new Option<string?>("--until") { HelpName = "TIME", Description = "Lines up to then." };
        foreach (var option in new Option[] { file, lines, since, until }) command.Options.Add(option);
        var connection = new ConnectionOptions(console).AddTo(command);
        connection.Act(command, async (client, parse, cancellation) =>
        {
            var selection = EventSelection.All;
            foreach (var (name, option) in new[] { ("loglines", lines), ("since", since), ("until", until) })
            {
                if (parse.GetValue(option) is { } value) selection = selection.With(name, value);
            }
            await using var dump = await client.SupportDumpAsync(selection, cancellation);
            await new ExportRun(client, console).SaveAsync(dump, parse.GetValue(file), "", cancellation);
        });
        return command;
    }
}
