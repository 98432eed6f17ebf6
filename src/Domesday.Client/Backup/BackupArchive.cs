using System.Buffers;
using System.Formats.Tar;
using System.Security.Cryptography;
using Domesday.Client.Durability;
using Domesday.Events.Backup;

namespace Domesday.Client.Backup;

/// <summary>Reads backups, and trusts nothing in them: not their names, not their kinds of files, and nothing at all without the last entry.</summary>
public static class BackupArchive
{
    private const int BufferBytes = 128 * 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnly | UnixFileMode.UserExecute;

    /// <summary>Reads a backup to its end and compares every file with its digest.</summary>
    /// <param name="progress">Is told how many bytes of files were read.</param>
    /// <exception cref="IOException">The backup cannot be read.</exception>
    public static async Task<BackupReport> CheckAsync(Stream archive, IProgress<long>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(archive);
        try
        {
            return new(null, await ReadAsync(archive, _ => Stream.Null, progress, cancellation));
        }
        catch (BackupRefusedException refused)
        {
            return new(refused.Message, null);
        }
    }

    /// <summary>Makes a data folder from a backup. It appears whole, after everything was compared with its digest, or not at all.</summary>
    /// <param name="folder">Must not exist, or be empty.</param>
    /// <param name="progress">Is told how many bytes of files were restored.</param>
    /// <exception cref="IOException">The backup cannot be read, or the folder not be written.</exception>
    public static async Task<BackupReport> RestoreAsync(Stream archive, string folder, IProgress<long>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(archive);
        ArgumentNullException.ThrowIfNull(folder);
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())) return new($"{target} is not empty: a restore overwrites nothing.", null);
        var draft = $"{target}.restoring-{Guid.NewGuid():N}";
        try
        {
            MakeFolder(draft);
            var manifest = await ReadAsync(archive, name => Create(draft, name), progress, cancellation);
            foreach (var made in Directory.EnumerateDirectories(draft, "*", SearchOption.AllDirectories).Append(draft)) Keep(made);
            // An empty folder makes way; one that was filled meanwhile does not let itself be deleted.
            if (Directory.Exists(target)) Directory.Delete(target);
            Directory.Move(draft, target);
            Keep(Path.GetDirectoryName(target)!);
            return new(null, manifest);
        }
        catch (BackupRefusedException refused)
        {
            return new(refused.Message, null);
        }
        finally
        {
            if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
        }
    }

    /// <param name="open">Opens what a file's content is written to.</param>
    private static async Task<BackupManifest> ReadAsync(Stream archive, Func<string, Stream> open, IProgress<long>? progress, CancellationToken cancellation)
    {
        var found = new List<BackupFile>();
        var bytes = 0L;
        var names = new HashSet<string>(StringComparer.Ordinal);
        await using var tar = new TarReader(archive, leaveOpen: true);
        while (await NextAsync(tar, cancellation) is { } entry)
        {
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile)) throw new BackupRefusedException($"The backup holds something that is no file: {Shown(entry.Name)}.");
            if (entry.Name == BackupManifest.EntryName) return await EndAsync(tar, entry, found, cancellation);
            if (!BackupFile.IsName(entry.Name)) throw new BackupRefusedException($"The backup holds a name that does not belong into a data folder: {Shown(entry.Name)}.");
            if (!names.Add(entry.Name)) throw new BackupRefusedException($"The backup holds {entry.Name} twice.");
            await using var output = open(entry.Name);
            found.Add(await CopyAsync(entry, output, read => progress?.Report(bytes += read), cancellation));
            await KeepAsync(output, cancellation);
        }
        throw new BackupRefusedException("The backup is not complete: it was cut off while it was made or copied.");
    }

    private static async Task<TarEntry?> NextAsync(TarReader tar, CancellationToken cancellation)
    {
        try
        {
            return await tar.GetNextEntryAsync(copyData: false, cancellation);
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw new BackupRefusedException($"The backup is damaged or was cut off: {exception.Message}");
        }
    }

    private static async Task<BackupManifest> EndAsync(TarReader tar, TarEntry entry, List<BackupFile> found, CancellationToken cancellation)
    {
        if (entry.Length > BackupManifest.BytesMax) throw new BackupRefusedException("The backup's list of files is damaged.");
        using var content = new MemoryStream();
        await CopyAsync(entry, content, _ => { }, cancellation);
        var manifest = BackupManifest.Parse(content.GetBuffer().AsSpan(0, (int)content.Length)) ?? throw new BackupRefusedException("The backup's list of files is damaged, or made by another version.");
        if (await NextAsync(tar, cancellation) is not null) throw new BackupRefusedException("The backup goes on behind its end.");
        for (var i = 0; i < Math.Max(found.Count, manifest.Files.Count); i++)
        {
            var (listed, there) = (manifest.Files.ElementAtOrDefault(i), found.ElementAtOrDefault(i));
            if (listed != there) throw new BackupRefusedException($"{(listed ?? there)!.Name} is not as it was when the backup was made.");
        }
        return manifest;
    }

    private static async Task<BackupFile> CopyAsync(TarEntry entry, Stream output, Action<int> onRead, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var bytes = 0L;
            while (await ReadAsync(entry, buffer, cancellation) is > 0 and var read)
            {
                hash.AppendData(buffer, 0, read);
                await output.WriteAsync(buffer.AsMemory(0, read), cancellation);
                bytes += read;
                onRead(read);
            }
            return new(entry.Name, bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask<int> ReadAsync(TarEntry entry, Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return entry.DataStream is { } content ? await content.ReadAsync(buffer, cancellation) : 0;
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw new BackupRefusedException($"The backup is damaged or was cut off within {Shown(entry.Name)}.");
        }
    }

    /// <summary>What the tar reader throws at bytes that no tar writer made. A disk that fails says so by another kind.</summary>
    private static bool IsDamage(Exception exception) =>
        exception is EndOfStreamException or InvalidDataException or FormatException or NotSupportedException or ArgumentException or OverflowException;

    /// <summary>Makes what was restored survive a power cut: whoever restores is likely to delete the backup next.</summary>
    private static async ValueTask KeepAsync(Stream output, CancellationToken cancellation)
    {
        if (output is not FileStream file) return;
        await file.FlushAsync(cancellation);
        if (!DiskSync.TrySync(file.SafeFileHandle)) throw new IOException($"{file.Name} could not be written to the disk.");
    }

    private static void Keep(string folder)
    {
        if (!DiskSync.TrySyncFolder(folder)) throw new IOException($"The folder {folder} could not be written to the disk.");
    }

    private static FileStream Create(string folder, string name)
    {
        var path = Path.Combine([folder, .. name.Split('/')]);
        MakeFolder(Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        return new(path, options);
    }

    private static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerOnlyFolder);
    }

    /// <summary>A name that a stranger may have written, for a message.</summary>
    private static string Shown(string name) => string.Concat(name.Where(letter => !char.IsControl(letter)).Take(100));
}
