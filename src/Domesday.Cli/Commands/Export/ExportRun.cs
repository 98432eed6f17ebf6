using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Export;

/// <summary>Copies an export as it comes. A file gets its name when it is complete.</summary>
internal sealed class ExportRun(DomesdayClient client, CliConsole console)
{
    private const int CopyBytes = 256 * 1024;

    public async Task RunAsync(EventSelection selection, ExportRequest request, string? file, CancellationToken cancellation)
    {
        await using var export = await client.ExportAsync(selection, request, cancellation);
        await SaveAsync(export, file, request.Manifest ? $"; to verify them: domesday verify export {file}" : "", cancellation);
    }

    /// <param name="file">Null for standard output.</param>
    /// <param name="hint">What to say behind the file's name.</param>
    public async Task SaveAsync(ExportDownload export, string? file, string hint, CancellationToken cancellation)
    {
        if (file is null)
        {
            await CopyAsync(export.Content, console.Output, cancellation);
            await console.Output.FlushAsync(cancellation);
            return;
        }
        var part = $"{file}.part";
        try
        {
            long length;
            await using (var output = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.Read)) length = await CopyAsync(export.Content, output, cancellation);
            File.Move(part, file, overwrite: true);
            await console.Error.WriteLineAsync($"{PlainText.Of(length)} bytes in {file}{hint}");
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    private async Task<long> CopyAsync(Stream from, Stream to, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(console, "bytes");
        var buffer = new byte[CopyBytes];
        long length = 0;
        while (await from.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
            progress.Report(length += read);
        }
        return length;
    }
}
