using Domesday.Client.Durability;
using Microsoft.Win32.SafeHandles;

namespace Domesday.Client.Spool;

/// <summary>A segment file that is being written.</summary>
internal sealed class SpoolFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly Lock _syncing = new();
    private bool _hasFailed;

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
    /// <returns>False when the disk says otherwise: nothing that was written since the last success can be relied upon, and nothing that will be.</returns>
    /// <remarks>A failure is reported once, to whoever asks first: fsync(2), notes. So one asks at a time, and it is remembered.</remarks>
    public bool TrySync()
    {
        lock (_syncing)
        {
            if (!_hasFailed) _hasFailed = !DiskSync.TrySync(_handle);
            return !_hasFailed;
        }
    }

    public void Dispose() => _handle.Dispose();
}
