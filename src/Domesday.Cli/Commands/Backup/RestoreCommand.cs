using System.CommandLine;
using Domesday.Client.Backup;
using Domesday.Server;

namespace Domesday.Cli.Commands.Backup;

/// <summary><c>domesday restore FILE --data FOLDER</c>: a data folder from a backup.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("file") { Description = "A backup." };
        var data = new Option<string>("--data") { Description = "The data folder to make; must not exist, or be empty.", Required = true };
        var command = new Command("restore", "Makes a data folder from a backup, after comparing all of it with its digests. Example: domesday restore monday.tar --data ./data") { Arguments = { file }, Options = { data } };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetRequiredValue(file), parsed.GetRequiredValue(data), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(FileInfo file, string data, CancellationToken cancellation)
    {
        try
        {
            await using var archive = file.OpenRead();
            BackupReport report;
            await using (new ByteProgress("Restoring", () => archive.Position)) report = await BackupArchive.RestoreAsync(archive, data, cancellation);
            if (report.IsGood)
            {
                await Console.Out.WriteLineAsync($"{Path.GetFullPath(data)}: {report.Manifest!.Files.Count} files, {report.Bytes} bytes, everything acknowledged before {report.Manifest.MadeAt}");
                return ServeHost.Done;
            }
            await Console.Error.WriteLineAsync($"Nothing was restored. {report.Refusal}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"Nothing was restored. {exception.Message}");
        }
        return ServeHost.Failed;
    }
}
