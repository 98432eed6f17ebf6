using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Domesday.Storage.Embedded.Disk;

/// <summary>A folder of a POSIX file system, locked against a second process.</summary>
/// <remarks>Syncing goes through P/Invoke: .NET's own calls return normally when fsync fails (seen with 10.0.12 and injected EIO). See docs/adr/0008-durable-log.md.</remarks>
public sealed partial class PosixDisk : IDisk
{
    private const string LockName = "lock";
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int DontNeed = 4;
    private const uint StartWriting = 2;

    private readonly string _root;
    private readonly FileStream _lock;

    /// <param name="root">Made when it is not there; readable by its owner alone.</param>
    /// <exception cref="IOException">Another process has the folder.</exception>
    public PosixDisk(string root)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException("The embedded store needs a POSIX file system.");
        _root = Path.GetFullPath(root);
        Directory.CreateDirectory(_root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            _lock = new FileStream(Path.Combine(_root, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new IOException($"The data folder {_root} is in use by another process.", exception);
        }
    }

    public long FreeBytes => new DriveInfo(_root).AvailableFreeSpace;

    public IDiskFile Create(string name)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return Guard(() => new PosixFile(File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete)));
    }

    public IDiskFile Open(string name, bool forWriting) =>
        new PosixFile(File.OpenHandle(PathOf(name), FileMode.Open, forWriting ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    public bool Exists(string name) => File.Exists(PathOf(name));

    public void Delete(string name) => File.Delete(PathOf(name));

    public void Replace(string name, string target) => Guard(() => File.Move(PathOf(name), PathOf(target), overwrite: true));

    public IReadOnlyList<string> List(string folder)
    {
        var path = PathOf(folder);
        return Directory.Exists(path) ? [.. Directory.EnumerateFiles(path).Select(file => Path.GetRelativePath(_root, file))] : [];
    }

    public void SyncFolder(string folder)
    {
        using var handle = OpenFolder(PathOf(folder), 0);
        if (handle.IsInvalid || Fsync(handle) != 0) throw Failed("sync the folder " + folder);
    }

    public void Dispose() => _lock.Dispose();

    private string PathOf(string name) => Path.Combine(_root, name);

    private static IOException Failed(string what)
    {
        var error = Marshal.GetLastPInvokeError();
        var message = $"Could not {what}: {Marshal.GetPInvokeErrorMessage(error)}.";
        return error is NoSpace or QuotaExceeded ? new DiskFullException(message) : new IOException(message, error);
    }

    private static void Guard(Action action) => Guard(() =>
    {
        action();
        return true;
    });

    /// <summary>.NET's own file calls put the error number into HResult.</summary>
    private static T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (IOException exception) when (exception.HResult is NoSpace or QuotaExceeded)
        {
            throw new DiskFullException("There is no room on the disk.", exception);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int Fdatasync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int PosixFadvise(SafeFileHandle file, long offset, long length, int advice);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    private static partial int SyncFileRange(SafeFileHandle file, long offset, long length, uint flags);

    private sealed class PosixFile(SafeFileHandle handle) : IDiskFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public void Read(long position, Span<byte> buffer)
        {
            while (!buffer.IsEmpty)
            {
                var read = RandomAccess.Read(handle, buffer, position);
                if (read == 0) throw new EndOfStreamException("The file ends before what is to be read.");
                buffer = buffer[read..];
                position += read;
            }
        }

        public void Write(long position, ReadOnlySpan<byte> bytes)
        {
            try
            {
                RandomAccess.Write(handle, bytes, position);
            }
            catch (IOException exception) when (exception.HResult is NoSpace or QuotaExceeded)
            {
                throw new DiskFullException("There is no room on the disk.", exception);
            }
        }

        public void Sync()
        {
            if (Fdatasync(handle) != 0) throw Failed("sync a file");
        }

        public void BeginSync(long position, long length) => _ = SyncFileRange(handle, position, length, StartWriting);

        public void Truncate(long length) => RandomAccess.SetLength(handle, length);

        public void DropCache() => _ = PosixFadvise(handle, 0, 0, DontNeed);

        public void Dispose() => handle.Dispose();
    }
}
