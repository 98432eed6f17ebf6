using System.CommandLine;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;
using Domesday.Client;
using Domesday.Client.Backup;

namespace Domesday.Cli.Commands.Backup;

/// <summary><c>domesday backup FILE</c></summary>
internal static class BackupCommand
{
    private const int CopyBytes = 256 * 1024;

    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("backup", "Copies everything that a service keeps into one file, while it runs: all tenants' events and the signing key. For system administrators.",
            "domesday backup monday.tar --user admin");
        var file = new Argument<string>("file") { Description = "The file to make, readable to its owner alone. It must not be there." };
        command.Arguments.Add(file);
        var connection = new ConnectionOptions(console).AddTo(command);
        connection.Act(command, async (client, parse, cancellation) =>
        {
            var path = parse.GetValue(file)!;
            if (File.Exists(path)) throw new IOException($"{path} is there already: a backup overwrites nothing.");
            await RunAsync(client, console, path, cancellation);
        });
        return command;
    }

    /// <summary>Fetches a backup, reads it once more from the disk to compare every file with its digest, and then gives it its name.</summary>
    private static async Task RunAsync(DomesdayClient client, CliConsole console, string path, CancellationToken cancellation)
    {
        var part = $"{path}.part";
        try
        {
            BackupReport report;
            await using (var output = Create(part))
            {
                await FetchAsync(client, output, console, cancellation);
                output.Position = 0;
                using var progress = new ByteProgress(console, "bytes compared");
                report = await BackupArchive.CheckAsync(output, progress, cancellation);
            }
            if (!report.IsGood) throw new InvalidDataException(report.Refusal);
            File.Move(part, path, overwrite: false);
            await console.Error.WriteLineAsync($"{PlainText.Of(report.Bytes)} bytes in {path}: everything acknowledged before {report.Manifest!.MadeAt}; to restore them: domesday restore {path} --data FOLDER");
        }
        finally
        {
            File.Delete(part);
        }
    }

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new(path, options);
    }

    private static async Task FetchAsync(DomesdayClient client, FileStream output, CliConsole console, CancellationToken cancellation)
    {
        await using var backup = await client.BackupAsync(cancellation);
        using var progress = new ByteProgress(console, "bytes fetched");
        var buffer = new byte[CopyBytes];
        while (await backup.Content.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            await output.WriteAsync(buffer.AsMemory(0, read), cancellation);
            progress.Report(output.Position);
        }
        await output.FlushAsync(cancellation);
    }
}
