using Microsoft.Win32.SafeHandles;

namespace Domesday.Core.Sealing;

/// <summary>The record of signed checkpoints and the signing keys as of one moment, for a backup.</summary>
/// <remarks>
/// To be opened before the store's copy begins: a checkpoint is signed for events that are stored, so the copy that is taken afterwards
/// holds everything that these checkpoints vouch for. The record is appended to, or replaced as a whole; the open file keeps what it held.
/// </remarks>
public sealed class SealingCopy : IDisposable
{
    private const string KeyFolder = "keys";

    private readonly List<SealingCopyFile> _files = [];

    private SealingCopy()
    {
    }

    public IReadOnlyList<SealingCopyFile> Files => _files;

    /// <exception cref="IOException">A file cannot be opened.</exception>
    public static SealingCopy Open(SealingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var copy = new SealingCopy();
        try
        {
            copy.Add(options.CheckpointFile, Path.GetFileName(options.CheckpointFile));
            copy.Add(options.KeyFile, $"{KeyFolder}/{Path.GetFileName(options.KeyFile)}");
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var file in _files) file.Handle.Dispose();
    }

    /// <summary>There is no record before the first checkpoint.</summary>
    private void Add(string path, string name)
    {
        if (!File.Exists(path)) return;
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _files.Add(new(name, RandomAccess.GetLength(handle), handle));
    }
}

/// <param name="Name">Relative to the data folder.</param>
/// <param name="Length">How much of it belongs to the copy, in bytes.</param>
public sealed record SealingCopyFile(string Name, long Length, SafeFileHandle Handle)
{
    /// <returns>Bytes read; 0 at the end.</returns>
    public int Read(long position, Span<byte> buffer)
    {
        var length = (int)Math.Min(buffer.Length, Length - position);
        return length <= 0 ? 0 : RandomAccess.Read(Handle, buffer[..length], position);
    }
}
