using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Domesday.Core.Sealing;

/// <summary>Small files that must survive a power cut, readable by their owner alone.</summary>
/// <remarks>fsync goes through P/Invoke: .NET's own calls return normally when it fails. All methods throw <see cref="IOException"/>.</remarks>
public static partial class DurableFile
{
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode OwnerOnlyFolder = OwnerOnly | UnixFileMode.UserExecute;

    /// <summary>Makes the folder that is to hold a file, readable by its owner alone when it was not there.</summary>
    public static void MakeFolderOf(string path)
    {
        var folder = FolderOf(path);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnlyFolder);
    }

    /// <summary>Puts a file with these bytes in the place of another, or where there was none: after a crash it is the one or the other, whole.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        var draft = path + ".new";
        File.Delete(draft);
        using (var file = new FileStream(draft, Options(FileMode.CreateNew)))
        {
            file.Write(bytes);
            file.Flush();
            Sync(file.SafeFileHandle);
        }
        File.Move(draft, path, overwrite: true);
        SyncFolder(FolderOf(path));
    }

    /// <summary>Opens a file to write at its end.</summary>
    public static FileStream OpenToAppend(string path) => new(path, Options(FileMode.Append));

    /// <summary>Makes what was written durable. When it fails, the file must not be written any more: the kernel may have dropped the pages.</summary>
    public static void Sync(SafeFileHandle file)
    {
        if (!OperatingSystem.IsWindows() && Fsync(file) != 0) throw Failed("write to the disk");
    }

    private static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        using var handle = OpenFolder(folder, 0);
        if (handle.IsInvalid || Fsync(handle) != 0) throw Failed("write the folder to the disk");
    }

    private static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        return options;
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;

    private static IOException Failed(string what)
    {
        var error = Marshal.GetLastPInvokeError();
        return new($"Could not {what}: {Marshal.GetPInvokeErrorMessage(error)}.", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle file);
}
