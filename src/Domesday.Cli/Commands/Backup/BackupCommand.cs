using System.CommandLine;
using System.Text.Json;
using Domesday.Client.Backup;
using Domesday.Server;

namespace Domesday.Cli.Commands.Backup;

/// <summary><c>domesday backup FILE</c>: a consistent copy of a running service.</summary>
internal static class BackupCommand
{
    private const int RefusalCharsMax = 4_096;

    public static Command Create()
    {
        var file = new Argument<FileInfo>("file") { Description = "The backup to write; must not exist. It holds the signing key: only its owner may read it." };
        var access = new ServerAccess();
        var command = new Command("backup", "Copies everything a service keeps, while it runs, into one file. Example: domesday backup monday.tar --user admin") { Arguments = { file } };
        access.AddTo(command);
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetRequiredValue(file), access, parsed, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(FileInfo file, ServerAccess access, ParseResult parsed, CancellationToken cancellation)
    {
        if (file.Exists) return await FailAsync($"{file.FullName} exists: a backup overwrites nothing.");
        var draft = file.FullName + ".part";
        try
        {
            using var client = access.Open(parsed);
            var report = await FetchAsync(client, draft, cancellation);
            if (!report.IsGood) return await FailAsync(report.Refusal!);
            File.Move(draft, file.FullName, overwrite: false);
            await Console.Out.WriteLineAsync($"{file.FullName}: {report.Manifest!.Files.Count} files, {report.Bytes} bytes, everything acknowledged before {report.Manifest.MadeAt}");
            return ServeHost.Done;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or UnauthorizedAccessException or UriFormatException)
        {
            return await FailAsync(exception.Message);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    /// <summary>Fetches a backup, and reads it once more from the disk to compare every file with its digest.</summary>
    private static async Task<BackupReport> FetchAsync(HttpClient client, string draft, CancellationToken cancellation)
    {
        using var response = await client.GetAsync("audit/v1/backup", HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (!response.IsSuccessStatusCode) return new(await RefusalAsync(response, cancellation), null);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var output = new FileStream(draft, options);
        await using (new ByteProgress("Fetching", () => output.Position))
        {
            await response.Content.CopyToAsync(output, cancellation);
        }
        output.Position = 0;
        await using (new ByteProgress("Checking", () => output.Position))
        {
            return await BackupArchive.CheckAsync(output, cancellation);
        }
    }

    private static async Task<string> RefusalAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation);
        try
        {
            using var problem = JsonDocument.Parse(text);
            if (problem.RootElement.TryGetProperty("detail", out var detail)) return $"{(int)response.StatusCode}: {detail}";
        }
        catch (JsonException)
        {
            // Something in between answered, in its own words.
        }
        return $"{(int)response.StatusCode}: {text[..Math.Min(text.Length, RefusalCharsMax)]}";
    }

    private static async Task<int> FailAsync(string reason)
    {
        await Console.Error.WriteLineAsync(reason);
        return ServeHost.Failed;
    }
}
