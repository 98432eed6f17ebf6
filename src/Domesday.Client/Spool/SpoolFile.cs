using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Domesday.Client.Spool;

/// <summary>A segment file that is being written.</summary>
/// <remarks>Syncing goes through P/Invoke: .NET's own calls return normally when fsync fails. See docs/adr/0008-durable-log.md.</remarks>
internal sealed partial class SpoolFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    private SpoolFile(SafeFileHandle handle) => _handle = handle;

    public static SpoolFile Create(string path)
    {
        var file = new SpoolFile(File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    /// <exception cref="IOException">It could not be written, or not all of it.</exception>
    public void Write(ReadOnlySpan<byte> bytes, long position) => RandomAccess.Write(_handle, bytes, position);

    public void Cut(long length) => RandomAccess.SetLength(_handle, length);

    /// <summary>Makes everything written so far survive a power cut.</summary>
    /// <returns>False when the disk says otherwise: nothing that was written since the last success can be relied upon.</returns>
    public bool TrySync() => OperatingSystem.IsWindows() ? FlushFileBuffers(_handle) : OperatingSystem.IsMacOS() ? Fsync(_handle) == 0 : Fdatasync(_handle) == 0;

    /// <summary>Makes a name in a folder survive a power cut.</summary>
    public static bool TrySyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return true;
        using var handle = OpenFolder(folder, 0);
        return !handle.IsInvalid && Fsync(handle) == 0;
    }

    public void Dispose() => _handle.Dispose();

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
