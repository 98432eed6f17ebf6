using System.Formats.Tar;
using System.Globalization;
using Domesday.Events;
using Domesday.Events.Backup;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Http;

namespace Domesday.Server.Backup;

/// <summary>A backup as a tar archive, streamed in constant memory. A failure cuts the connection before the last entry, which says that the backup is complete.</summary>
/// <param name="begin">Begins the copy; called once.</param>
/// <param name="at">When the copy begins.</param>
internal sealed class BackupResult(Func<ServiceCopy> begin, DateTimeOffset at) : IResult
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        using var copy = begin();
        httpContext.Response.ContentType = "application/x-tar";
        httpContext.Response.Headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"attachment; filename=\"domesday-backup-{at.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}.tar\"");
        httpContext.Response.Headers.CacheControl = "no-store";
        await using var response = EncodedResponse.Open(httpContext);
        await WriteAsync(copy, response.Writer.AsStream(leaveOpen: true), httpContext.RequestAborted);
        await response.CompleteAsync(httpContext.RequestAborted);
    }

    private async Task WriteAsync(ServiceCopy copy, Stream output, CancellationToken cancellation)
    {
        await using var tar = new TarWriter(output, TarEntryFormat.Gnu, leaveOpen: true);
        var files = new List<BackupFile>(copy.Parts.Count);
        foreach (var part in copy.Parts)
        {
            if (!BackupFile.IsName(part.Name)) throw new InvalidOperationException($"A backup cannot hold a file called {part.Name}.");
            await using var content = new PartStream(part);
            await AddAsync(tar, part.Name, content, cancellation);
            files.Add(new(part.Name, part.Length, content.Digest()));
        }
        var manifest = new BackupManifest { MadeAt = Timestamp.FromDateTimeOffset(at), Files = files };
        await AddAsync(tar, BackupManifest.EntryName, new MemoryStream(manifest.ToBytes()), cancellation);
    }

    private async Task AddAsync(TarWriter tar, string name, Stream content, CancellationToken cancellation) =>
        await tar.WriteEntryAsync(new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = content, Mode = OwnerOnly, ModificationTime = at }, cancellation);
}
