using System.CommandLine;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;
using Domesday.Client.Backup;

namespace Domesday.Cli.Commands.Restore;

/// <summary><c>domesday restore FILE --data FOLDER</c></summary>
internal static class RestoreCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("restore", "Makes a data folder out of a backup, after comparing all of it with its digests. Overwrites nothing.",
            "domesday restore monday.tar --data ./restored");
        var file = new Argument<string>("file") { Description = "The backup." };
        var data = new Option<string>("--data") { HelpName = "FOLDER", Description = "The folder to make; it must not be there, or be empty.", Required = true };
        command.Arguments.Add(file);
        command.Options.Add(data);
        command.SetAction(async (parse, cancellation) =>
        {
            var (path, folder) = (parse.GetValue(file)!, parse.GetValue(data)!);
            if (!File.Exists(path)) throw new UsageException($"There is no file {path}.");
            await using var archive = File.OpenRead(path);
            using var progress = new ByteProgress(console, "bytes restored");
            var report = await BackupArchive.RestoreAsync(archive, folder, progress, cancellation);
            if (!report.IsGood) throw new InvalidDataException($"Nothing was restored. {report.Refusal}");
            await console.Error.WriteLineAsync($"{PlainText.Of(report.Bytes)} bytes in {folder}: everything acknowledged before {report.Manifest!.MadeAt}; to serve them: domesday serve --data {folder}");
            return 0;
        });
        return command;
    }
}
