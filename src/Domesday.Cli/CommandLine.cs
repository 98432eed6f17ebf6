using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Domesday.Cli.Commands;
using Domesday.Cli.Commands.Access;
using Domesday.Cli.Commands.Alert;
using Domesday.Cli.Commands.Backup;
using Domesday.Cli.Commands.Bench;
using Domesday.Cli.Commands.Demo;
using Domesday.Cli.Commands.Erase;
using Domesday.Cli.Commands.Export;
using Domesday.Cli.Commands.Facets;
using Domesday.Cli.Commands.Gaps;
using Domesday.Cli.Commands.Get;
using Domesday.Cli.Commands.Histogram;
using Domesday.Cli.Commands.Hold;
using Domesday.Cli.Commands.Import;
using Domesday.Cli.Commands.Key;
using Domesday.Cli.Commands.Move;
using Domesday.Cli.Commands.Note;
using Domesday.Cli.Commands.Proxy;
using Domesday.Cli.Commands.Quarantine;
using Domesday.Cli.Commands.Query;
using Domesday.Cli.Commands.Report;
using Domesday.Cli.Commands.Restore;
using Domesday.Cli.Commands.Retention;
using Domesday.Cli.Commands.Send;
using Domesday.Cli.Commands.Sink;
using Domesday.Cli.Commands.SupportDump;
using Domesday.Cli.Commands.Tail;
using Domesday.Cli.Commands.Tenant;
using Domesday.Cli.Commands.Verify;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli;

/// <summary>All commands, and what their failures look like: one clear line for each fault, and an exit code.</summary>
internal static class CommandLine
{
    private const int Failed = 1;
    private const int Misused = 2;

    /// <summary>Errno of a pipe that nobody reads any more, on Linux and macOS.</summary>
    private const int BrokenPipe = 32;

    public static RootCommand Create(CliConsole console)
    {
        var root = new RootCommand("Domesday, the audit log that you can prove: the service and its command line.")
        {
            ServeCommand.Create(),
            ProxyCommand.Create(console),
            SendCommand.Create(console),
            ImportCommand.Create(console),
            QueryCommand.Create(console),
            GetCommand.Create(console),
            NoteCommand.Create(console),
            TailCommand.Create(console),
            FacetsCommand.Create(console),
            HistogramCommand.Create(console),
            ExportCommand.Create(console),
            VerifyCommand.Create(console),
            TenantCommand.Create(console),
            KeyCommand.Create(console),
            UserCommand.Create(console),
            AppCommand.Create(console),
            RoleCommand.Create(console),
            GrantCommand.Create(console),
            ClientBundleCommand.Create(console),
            ViewerCommand.Create(console),
            RetentionCommand.Create(console),
            HoldCommand.Create(console),
            EraseCommand.Create(console),
            SinkCommand.Create(console),
            AlertCommand.Create(console),
            ReportCommand.Create(console),
            QuarantineCommand.Create(console),
            BackupCommand.Create(console),
            RestoreCommand.Create(console),
            MoveCommand.Create(console),
            GapsCommand.Create(console),
            DemoCommand.Create(console),
            BenchCommand.Create(console),
            SupportDumpCommand.Create(console),
        };
        root.Subcommands.Add(HelpMarkdownCommand.Create(console, root));
        ExampleHelp.AddTo(root);
        return root;
    }

    /// <returns>0 done, 1 failed, 2 wrong usage, 3 verification found a broken ledger.</returns>
    public static async Task<int> RunAsync(string[] arguments, CliConsole console, CancellationToken cancellation)
    {
        var parse = Create(console).Parse(arguments);
        if (parse.Errors.Count > 0 && parse.Action is not ExampleHelp) return Misuse(parse, console);
        try
        {
            return await parse.InvokeAsync(new() { Output = console.Out, Error = console.Error, EnableDefaultExceptionHandler = false }, cancellation);
        }
        catch (UsageException exception)
        {
            await console.Error.WriteLineAsync(exception.Message);
            return Misused;
        }
        catch (ProblemException problem)
        {
            await Refusal.WriteAsync(console.Error, problem);
            return Failed;
        }
        catch (OperationCanceledException)
        {
            await console.Error.WriteLineAsync("Stopped.");
            return Failed;
        }
        catch (HttpRequestException exception)
        {
            await console.Error.WriteLineAsync($"The service cannot be reached, or broke off: {PlainText.Of(exception.Message)}");
            return Failed;
        }
        catch (IOException exception) when (exception.HResult == BrokenPipe)
        {
            // Such as «| head»: whoever reads has enough.
            return Failed;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or TimeoutException or UnauthorizedAccessException)
        {
            await console.Error.WriteLineAsync(PlainText.Of(exception.Message));
            return Failed;
        }
        catch (JsonException exception)
        {
            await console.Error.WriteLineAsync($"The answer is not one of this service, or of a newer one: {PlainText.Of(exception.Message)}");
            return Failed;
        }
    }

    /// <summary>A group of commands explains itself; anything else is told with the nearest word that exists.</summary>
    private static int Misuse(ParseResult parse, CliConsole console)
    {
        var command = parse.CommandResult.Command;
        var configuration = new InvocationConfiguration { Output = console.Error, Error = console.Error };
        if (parse.UnmatchedTokens.Count == 0 && command.Subcommands.Count > 0 && command.Action is null)
        {
            Create(console).Parse([.. PathOf(parse).Skip(1), "--help"]).Invoke(configuration);
            return Misused;
        }
        if (parse.Action is ParseErrorAction { } action)
        {
            action.ShowHelp = false;
            using var said = new StringWriter(CultureInfo.InvariantCulture);
            parse.Invoke(new() { Output = said, Error = said });
            // That a command is missing follows from the word that is none.
            var lines = said.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            foreach (var line in lines.Where(line => parse.UnmatchedTokens.Count == 0 || !line.StartsWith("Required command", StringComparison.Ordinal))) console.Error.WriteLine(PlainText.Of(line));
        }
        console.Error.WriteLine($"See {string.Join(' ', PathOf(parse))} --help.");
        return Misused;
    }

    private static List<string> PathOf(ParseResult parse)
    {
        var path = new List<string>();
        for (var result = parse.CommandResult; result is not null; result = result.Parent as CommandResult) path.Insert(0, result.Command.Name);
        path[0] = "domesday";
        return path;
    }
}
