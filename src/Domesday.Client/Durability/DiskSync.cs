using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Domesday.Client.Durability;

/// <summary>Asks the disk to keep what was written. Through P/Invoke: .NET's own calls return normally when fsync fails. See docs/adr/0008-durable-log.md.</summary>
internal static partial class DiskSync
{
    /// <summary>Makes everything that was written to a file survive a power cut.</summary>
    /// <returns>False when the disk says otherwise: nothing that was written since the last success can be relied upon.</returns>
    public static bool TrySync(SafeFileHandle file) => OperatingSystem.IsWindows() ? FlushFileBuffers(file) : OperatingSystem.IsMacOS() ? Fsync(file) == 0 : Fdatasync(file) == 0;

    /// <summary>Makes the names in a folder survive a power cut.</summary>
    public static bool TrySyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return true;
        using var handle = OpenFolder(folder, 0);
        return !handle.IsInvalid && Fsync(handle) == 0;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial SafeFileHandle OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fsync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fdatasync(SafeFileHandle file);

    [LibraryImport("kernel32", EntryPoint = "FlushFileBuffers", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool FlushFileBuffers(SafeFileHandle file);
}
